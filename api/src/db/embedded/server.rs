//! The server of a data directory, as one process sees it: started by itself, or shared.

use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Settings;
use super::account::Account;
use super::bell::Bell;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::initdb;
use super::layout::{self, Layout};
use super::ownership::{self, Lock};
use super::postmaster::Postmaster;
use super::predecessor::Predecessor;
use super::readiness::{self, Patience};

/// Fields are dropped in order: the server ends before the lock is given up.
#[derive(Debug)]
pub(super) struct Server {
    postmaster: Mutex<Option<Postmaster>>,
    /// Held by the owner.
    pub(super) lock: Lock,
    pub(super) layout: Layout,
    account: Account,
    settings: Settings,
    /// Rung when a server that this process has started has ended.
    pub(super) bell: Arc<Bell>,
}

impl Server {
    /// Finds the data directory, making it if need be, and what is needed to start a server in it.
    pub(super) fn open(settings: &Settings) -> Result<Self, ClusterError> {
        let account = Account::choose(&layout::cluster_dir(&settings.data_dir))?;
        let layout = Layout::open(&settings.data_dir, &account)?;
        let lock = Lock::open(&layout, &account)?;
        let settings = settings.clone();
        Ok(Self { postmaster: Mutex::default(), lock, layout, account, settings, bell: Arc::default() })
    }

    /// Joins the server that runs, or starts it, making the data if there are none. True when it
    /// made them.
    pub(super) fn join_or_start(&self) -> Result<bool, ClusterError> {
        ownership::claim(&self.layout, &self.lock)?;
        if !self.lock.is_held() {
            return Ok(false);
        }
        let binaries = self.prepare()?;
        let created = initdb::ensure(&binaries, &self.account, &self.layout, self.settings.durability)?;
        let postmaster = self.launch(&binaries, Patience::Short)?;
        readiness::ensure_database(&self.layout)?;
        *self.postmaster() = Some(postmaster);
        tracing::info!(data_dir = %self.layout.root.display(), version = binaries.major(), created, "PostgreSQL is running");
        Ok(created)
    }

    /// Starts a server over the data that are there, however long it takes to recover them. They are
    /// never made anew: an empty database in place of one that is gone would look like a loss of all
    /// data.
    pub(super) fn start_again(&self) -> Result<(), ClusterError> {
        let begun = Instant::now();
        let binaries = self.prepare()?;
        if !initdb::is_made_by(&binaries, &self.layout)? {
            return Err(ClusterError::Gone(self.layout.cluster.clone()));
        }
        let postmaster = self.launch(&binaries, Patience::Long)?;
        *self.postmaster() = Some(postmaster);
        tracing::info!(elapsed = ?begun.elapsed(), "PostgreSQL is running again");
        Ok(())
    }

    fn launch(&self, binaries: &Binaries, patience: Patience) -> Result<Postmaster, ClusterError> {
        readiness::launch(&self.settings, binaries, &self.account, &self.layout, &self.bell, patience)
    }

    /// Finds the programs, and clears what a server left that was killed.
    fn prepare(&self) -> Result<Binaries, ClusterError> {
        let binaries = Binaries::find(self.settings.bin_dir.as_deref(), self.layout.version()?)?;
        self.account.ensure_enterable(binaries.dir())?;
        self.layout.socket.prepare(&self.account)?;
        match Predecessor::of(&self.layout) {
            Some(predecessor) if predecessor.lives(&self.layout) => return Err(ClusterError::Busy(self.layout.root.clone())),
            Some(predecessor) => predecessor.bury(&self.layout)?,
            None => {}
        }
        Ok(binaries)
    }

    /// Waits until the server of this process has ended, and says how; none when this process wants
    /// to end itself.
    pub(super) fn wait_for_end(&self) -> Option<ExitStatus> {
        while !self.bell.is_stopped() {
            let ended = self.postmaster().as_ref().and_then(Postmaster::ended);
            if ended.is_some() {
                return ended;
            }
            self.bell.wait();
        }
        None
    }

    /// Ends the server if this process started it, then gives up the lock.
    pub(super) fn stop(&self) -> Result<(), ClusterError> {
        if let Some(postmaster) = self.postmaster().take() {
            postmaster.stop()?;
        }
        self.lock.release();
        Ok(())
    }

    /// The server that this process has started.
    fn postmaster(&self) -> MutexGuard<'_, Option<Postmaster>> {
        self.postmaster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
