//! The server process, from its start to its end, as a child of this process.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::bell::Bell;
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
    ended: Mutex<Option<ExitStatus>>,
    changed: Condvar,
}

impl Shared {
    fn ended(&self) -> MutexGuard<'_, Option<ExitStatus>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Postmaster {
    /// Starts the server from a thread of its own, which lives as long as the server does: the
    /// kernel would take the end of any other thread for the end of the parent, and stop the
    /// server. The bell rings when the server has ended.
    pub(super) fn spawn(mut command: Command, bell: Arc<Bell>) -> io::Result<Self> {
        prepare(&mut command);
        let shared = Arc::new(Shared::default());
        let (tell, told) = mpsc::channel();
        let kept = Arc::clone(&shared);
        thread::Builder::new().name("postmaster".to_owned()).spawn(move || keep(command, &kept, &bell, &tell))?;
        let pid = told.recv().map_err(io::Error::other)??;
        Ok(Self { pid, shared })
    }

    /// The number of its process.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the status with which the server ended; none while it runs.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        *self.shared.ended()
    }

    /// Ends the server and waits until it has ended. Nothing to do if it has ended already.
    pub(super) fn stop(&self) -> Result<(), ClusterError> {
        self.end_in(&WAYS_TO_END)
    }

    /// Ends a server that has not become ready, and waits until it has ended. There is nothing in it
    /// to put in order: the next start recovers from where this one did.
    pub(super) fn break_off(&self) -> Result<(), ClusterError> {
        let [_, immediate] = WAYS_TO_END;
        self.end_in(&[immediate])
    }

    fn end_in(&self, ways: &[(i32, Duration)]) -> Result<(), ClusterError> {
        for &(signal, limit) in ways {
            if self.signal_and_wait(signal, limit) {
                return Ok(());
            }
            tracing::warn!(pid = self.pid, signal, "PostgreSQL has not ended yet");
        }
        Err(ClusterError::NotStopped(self.pid))
    }

    fn signal_and_wait(&self, signal: i32, limit: Duration) -> bool {
        let ended = self.shared.ended();
        if ended.is_some() {
            return true;
        }
        // The child is reaped only under this lock, so that its number cannot have passed to
        // another process.
        if let Err(error) = os::signal(self.pid.cast_signed(), signal) {
            tracing::warn!(pid = self.pid, %error, "PostgreSQL cannot be signalled");
        }
        let waited = self.shared.changed.wait_timeout_while(ended, limit, |ended| ended.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_some()
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
fn keep(mut command: Command, shared: &Shared, bell: &Bell, tell: &Sender<io::Result<u32>>) {
    match command.spawn() {
        Ok(child) => {
            let _ = tell.send(Ok(child.id()));
            watch(child, shared);
            bell.ring();
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
    let mut ended = shared.ended();
    *ended = Some(child.wait().unwrap_or_default());
    shared.changed.notify_all();
}
