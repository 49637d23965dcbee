//! A private PostgreSQL, for when none is configured: started from the programs installed on the
//! machine, kept under the data directory, reached through a unix socket only, and stopped with the
//! process that started it.
//!
//! Several processes may use one data directory. The first owns the server, the others share it. An
//! owner starts a server again that has ended by itself: at once, then with growing pauses, up to
//! half a minute, for as long as it takes. When the owner is gone, stopped or killed, one of the
//! sharers that watch for it ([`Restart::ByAnyone`]) becomes the owner and starts the server again.
//! Socket and URL stay the same, so whoever was connected connects again, and PostgreSQL recovers
//! what was committed.
//!
//! An owner that is killed takes its server along on Linux, and the next owner waits for that;
//! elsewhere the server stays and is used without an owner until it ends.
//!
//! Everything here blocks, for up to a minute at worst: call it before the async runtime starts, or
//! from a blocking thread.

mod account;
mod bell;
mod binaries;
mod error;
mod initdb;
mod keeper;
mod layout;
mod log;
mod options;
mod os;
mod ownership;
mod postmaster;
mod predecessor;
mod readiness;
mod server;
mod socket;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use account::Account;
use server::Server;
use socket::DATABASE;

pub use error::ClusterError;

/// What a cluster is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Data that must survive a loss of power.
    Full,
    /// Tests: nothing waits for the disk. A crash of the server loses the last commits, one of the
    /// machine everything.
    None,
}

/// Processes that start a server again which has ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Left as it is: for tests, which end it themselves.
    ByNobody,
    /// Its owner starts it again.
    ByOwner,
    /// Its owner starts it again; when the owner is gone, this process becomes it unless another
    /// one has.
    ByAnyone,
}

/// Which cluster to start, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The directory that holds the cluster and all that belongs to it; made if it is not there.
    pub data_dir: PathBuf,
    /// The directory of PostgreSQL's programs (`PG_BIN_DIR`); searched for when not set.
    pub bin_dir: Option<PathBuf>,
    /// What the data are worth.
    pub durability: Durability,
    /// How many connections the server allows, over all processes that share it.
    pub max_connections: u32,
    /// Processes that start the server again when it has ended by itself.
    pub restart: Restart,
}

/// A running cluster, owned or shared. Dropping the owner's stops the server.
#[derive(Debug)]
pub struct Cluster {
    server: Arc<Server>,
    keeper: Option<JoinHandle<()>>,
    url: String,
    created: bool,
}

impl Cluster {
    /// Starts the cluster of a data directory, or joins the one that runs there, and returns when
    /// its database `tenantatlas` can be connected to.
    pub fn start(settings: &Settings) -> Result<Self, ClusterError> {
        let server = Arc::new(Server::open(settings)?);
        let created = server.join_or_start()?;
        let is_kept = match settings.restart {
            Restart::ByNobody => false,
            Restart::ByOwner => server.lock.is_held(),
            Restart::ByAnyone => true,
        };
        let keeper = is_kept.then(|| keeper::spawn(&server)).transpose();
        let keeper = keeper.map_err(ClusterError::system("watch the server of", &server.layout.root))?;
        Ok(Self { url: server.layout.socket.url(DATABASE), server, keeper, created })
    }

    /// The URL of the database `tenantatlas`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database of the cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        self.server.layout.socket.url(database)
    }

    /// Whether this start made the cluster, so that it is empty.
    #[must_use]
    pub fn created(&self) -> bool {
        self.created
    }

    /// True when this process has started the server, and will stop it. A sharer may become the owner.
    #[must_use]
    pub fn owned(&self) -> bool {
        self.server.lock.is_held()
    }

    /// Stops the server if this process owns it, and waits until it has ended: ten seconds for its
    /// last checkpoint, then it is broken off, and the next start recovers from the log. Dropping
    /// does the same, but can only log a failure.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), ClusterError> {
        self.server.bell.stop();
        if let Some(keeper) = self.keeper.take() {
            // Its panic, of which there is none, would have been told already.
            let _ = keeper.join();
        }
        self.server.stop()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "PostgreSQL is left running");
        }
    }
}

/// Tells if a data directory holds a cluster. One that cannot be looked into may: opening it says why.
#[must_use]
pub fn exists(data_dir: &Path) -> bool {
    layout::cluster_dir(data_dir).try_exists().unwrap_or(true)
}

/// Where data are kept when nothing is said: `.data`; for root, where the user that PostgreSQL runs
/// as cannot get there, `/var/lib/tenantatlas`.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    let near = PathBuf::from(".data");
    let Ok(here) = std::env::current_dir() else {
        return near;
    };
    match Account::choose(&layout::cluster_dir(&near)) {
        Ok(account) if account.barrier(&here).is_some() => PathBuf::from("/var/lib/tenantatlas"),
        _ => near,
    }
}
