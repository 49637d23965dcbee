//! One process owns the server, others share it.
//!
//! The owner holds a file lock from before it starts the server until after the server has ended;
//! the kernel lets go of it however the owner ends. Whoever gets the lock is the owner; whoever
//! does not, uses the server as soon as it answers. Simultaneous starts, and sharers whose owner
//! is gone, therefore need no further agreement.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// The right to start the server: free, or held by one process.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    held: AtomicBool,
}

impl Lock {
    /// Opens the lock of a data directory, without taking it.
    pub(super) fn open(layout: &Layout, account: &Account) -> Result<Self, ClusterError> {
        let file = layout::open_file(&layout.lock, account)?;
        Ok(Self { file, path: layout.lock.clone(), held: AtomicBool::new(false) })
    }

    /// Takes the lock unless somebody holds it. True when this process holds it now.
    fn take(&self) -> Result<bool, ClusterError> {
        match self.file.try_lock() {
            Ok(()) => self.held.store(true, Ordering::Relaxed),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(ClusterError::system("lock", &self.path)(error)),
        }
        Ok(self.is_held())
    }

    /// Takes the lock when nobody holds it and no server runs that somebody else has started. True
    /// when this process may start the server.
    pub(super) fn take_over(&self, layout: &Layout) -> Result<bool, ClusterError> {
        if !self.take()? {
            return Ok(false);
        }
        // The server of an owner that was killed is still writing its last checkpoint, or (where
        // the kernel does not tell it) stays.
        if Predecessor::of(layout).is_some_and(|predecessor| predecessor.lives(layout)) {
            self.release();
        }
        Ok(self.is_held())
    }

    /// Gives the lock up; nothing to do when it is not held.
    pub(super) fn release(&self) {
        if self.held.swap(false, Ordering::Relaxed)
            && let Err(error) = self.file.unlock()
        {
            tracing::error!(%error, "the lock of the data directory is kept");
        }
    }

    /// True when this process holds it.
    pub(super) fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }
}

/// Takes the lock, or waits until the owner's server answers.
pub(super) fn claim(layout: &Layout, lock: &Lock) -> Result<(), ClusterError> {
    let deadline = Instant::now() + LIMIT;
    let mut answered = false;
    while Instant::now() < deadline {
        if lock.take()? {
            return succeed(layout, lock, deadline);
        }
        let answers = readiness::answers(&layout.socket.url(DATABASE));
        // Twice in a row: an owner that is being killed holds the lock until it is gone, and its
        // server answers until then.
        if answers && answered {
            return Ok(());
        }
        answered = answers;
        thread::sleep(POLL);
    }
    Err(ClusterError::Busy(layout.root.clone()))
}

/// With the lock in hand, waits for the server of an owner that was killed: it is writing its last
/// checkpoint.
fn succeed(layout: &Layout, lock: &Lock, deadline: Instant) -> Result<(), ClusterError> {
    let mut answering_since = None;
    while Instant::now() < deadline {
        if !Predecessor::of(layout).is_some_and(|predecessor| predecessor.lives(layout)) {
            return Ok(());
        }
        if readiness::ensure_database(layout).is_ok() {
            let since = *answering_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= LAST_WORDS {
                tracing::info!("using a PostgreSQL whose owner is gone");
                lock.release();
                return Ok(());
            }
        }
        thread::sleep(POLL);
    }
    Err(ClusterError::Busy(layout.root.clone()))
}
