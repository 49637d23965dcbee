//! From a started process to a database that answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use super::Settings;
use super::account::Account;
use super::bell::Bell;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::layout::Layout;
use super::log::{self, Log};
use super::options;
use super::ownership::POLL;
use super::postmaster::Postmaster;
use super::predecessor::{self, Predecessor};
use super::socket::DATABASE;

/// Longest wait for a start; long enough to recover from a crash, too.
const LIMIT: Duration = Duration::from_secs(60);
/// The database that `initdb` makes, always there.
const MAINTENANCE: &str = "postgres";
/// What PostgreSQL says while processes of a killed server are still ending. It has no code of its
/// own.
const STILL_ENDING: &str = "pre-existing shared memory block";
/// Between two looks for the end of those processes, each of which starts a server that ends at once.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Whether the database can be connected to now.
pub(super) fn answers(url: &str) -> bool {
    connect(url).is_ok()
}

/// Patience with a server that is not ready within [`LIMIT`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Fails the start, since somebody waits for it.
    Short,
    /// Lets it recover for as long as it takes: to break that off would only begin it anew.
    Long,
}

/// Starts the server and returns when it accepts connections.
pub(super) fn launch(
    settings: &Settings,
    binaries: &Binaries,
    account: &Account,
    layout: &Layout,
    bell: &Arc<Bell>,
    patience: Patience,
) -> Result<Postmaster, ClusterError> {
    let begun = Instant::now();
    let (mut pause, mut told) = (POLL, false);
    loop {
        let mut log = Log::open(layout, account)?;
        let postmaster = spawn(settings, binaries, account, layout, bell, &log)?;
        while postmaster.ended().is_none() {
            // Asked before it is ready, it would write a line into its log each time.
            let is_ready = Predecessor::of(layout).is_some_and(|server| server.is_ready(postmaster.pid()));
            if is_ready && answers(&layout.socket.url(MAINTENANCE)) {
                return Ok(postmaster);
            }
            if begun.elapsed() > LIMIT && !told {
                let late = ClusterError::NotReady { seconds: LIMIT.as_secs(), log: layout.log.clone() };
                if patience == Patience::Short {
                    return Err(late);
                }
                tracing::warn!("{late}; this start goes on waiting");
                told = true;
            }
            if bell.pause(POLL) {
                postmaster.break_off()?;
                return Err(ClusterError::Stopped);
            }
        }
        let said = log.text();
        if !said.contains(STILL_ENDING) || begun.elapsed() > LIMIT {
            return Err(ClusterError::Ended {
                status: postmaster.ended().unwrap_or_default(),
                output: log::last_lines(&said),
                log: layout.log.clone(),
            });
        }
        predecessor::end_orphans(layout);
        if bell.pause(pause) {
            return Err(ClusterError::Stopped);
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Creates the product's database unless it is there.
pub(super) fn ensure_database(layout: &Layout) -> Result<(), ClusterError> {
    let failed = |error: diesel::result::Error| ClusterError::Database(error.to_string());
    let connected = connect(&layout.socket.url(MAINTENANCE));
    let mut conn = connected.map_err(|error| ClusterError::Database(error.to_string()))?;
    let found = sql_query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind::<diesel::sql_types::Text, _>(DATABASE)
        .execute(&mut conn)
        .map_err(failed)?;
    if found == 0 {
        sql_query(format!("CREATE DATABASE {DATABASE}")).execute(&mut conn).map_err(failed)?;
    }
    Ok(())
}

fn spawn(
    settings: &Settings,
    binaries: &Binaries,
    account: &Account,
    layout: &Layout,
    bell: &Arc<Bell>,
    log: &Log,
) -> Result<Postmaster, ClusterError> {
    let writer = || log.writer().map_err(ClusterError::system("write", &layout.log));
    let mut command = binaries.command("postgres", account, &layout.root);
    command.arg("-D").arg(&layout.cluster).stdout(writer()?).stderr(writer()?);
    for option in options::options(settings, &layout.socket.dir().to_string_lossy()) {
        command.arg("-c").arg(option);
    }
    Postmaster::spawn(command, Arc::clone(bell)).map_err(ClusterError::system("start", &binaries.dir().join("postgres")))
}

/// A server that was stopped in its tracks takes connections and never answers; do not wait for it.
fn connect(url: &str) -> diesel::ConnectionResult<PgConnection> {
    PgConnection::establish(&format!("{url}&connect_timeout=2"))
}
