//! The start of a run over `PERF_START_TENANTS` (10,000) tenants: how long the request takes, and how long after its answer
//! the first target is claimed by a worker that waits for notifications.

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{longest, median};
use std::time::{Duration, Instant};

/// Rounds of each kind: one start is short.
const ROUNDS: usize = 5;

pub fn run() -> Figures {
    let tenants = settings::number("PERF_START_TENANTS", 10_000);
    let findings = settings::number("PERF_FINDINGS", 1_000_000).next_multiple_of(tenants);
    let mut figures = Figures::new("a run over many tenants");
    figures.say(&format!(
        "A confirmed preflight, then the start request, {ROUNDS} times each on a fresh copy, with a worker that listens. The \
         start counts the affected findings again before it creates anything."
    ));
    let mut rows = Vec::new();
    for findings in [tenants, findings] {
        let (starts, claims) = measure(tenants, findings);
        let cell = |times: &[Duration]| format!("{:.0?}, at most {:.0?}", median(times), longest(times));
        rows.push([tenants.to_string(), findings.to_string(), cell(&starts), cell(&claims)]);
    }
    figures.table(["tenants", "findings", "start request", "its answer to the first claim"], &rows);
    figures
}

fn measure(tenants: usize, findings: usize) -> (Vec<Duration>, Vec<Duration>) {
    let cluster = Cluster::start();
    legacy::seed(&cluster, findings, tenants);
    let (mut starts, mut claims) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let database = cluster.copy(SEEDED, "measured");
        let installation = Installation::over(&database, 1);
        let preflight = installation.preflight();
        database.checkpoint();
        let begun = Instant::now();
        let run = installation.start(&preflight);
        let answered = begun.elapsed();
        // By the clock of the machine, which the database and this process share; a claim may come before the answer.
        let now = database.word("SELECT extract(epoch FROM clock_timestamp())");
        let since = begun.elapsed() - answered;
        let first = format!("SELECT count(*) FROM run_targets WHERE run_id = {run} AND started_at IS NOT NULL");
        crate::installation::wait_until(Duration::from_millis(1), || database.number(&first) > 0);
        let late = database.number(&format!(
            "SELECT (extract(epoch FROM min(started_at)) - {now}) * 1000000 FROM run_targets WHERE run_id = {run}"
        ));
        let late = u64::try_from(late + i64::try_from(since.as_micros()).expect("a short time")).unwrap_or(0);
        println!("{tenants} tenants, {findings} findings, round {}: {answered:.2?}, first claim {late} µs later", round + 1);
        starts.push(answered);
        claims.push(Duration::from_micros(late));
        drop(installation);
        cluster.drop("measured");
    }
    (starts, claims)
}
