//! What can go wrong, as sentences for the person who has to do something about it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use super::binaries::OLDEST_MAJOR;

/// Why there is no private PostgreSQL. Each message says what to do, where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No PostgreSQL was found anywhere.
    #[error(
        "PostgreSQL {OLDEST_MAJOR} or newer is not installed: run `apt-get install postgresql`, or set PG_BIN_DIR to the directory of its programs, or DATABASE_URL to a running server"
    )]
    NotInstalled,
    /// The directory named in the settings is not one of PostgreSQL's programs.
    #[error(
        "PG_BIN_DIR is {}, but there is no program `{program}` in it: set it to the directory that holds PostgreSQL's `initdb` and `postgres`",
        dir.display()
    )]
    ProgramMissing {
        /// The directory that was set.
        dir: PathBuf,
        /// What is not in it.
        program: &'static str,
    },
    /// A program is there, and does not run.
    #[error("{} does not run ({reason}): reinstall PostgreSQL, or set PG_BIN_DIR to another one", program.display())]
    ProgramBroken {
        /// The program's path.
        program: PathBuf,
        /// What it said, or why it did not start.
        reason: String,
    },
    /// The newest PostgreSQL found is older than what the schema needs.
    #[error(
        "the PostgreSQL in {} is version {major}, but {OLDEST_MAJOR} or newer is needed: install a newer one, or set PG_BIN_DIR to its programs",
        dir.display()
    )]
    TooOld {
        /// Where it is.
        dir: PathBuf,
        /// Its major version.
        major: u32,
    },
    /// The data are in the format of another major version.
    #[error(
        "{} was made by PostgreSQL {found}, but the one in {} is version {programs}: set PG_BIN_DIR to the programs of version {found}, or move that directory away to start with an empty database",
        data.display(), bin_dir.display()
    )]
    OtherVersion {
        /// PostgreSQL's own directory.
        data: PathBuf,
        /// Version of the data.
        found: u32,
        /// Version of the programs.
        programs: u32,
        /// Where the programs are.
        bin_dir: PathBuf,
    },
    /// Something else lies where the data should be.
    #[error(
        "{} is neither empty nor made by PostgreSQL: move it away, or set TENANTATLAS_DATA_DIR to another directory",
        .0.display()
    )]
    NotACluster(PathBuf),
    /// The data were there, and are not any more.
    #[error("{} is gone: put it back, or stop this process and start again with an empty database", .0.display())]
    Gone(PathBuf),
    /// PostgreSQL refuses to run as root, and there is nobody else to run it.
    #[error(
        "PostgreSQL does not run as root and there is neither a user `postgres` nor `nobody`: run `useradd --system postgres`, or start as an ordinary user"
    )]
    NoAccount,
    /// The unprivileged user cannot get at something it needs.
    #[error(
        "PostgreSQL runs as user {account}, who may not enter {} and so cannot reach {}: use a directory open to that user (for data: TENANTATLAS_DATA_DIR=/var/lib/tenantatlas)",
        barrier.display(), path.display()
    )]
    Unreachable {
        /// What it needs.
        path: PathBuf,
        /// Who needs it.
        account: String,
        /// The first directory on the way that is closed.
        barrier: PathBuf,
    },
    /// A directory that must be private to the server is somebody else's, or open to others.
    #[error("{} belongs to another user or is open to others: remove it, or set TENANTATLAS_DATA_DIR to another directory", .0.display())]
    NotPrivate(PathBuf),
    /// `initdb` failed.
    #[error("PostgreSQL could not make its data directory {}: {output}", data.display())]
    Initialization {
        /// Where it should have been.
        data: PathBuf,
        /// The last lines of `initdb`.
        output: String,
    },
    /// The server ended instead of accepting connections.
    #[error("PostgreSQL ended while starting ({status}): {output} (see {})", log.display())]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its log.
        output: String,
        /// All of its log.
        log: PathBuf,
    },
    /// The server runs, and does not accept connections in time.
    #[error("PostgreSQL did not accept connections within {seconds} seconds: see {} for what it is doing", log.display())]
    NotReady {
        /// How long it was given.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// Another process holds the data directory and its server does not answer.
    #[error("another process uses {} and its PostgreSQL does not answer: stop that process, or set TENANTATLAS_DATA_DIR to another directory", .0.display())]
    Busy(PathBuf),
    /// The server runs and the product's database could not be made in it.
    #[error("the database could not be created in the private PostgreSQL: {0}")]
    Database(String),
    /// This process wants to end before the server is ready.
    #[error("the start of PostgreSQL was broken off, because this process ends")]
    Stopped,
    /// The server did not end when told to.
    #[error("PostgreSQL (process {0}) did not end when told to: end it by hand before starting again")]
    NotStopped(u32),
    /// The operating system refused something.
    #[error("cannot {action} {}: {source}; check the rights on it, or set TENANTATLAS_DATA_DIR to another directory", path.display())]
    System {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The answer.
        source: io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: says what was tried on which path.
    pub(super) fn system(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { action, path: path.to_owned(), source }
    }
}
