//! Many small targets: `PERF_SMALL_TENANTS` (10,000) tenants with one finding each, against as many trivial jobs of
//! graphile-worker, a job queue that also keeps its jobs in PostgreSQL.

mod graphile;

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{median, rate};
use graphile::{Graphile, Mode};
use std::time::Duration;

pub fn run() -> Figures {
    let tenants = settings::number("PERF_SMALL_TENANTS", 10_000);
    let cluster = Cluster::start();
    legacy::seed(&cluster, tenants, tenants);
    let graphile = Graphile::install();
    let mut product = Vec::new();
    let mut queue: [Vec<Duration>; 2] = Default::default();
    for round in 0..settings::rounds() {
        product.push(measure_product(&cluster, tenants));
        for (at, mode) in [Mode::Default, Mode::LocalQueue].into_iter().enumerate() {
            let database = cluster.empty("jobs");
            queue[at].push(graphile.time(&database, tenants, mode));
            cluster.drop("jobs");
        }
        println!(
            "round {}: product {:.2?}, graphile-worker {:.2?}, {:.2?}",
            round + 1,
            product[round],
            queue[0][round],
            queue[1][round]
        );
    }
    let mut figures = Figures::new("targets a second");
    figures.say(&format!(
        "{tenants} tenants with one legacy finding each, one worker with {} lanes, from the answer to the start request to the \
         completed run; {} rounds. Against graphile-worker {} on the same cluster with {tenants} jobs that do nothing, added \
         beforehand, one process with {} jobs at once: with its defaults, and with its local queue of 500 and completion in batches.",
        settings::cores(),
        settings::rounds(),
        graphile.version(),
        graphile::CONCURRENCY,
    ));
    let product = median(&product);
    let row = |name: &str, time: Duration| {
        let per_second = rate(tenants, time);
        [
            name.to_owned(),
            format!("{time:.2?}"),
            format!("{per_second:.0}"),
            format!("{:.2} ×", rate(tenants, product) / per_second),
        ]
    };
    figures.table(
        ["what", "time", "targets or jobs/s", "product is"],
        &[
            row("product", product),
            row("graphile-worker, defaults", median(&queue[0])),
            row("graphile-worker, local queue", median(&queue[1])),
        ],
    );
    figures
}

fn measure_product(cluster: &Cluster, tenants: usize) -> Duration {
    let database = cluster.copy(SEEDED, "measured");
    let mut installation = Installation::over(&database, 1);
    let preflight = installation.preflight();
    database.checkpoint();
    let run = installation.start(&preflight);
    let begun = std::time::Instant::now();
    installation.wait_for_success(run);
    let time = begun.elapsed();
    let done = database.number("SELECT count(*) FROM run_targets WHERE state = 'succeeded' AND updated = 1");
    assert_eq!(usize::try_from(done), Ok(tenants), "every target has to repair its finding");
    drop(installation);
    cluster.drop("measured");
    time
}
