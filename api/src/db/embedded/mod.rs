//! A private PostgreSQL, for when none is configured: started from the programs installed on the
//! machine, kept under the data directory, reached through a unix socket only, and stopped with the
//! process that started it.
//!
//! Several processes may use one data directory. The first owns the server, the others share it and
//! lose it when the owner stops: their connections break, and they should end or connect again (a
//! start after that makes one of them the owner). An owner that is killed takes its server along on
//! Linux; elsewhere the server stays, and the next start uses it.
//!
//! Everything here blocks, for up to a minute at worst: call it before the async runtime starts, or
//! from a blocking thread.

mod account;
mod binaries;
mod error;
mod initdb;
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

use std::path::PathBuf;

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
}

/// A running cluster, owned or shared. Dropping the owner's stops the server.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    url: String,
    created: bool,
}

impl Cluster {
    /// Starts the cluster of a data directory, or joins the one that runs there, and returns when
    /// its database `tenantatlas` can be connected to.
    pub fn start(settings: &Settings) -> Result<Self, ClusterError> {
        let server = Server::open(settings)?;
        let created = server.join_or_start()?;
        Ok(Self { url: server.layout.socket.url(DATABASE), server, created })
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

    /// Whether this process started the server, and will stop it.
    #[must_use]
    pub fn owned(&self) -> bool {
        self.server.lock.is_held()
    }

    /// Stops the server if this process owns it, and waits until it has ended. Dropping does the
    /// same, but can only log a failure.
    pub fn stop(self) -> Result<(), ClusterError> {
        self.server.stop()
    }
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
