//! Keeps the server running: starts it again when it has ended by itself, and becomes its owner when
//! the owner is gone.
//!
//! The lock is held by whoever runs the server or starts it. An owner that cannot start it gives
//! the lock up for its pause, so that another process, whose settings may be better, can try.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::ClusterError;
use super::server::Server;

/// Pause between two looks of a sharer for its owner. Where a look may cost a process, it is rare.
const LOOK: Duration = if cfg!(target_os = "linux") { Duration::from_millis(250) } else { Duration::from_secs(2) };
/// Pauses before an attempt: none for the first, then these, each twice the one before.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));
/// Trouble is over when nothing has happened for so long, beside twice the last pause.
const QUIET: Duration = Duration::from_secs(10);
/// Failures are told at once, then not more often than this.
const TELL: Duration = Duration::from_secs(60);

/// Starts the thread that keeps the server; it ends when the server's bell is stopped.
pub(super) fn spawn(server: &Arc<Server>) -> io::Result<JoinHandle<()>> {
    let server = Arc::clone(server);
    thread::Builder::new().name("postgres".to_owned()).spawn(move || keep(&server))
}

fn keep(server: &Server) {
    let mut trouble = Trouble::default();
    while wait_for_need(server, &mut trouble) {
        match server.start_again() {
            Ok(()) => trouble.told = None,
            Err(ClusterError::Stopped) => return,
            Err(error) => {
                server.lock.release();
                trouble.tell(&error);
                trouble.strike();
            }
        }
    }
}

/// Waits until there is no server and the lock is in hand. False when this process wants to end.
fn wait_for_need(server: &Server, trouble: &mut Trouble) -> bool {
    if server.lock.is_held() {
        let Some(status) = server.wait_for_end() else {
            return false;
        };
        tracing::warn!(%status, "PostgreSQL has ended by itself");
        trouble.strike();
        return !server.bell.pause(trouble.pause());
    }
    while !server.bell.pause(trouble.pause().max(LOOK)) {
        match server.lock.take_over(&server.layout) {
            Ok(true) => {
                if !trouble.is_recent() {
                    tracing::warn!("nobody runs PostgreSQL any more; this process takes over");
                }
                return true;
            }
            Ok(false) => {}
            Err(error) => {
                trouble.tell(&error);
                trouble.strike();
            }
        }
    }
    false
}

/// Memory of what went wrong lately.
#[derive(Default)]
struct Trouble {
    pause: Duration,
    last: Option<Instant>,
    told: Option<Instant>,
}

impl Trouble {
    /// Takes note that something has gone wrong now.
    fn strike(&mut self) {
        let (first, longest) = PAUSES;
        self.pause = if self.is_recent() { (self.pause * 2).clamp(first, longest) } else { Duration::ZERO };
        self.last = Some(Instant::now());
    }

    /// Pause before the next attempt.
    fn pause(&self) -> Duration {
        if self.is_recent() { self.pause } else { Duration::ZERO }
    }

    /// True when something went wrong lately, measured by the pause after it.
    fn is_recent(&self) -> bool {
        self.last.is_some_and(|last| last.elapsed() < self.pause * 2 + QUIET)
    }

    /// Logs a failure, unless one was logged a moment ago.
    fn tell(&mut self, error: &ClusterError) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL) {
            tracing::error!(%error, "PostgreSQL cannot be started; trying again until it can");
            self.told = Some(Instant::now());
        }
    }
}
