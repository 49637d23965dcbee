//! One process owns the server, others share it.
//!
//! The owner holds a file lock for as long as it lives, from before it starts the server until
//! after the server has ended; the kernel lets go of it however the owner ends. Whoever gets the
//! lock is the owner; whoever does not, uses the server as soon as it answers. Two simultaneous
//! starts therefore need no further agreement.

use std::fs::{File, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::error::ClusterError;
use super::layout::{self, Layout};
use super::predecessor::Predecessor;
use super::readiness;
use super::socket::DATABASE;

/// How often to look again. Waiting here is for other processes, which cannot notify this one.
pub(super) const POLL: Duration = Duration::from_millis(20);
/// How long to wait for another process's server to answer, or to end.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a server without an owner may still answer before it is taken for one that will stay.
/// Where the kernel tells it of its owner's death it stops answering at once; elsewhere it will
/// stay for sure.
const LAST_WORDS: Duration = if cfg!(target_os = "linux") { Duration::from_secs(3) } else { Duration::ZERO };

/// What this process is to the server.
pub(super) enum Claim {
    /// It is to start the server, and owns it while it keeps the lock.
    Owner(Lock),
    /// The server runs already.
    Sharer,
}

/// The right to start the server; given up when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Becomes the owner, or waits until the owner's server answers.
pub(super) fn claim(layout: &Layout, account: &Account) -> Result<Claim, ClusterError> {
    let file = layout::open_file(&layout.lock, account)?;
    let deadline = Instant::now() + LIMIT;
    let mut answered = false;
    while Instant::now() < deadline {
        match file.try_lock() {
            Ok(()) => return succeed(layout, Lock { _file: file }, deadline),
            Err(TryLockError::Error(error)) => {
                return Err(ClusterError::system("lock", &layout.lock)(error));
            }
            Err(TryLockError::WouldBlock) => {
                let answers = readiness::answers(&layout.socket.url(DATABASE));
                // Twice in a row: an owner that is being killed holds the lock until it is gone,
                // and its server answers until then.
                if answers && answered {
                    return Ok(Claim::Sharer);
                }
                answered = answers;
            }
        }
        thread::sleep(POLL);
    }
    Err(ClusterError::Busy(layout.root.clone()))
}

/// With the lock in hand, waits for the server of an owner that was killed: it is writing its last
/// checkpoint.
fn succeed(layout: &Layout, lock: Lock, deadline: Instant) -> Result<Claim, ClusterError> {
    let mut answering_since = None;
    while Instant::now() < deadline {
        let Some(predecessor) = Predecessor::of(layout) else {
            return Ok(Claim::Owner(lock));
        };
        if !predecessor.lives(layout) {
            predecessor.bury(layout)?;
            return Ok(Claim::Owner(lock));
        }
        if readiness::ensure_database(layout).is_ok() {
            let since = *answering_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= LAST_WORDS {
                tracing::info!("using a PostgreSQL whose owner is gone");
                return Ok(Claim::Sharer);
            }
        }
        thread::sleep(POLL);
    }
    Err(ClusterError::Busy(layout.root.clone()))
}
