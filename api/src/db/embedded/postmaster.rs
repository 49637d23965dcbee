//! The server process, from its start to its end, as a child of this process.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::error::ClusterError;
use super::os;

/// How to ask for the end, and how long to wait before asking harder: "fast" breaks off what runs
/// and writes a checkpoint; "immediate" leaves it to the next start to recover from the log.
const WAYS_TO_END: [(i32, Duration); 2] = [(libc::SIGINT, Duration::from_secs(10)), (libc::SIGQUIT, Duration::from_secs(10))];

/// A running (or ended) server. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: u32,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    life: Mutex<Life>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Life {
    ended: Option<ExitStatus>,
    /// An end now would be a surprise.
    serving: bool,
}

impl Shared {
    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Postmaster {
    /// Starts the server from a thread of its own, which lives as long as the server does: the
    /// kernel would take the end of any other thread for the end of the parent, and stop the
    /// server.
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        prepare(&mut command);
        let shared = Arc::new(Shared::default());
        let (tell, told) = mpsc::channel();
        let kept = Arc::clone(&shared);
        thread::Builder::new().name("postmaster".to_owned()).spawn(move || keep(command, &kept, &tell))?;
        let pid = told.recv().map_err(io::Error::other)??;
        Ok(Self { pid, shared })
    }

    /// How the server ended, if it has.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.shared.life().ended
    }

    /// From now on an end that nobody asked for is an error, and logged.
    pub(super) fn serves(&self) {
        self.shared.life().serving = true;
    }

    /// Ends the server and waits until it has ended. Nothing to do if it has ended already.
    pub(super) fn stop(&self) -> Result<(), ClusterError> {
        for (signal, limit) in WAYS_TO_END {
            if self.signal_and_wait(signal, limit) {
                return Ok(());
            }
            tracing::warn!(pid = self.pid, signal, "PostgreSQL has not ended yet");
        }
        Err(ClusterError::NotStopped(self.pid))
    }

    fn signal_and_wait(&self, signal: i32, limit: Duration) -> bool {
        let mut life = self.shared.life();
        life.serving = false;
        if life.ended.is_some() {
            return true;
        }
        // The child is reaped only under this lock, so that its number cannot have passed to
        // another process.
        if let Err(error) = os::signal(self.pid.cast_signed(), signal) {
            tracing::warn!(pid = self.pid, %error, "PostgreSQL cannot be signalled");
        }
        let waited = self.shared.changed.wait_timeout_while(life, limit, |life| life.ended.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.ended.is_some()
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "PostgreSQL is left running");
        }
    }
}

/// A group of its own keeps Ctrl-C for this process, which ends the server last; and if this
/// process is killed, the server gets the "fast" signal from the kernel.
fn prepare(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
    os::signal_when_parent_dies(command, libc::SIGINT);
}

/// The thread that is the server's parent.
fn keep(mut command: Command, shared: &Shared, tell: &Sender<io::Result<u32>>) {
    match command.spawn() {
        Ok(child) => {
            let _ = tell.send(Ok(child.id()));
            watch(child, shared);
        }
        Err(error) => {
            let _ = tell.send(Err(error));
        }
    }
}

fn watch(mut child: Child, shared: &Shared) {
    let pid = child.id();
    if let Err(error) = os::wait_until_ended(pid) {
        tracing::error!(pid, %error, "PostgreSQL cannot be watched");
    }
    let mut life = shared.life();
    life.ended = Some(child.wait().unwrap_or_default());
    if life.serving {
        tracing::error!(pid, status = ?life.ended, "PostgreSQL has ended by itself");
    }
    shared.changed.notify_all();
}
