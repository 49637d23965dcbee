//! Time left as a run tells it against the time that it took, over ten runs whose pace changes on the way.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::median;
use std::time::{Duration, Instant};

/// Findings and tenants of each run.
const FINDINGS: usize = 180_000;
const TENANTS: usize = 60;
/// Time between two looks at the run.
const LOOK: Duration = Duration::from_millis(500);
/// Less time left is no time to look at an estimate.
const LEAST_LEFT: Duration = Duration::from_secs(2);

/// Estimates of one look at a run, in seconds.
struct Look {
    at: Instant,
    /// As the run says.
    told: Option<f64>,
    /// By the mean pace since the start, which was told before.
    by_mean: Option<f64>,
}

pub fn run() -> Figures {
    let findings = settings::number("PERF_ETA_FINDINGS", FINDINGS);
    let rounds = settings::number("PERF_ETA_RUNS", 10);
    let cluster = Cluster::start();
    legacy::seed(&cluster, findings, TENANTS);
    let database = cluster.copy(SEEDED, "eta");
    let mut installation = Installation::alone_over(&database);
    let first = installation.preflight();
    installation.time_backfill(&first);
    slow_down(&database);
    let (mut told, mut by_mean, mut without, mut looks_made) = (Vec::new(), Vec::new(), 0, 0);
    for round in 0..rounds {
        spoil(&database, round);
        let preflight = installation.preflight();
        let (looks, end) = follow(&mut installation, &preflight);
        let left = |look: &Look| end.duration_since(look.at);
        let counted: Vec<&Look> = looks.iter().filter(|look| left(look) >= LEAST_LEFT).collect();
        let error = |estimate: fn(&Look) -> Option<f64>| -> Vec<Duration> {
            let off =
                |look: &&Look| estimate(look).map(|told| (told - left(look).as_secs_f64()).abs() / left(look).as_secs_f64());
            counted.iter().filter_map(off).map(Duration::from_secs_f64).collect()
        };
        let (now, before) = (error(|look| look.told), error(|look| look.by_mean));
        println!("run {round}: {} looks, {} without an estimate", counted.len(), counted.len() - now.len());
        looks_made += counted.len();
        without += counted.len() - now.len();
        if !now.is_empty() && !before.is_empty() {
            told.push(median(&now));
            by_mean.push(median(&before));
        }
    }
    let (told, by_mean) = (median(&told).as_secs_f64(), median(&by_mean).as_secs_f64());
    let mut figures = Figures::new("time left against the truth");
    figures.say(&format!(
        "{rounds} runs over {findings} findings in {TENANTS} tenants, of which every second run has the first half, the others a \
         quarter of the tenants in order already, so that the pace falls on the way; a changed row takes 0.2 ms more, so that a run lasts. Looked at every {LOOK:?} until \
         {LEAST_LEFT:?} before the end. The error is the difference to the time that was left, as a share of it; median of a run, \
         then of all runs. {without} of {looks_made} looks came before there was an estimate."
    ));
    figures.table(
        ["time left by", "median error", "ratio"],
        &[
            ["the pace of the last 30 s".to_owned(), format!("{:.0} %", told * 100.0), format!("{:.2}", told / by_mean)],
            ["the mean pace since the start".to_owned(), format!("{:.0} %", by_mean * 100.0), "1".to_owned()],
        ],
    );
    figures
}

/// Makes a run last long enough to look at: a changed row takes a fraction of a millisecond more.
fn slow_down(database: &Database) {
    database.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.0002); RETURN NULL; END $$;
         CREATE TRIGGER slow AFTER UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION slow()",
    );
}

/// Leaves the first tenants as they are, and takes from the findings of the others what the repair gives them.
fn spoil(database: &Database, round: usize) {
    let untouched = TENANTS / if round.is_multiple_of(2) { 2 } else { 4 };
    database.execute(&format!(
        "ALTER TABLE findings DISABLE TRIGGER slow;
         UPDATE findings SET first_seen_at = NULL, due_at = NULL, due_source = NULL WHERE tenant_id >
             (SELECT id FROM tenants WHERE external_id <> 'platform' ORDER BY id OFFSET {untouched} LIMIT 1);
         ALTER TABLE findings ENABLE TRIGGER slow"
    ));
    database.execute("VACUUM (ANALYZE) findings");
}

/// Starts the run and looks at it until it has ended.
fn follow(installation: &mut Installation, preflight: &serde_json::Value) -> (Vec<Look>, Instant) {
    let run = installation.start(preflight);
    let begun = Instant::now();
    let mut looks = Vec::new();
    loop {
        let shown = installation.runtime.block_on(installation.operator.get_run(run)).assert_status(200).body;
        let at = Instant::now();
        if shown["status"] == "completed" {
            assert_eq!(shown["outcome"], "succeeded");
            return (looks, at);
        }
        let number = |name: &str| shown["progress"][name].as_f64();
        let (done, total) = (number("rows_done").expect("rows"), number("rows_total").expect("rows"));
        let by_mean = (done > 0.0).then(|| (total - done) / (done / at.duration_since(begun).as_secs_f64()));
        looks.push(Look { at, told: number("eta_seconds"), by_mean });
        std::thread::sleep(LOOK);
    }
}
