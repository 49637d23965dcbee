//! The backfill of `PERF_FINDINGS` (1,000,000) legacy findings in `PERF_TENANTS` (200) tenants, from the start request to the
//! completed run, against bare SQL that leaves the same table behind.

mod disturbed;
mod rival;

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{self, Installation};
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{median, rate, ratio};
use std::time::Duration;

/// The database that is being measured; there is only one at a time.
const MEASURED: &str = "measured";

/// Who makes the changes.
#[derive(Clone, Copy)]
enum Contender {
    Product,
    Bare { sessions: usize },
}

const CONTENDERS: [Contender; 3] = [Contender::Product, Contender::Bare { sessions: 1 }, Contender::Bare { sessions: 2 }];

/// One backfill.
struct Round {
    time: Duration,
    wal: i64,
    digest: String,
    /// KiB of the largest worker process at most; 0 for bare SQL.
    memory: u64,
}

pub fn run() -> Figures {
    let (findings, tenants) = (settings::number("PERF_FINDINGS", 1_000_000), settings::number("PERF_TENANTS", 200));
    let cluster = Cluster::start();
    legacy::seed(&cluster, findings, tenants);
    let mut rounds: [Vec<Round>; 3] = Default::default();
    for round in 0..settings::rounds() {
        // Everybody is first, second and last once.
        for turn in 0..CONTENDERS.len() {
            let at = (round + turn) % CONTENDERS.len();
            let measured = measure(&cluster, CONTENDERS[at]);
            println!("round {}: {} {:.2?}", round + 1, name(CONTENDERS[at]), measured.time);
            rounds[at].push(measured);
        }
        let digest = |at: usize| &rounds[at][round].digest;
        assert!(digest(0) == digest(1) && digest(0) == digest(2), "all have to make the same table");
    }
    let disturbed = disturbed::run(&cluster, &rounds[0][0].digest);
    report(findings, tenants, &rounds, &disturbed)
}

fn name(contender: Contender) -> String {
    match contender {
        Contender::Product => format!("product, 1 worker with {} lanes", settings::cores()),
        Contender::Bare { sessions: 1 } => "bare SQL, one session".to_owned(),
        Contender::Bare { sessions } => format!("bare SQL, {sessions} sessions"),
    }
}

/// Every contender gets a fresh copy that a preflight has read and that is on disk.
fn measure(cluster: &Cluster, contender: Contender) -> Round {
    let database = cluster.copy(SEEDED, MEASURED);
    let round = match contender {
        Contender::Product => measure_product(&database),
        Contender::Bare { sessions } => measure_bare(&database, sessions),
    };
    cluster.drop(MEASURED);
    round
}

fn measure_product(database: &Database) -> Round {
    let mut installation = Installation::over(database, 1);
    let preflight = installation.preflight();
    database.checkpoint();
    let wal = database.wal();
    let time = installation.time_backfill(&preflight);
    Round { time, wal: database.wal() - wal, memory: installation.peak_of_workers(), digest: legacy::digest(database) }
}

fn measure_bare(database: &Database, sessions: usize) -> Round {
    let preflight = ["findings", "backfill-lifecycle", "--all-tenants", "--preflight-only"];
    installation::complete(installation::command(database, &preflight), "");
    let parts = rival::parts(database, sessions);
    database.checkpoint();
    let wal = database.wal();
    let time = rival::run(database, &parts);
    Round { time, wal: database.wal() - wal, memory: 0, digest: legacy::digest(database) }
}

fn report(findings: usize, tenants: usize, rounds: &[Vec<Round>; 3], disturbed: &disturbed::Disturbed) -> Figures {
    let mut figures = Figures::new("rows repaired a second");
    figures.say(&format!(
        "{findings} legacy findings in {tenants} tenants, one in ten a duplicate; {} rounds, each contender on a fresh copy of \
         one table, all tables equal afterwards. The product's time is that from the start request to the completed run, with \
         audit, counts and post-condition. Two sessions of bare SQL take half of the tenants each: tenants share nothing but \
         the table, so that is what somebody with two cores would do.",
        rounds[0].len()
    ));
    let times = |at: usize| median(&rounds[at].iter().map(|round| round.time).collect::<Vec<_>>());
    let row = |at: usize| {
        let mut wal: Vec<i64> = rounds[at].iter().map(|round| round.wal).collect();
        wal.sort_unstable();
        [
            name(CONTENDERS[at]),
            format!("{:.2?}", times(at)),
            format!("{:.0}", rate(findings, times(at))),
            format!("{:.2} ×", ratio(times(at), times(0))),
            format!("{:.0}", wal[wal.len() / 2] as f64 / findings as f64),
        ]
    };
    figures.table(["contender", "time", "rows/s", "product is", "log bytes/row"], &[row(0), row(1), row(2)]);
    figures.say(&disturbed.describe());
    let memory = rounds[0].iter().map(|round| round.memory).max().unwrap_or(0);
    figures.say(&format!("The worker process took at most {:.1} MiB.", memory as f64 / 1024.0));
    figures
}
