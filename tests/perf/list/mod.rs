//! The list of runs and the detail of one, with `PERF_RUNS` (1,000,000) runs against 1,000, over HTTP; and how many lists a
//! second, against pgbench with the same SQL. `PERF_EVERY=n` (11) takes only every nth combination of filters.

mod combinations;
mod throughput;

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::Installation;
use crate::settings;
use crate::statistics::{longest, median, quantile};
use combinations::{Call, Known};
use std::time::{Duration, Instant};

/// Calls of each list and of the details that are told one by one.
const REPEATED: usize = 100;
/// The slowest lists of the sweep, which are looked at again.
const SUSPECTS: usize = 40;
/// The slowest that are named.
const NAMED: usize = 5;

pub fn run() -> Figures {
    let large = settings::number("PERF_RUNS", 1_000_000);
    let cluster = Cluster::start();
    let mut figures = Figures::new("lists and details of runs");
    figures.say(
        "Two years of runs of 200 workspaces and 2,000 tenants, uneven on purpose (`list/runs.sql`); pages of 50 over HTTP from a \
         server process, one request after the other. Combinations of filters, each with values that are common and rare, at the \
         first page, in the middle and near the oldest, all of them or every nth; the slowest 40 again, 100 times each.",
    );
    for runs in [1_000, large] {
        let database = seed(&cluster, runs);
        let installation = Installation::over(&database, 0);
        measure(&mut figures, &installation, &database, runs);
        if runs == large {
            throughput::measure(&mut figures, &installation, &database);
        }
        drop(installation);
        cluster.drop("runs");
    }
    figures
}

/// A database with so many runs.
pub fn seed(cluster: &Cluster, runs: usize) -> Database {
    let database = cluster.create("runs");
    database.connect_and(|conn| {
        for statement in include_str!("runs.sql").replace(":runs", &runs.to_string()).split_inclusive(";\n") {
            diesel::connection::SimpleConnection::batch_execute(conn, statement)
                .unwrap_or_else(|error| panic!("{error}: {statement}"));
        }
    });
    assert_eq!(usize::try_from(database.number("SELECT count(*) FROM operation_runs")), Ok(runs));
    database.checkpoint();
    database
}

fn measure(figures: &mut Figures, installation: &Installation, database: &Database, runs: usize) {
    let known = Known::of(database);
    let calls = combinations::all(&known);
    let time = |path: &str| installation.time_get(path);
    let every = settings::number("PERF_EVERY", 11);
    let swept: Vec<(Duration, &Call)> = calls.iter().step_by(every).map(|call| (time(&call.path), call)).collect();
    let all: Vec<Duration> = swept.iter().map(|(time, _)| *time).collect();
    let cell = |times: &[Duration]| {
        [median(times), quantile(times, 0.99), longest(times)].map(|time| format!("{:.2} ms", time.as_secs_f64() * 1000.0))
    };
    let repeated = |path: &str| (0..REPEATED).map(|_| time(path)).collect::<Vec<_>>();
    let mut suspects = swept.clone();
    suspects.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    suspects.truncate(SUSPECTS);
    let mut worst: Vec<(Vec<Duration>, &str)> =
        suspects.iter().map(|(_, call)| (repeated(&call.path), call.name.as_str())).collect();
    worst.sort_by_key(|(times, _)| std::cmp::Reverse(quantile(times, 0.99)));

    let mut rows = Vec::new();
    let mut row = |name: String, times: &[Duration]| {
        let [median, p99, longest] = cell(times);
        println!("{runs} runs, {name}: {median}, {p99}, {longest}");
        rows.push([name, median, p99, longest]);
    };
    row(format!("each of {} combinations and depths", swept.len()), &all);
    for call in calls.iter().filter(|call| call.is_plain) {
        row(call.name.clone(), &repeated(&call.path));
    }
    for (times, name) in worst.iter().take(NAMED) {
        row(format!("slowest: {name}"), times);
    }
    for (name, ids) in known.details(database) {
        let times: Vec<Duration> =
            ids.iter().cycle().take(REPEATED).map(|id| time(&format!("/api/v1/system/ops/runs/{id}"))).collect();
        row(name.to_owned(), &times);
    }
    figures.say(&format!("With {runs} runs:"));
    figures.table(["request", "median", "99th percentile", "longest"], &rows);
}

impl Installation {
    /// How long the whole answer takes.
    fn time_get(&self, path: &str) -> Duration {
        let request = self.operator.request(reqwest::Method::GET, path);
        let begun = Instant::now();
        let (status, body) = self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            (response.status(), response.bytes().await.expect("a body"))
        });
        let time = begun.elapsed();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        time
    }
}
