//! An outage of the database: lines of log and processor time that it costs each process, against the same time without one, and
//! the time from the database's return to the first right answer.

use crate::figures::Figures;
use crate::installation::{self, EMAIL, PASSWORD, Process};
use crate::settings;
use crate::statistics::{longest, median};
use diesel::{Connection, PgConnection};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::Actor;
use tenantatlas::db::embedded::{Cluster, Durability, Restart, Settings};
use tokio::runtime::Runtime;

/// Returns of the database that are measured.
const RETURNS: usize = 9;
/// Requests after each return, of which none may fail.
const REQUESTS: usize = 60;

/// A process with a log that can be counted.
struct Logged {
    process: Process,
    log: PathBuf,
}

impl Logged {
    fn start(url: &str, arguments: &[&str], directory: &Path) -> Self {
        let log = directory.join(arguments.join("-"));
        let mut command = installation::command(&crate::cluster::Database { url: url.to_owned() }, arguments);
        command.env("TENANTATLAS_LISTEN", "127.0.0.1:0").env("TENANTATLAS_LOG", "info");
        command.stderr(std::fs::File::create(&log).expect("a file"));
        Self { process: Process::start(command), log }
    }

    /// Lines beside those of answered requests.
    fn lines(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).expect("the log");
        log.lines().filter(|line| !line.contains("answered")).count()
    }
}

pub fn run() -> Figures {
    let directory = tempfile::tempdir().expect("a directory");
    let settings = Settings {
        data_dir: directory.path().join("data"),
        bin_dir: std::env::var_os("PG_BIN_DIR").map(Into::into),
        durability: Durability::Full,
        max_connections: 100,
        restart: Restart::ByNobody,
    };
    let start = || Cluster::start(&settings).expect("a PostgreSQL");
    let mut cluster = start();
    let url = cluster.url().to_owned();
    let database = crate::cluster::Database { url: url.clone() };
    installation::complete(installation::command(&database, &["migrate"]), "");
    let mut create = vec!["operator", "create", "--email", EMAIL, "--name", "Perf", "--password-stdin"];
    support::app::all_capabilities().iter().for_each(|capability| create.extend(["--capability", capability]));
    installation::complete(installation::command(&database, &create), PASSWORD);
    let mut server = Logged::start(&url, &["serve"], directory.path());
    let worker = Logged::start(&url, &["worker"], directory.path());
    let address: SocketAddr = server.process.wait_for_line("TenantAtlas listens on http://").parse().expect("an address");
    let runtime = Runtime::new().expect("a runtime");
    let operator = runtime.block_on(Actor::anonymous(address).signed_in(EMAIL, PASSWORD));
    // Every connection of the pool is open, so that each could be a dead one.
    let open_all = || {
        runtime.block_on(async {
            let ask = |_| {
                let operator = operator.clone();
                tokio::spawn(async move { operator.list_runs("").await.status })
            };
            for request in (0..64).map(ask).collect::<Vec<_>>() {
                request.await.expect("an answer");
            }
        });
    };

    let length = Duration::from_secs(settings::number("PERF_OUTAGE_SECONDS", 60).try_into().expect("seconds"));
    let mut rows = Vec::new();
    let mut cost = |what: &str| {
        for (name, logged) in [("serve", &server), ("worker", &worker)] {
            let (lines, time) = (logged.lines(), logged.process.processor_time());
            rows.push((what.to_owned(), name, lines, time));
        }
    };
    cost("begin");
    std::thread::sleep(length);
    cost("quiet");
    cluster.stop().expect("the end of PostgreSQL");
    let ask_on = Instant::now();
    while ask_on.elapsed() < length {
        runtime.block_on(Actor::anonymous(address).readyz());
        std::thread::sleep(Duration::from_millis(100));
    }
    cost("outage");
    cluster = start();

    let (mut first, mut failed) = (Vec::new(), 0);
    for _ in 0..RETURNS {
        while runtime.block_on(operator.list_runs("")).status != 200 {}
        open_all();
        cluster.stop().expect("the end of PostgreSQL");
        runtime.block_on(operator.list_runs(""));
        cluster = start();
        while PgConnection::establish(&url).is_err() {}
        let back = Instant::now();
        let mut answered = None;
        for _ in 0..REQUESTS {
            match runtime.block_on(operator.list_runs("")).status {
                200 => answered = answered.or(Some(back.elapsed())),
                _ => failed += 1,
            }
        }
        first.push(answered.expect("a right answer"));
    }

    let mut figures = Figures::new("an outage of the database");
    figures.say(&format!(
        "`serve` (with a worker) and `worker`, {} seconds without load and {} seconds without PostgreSQL, while readiness is asked for \
         every 100 ms. Lines beside those of answered requests; the limit is 20 a minute and process.",
        length.as_secs(),
        length.as_secs()
    ));
    let per_minute = |lines: usize| format!("{:.0}", lines as f64 * 60.0 / length.as_secs_f64());
    let share = |time: Duration| format!("{:.2} %", time.as_secs_f64() / length.as_secs_f64() * 100.0);
    let table: Vec<[String; 4]> = (2..rows.len())
        .map(|at| {
            let (now, before) = (&rows[at], &rows[at - 2]);
            [now.0.clone(), now.1.to_owned(), per_minute(now.2 - before.2), share(now.3 - before.3)]
        })
        .collect();
    figures.table(["time", "process", "lines a minute", "of a processor"], &table);
    figures.say(&format!(
        "From the moment that PostgreSQL takes connections again ({RETURNS} times, {REQUESTS} lists after each, all connections were \
         open before): first right answer after {:.2?} (median), {:.2?} (longest); {failed} of {} requests failed.",
        median(&first),
        longest(&first),
        RETURNS * REQUESTS
    ));
    figures
}
