//! Whether the backfill's rows a second stay the same with more findings, more tenants and more workers.
//!
//! Findings up to `PERF_FINDINGS` (1,000,000), with `PERF_HUGE=1` also five times as many.

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{median, rate};

/// Findings, tenants, worker processes.
#[derive(Clone, Copy)]
struct Shape {
    findings: usize,
    tenants: usize,
    workers: usize,
}

pub fn run() -> Figures {
    let most = settings::number("PERF_FINDINGS", 1_000_000);
    let huge = settings::number("PERF_HUGE", 0) > 0;
    let usual = Shape { findings: most, tenants: 200, workers: 1 };
    let mut figures = Figures::new("rows a second as things grow");
    figures.say(&format!(
        "The backfill from the start request to the completed run; {} rounds each. Where nothing else is said: {most} findings, \
         {} tenants, one worker process with {} lanes.",
        settings::rounds(),
        usual.tenants,
        settings::cores()
    ));
    let mut sizes = vec![most / 100, most / 10, most];
    sizes.extend(huge.then_some(most * 5));
    let by_findings: Vec<Shape> = sizes.into_iter().map(|findings| Shape { findings, ..usual }).collect();
    let by_tenants: Vec<Shape> = [1, 10, 1_000, 10_000].map(|tenants| Shape { tenants, ..usual }).into();
    for (name, shapes) in [("findings", by_findings), ("tenants", by_tenants)] {
        let rows: Vec<[String; 3]> =
            shapes.into_iter().map(|shape| row(&name_of(name, shape), &measure(shape, &[shape.workers])[0])).collect();
        figures.table([name, "time", "rows/s"], &rows);
    }
    let counts = [1, 2, 4];
    let measured = measure(usual, &counts);
    let rows: Vec<[String; 3]> =
        counts.iter().zip(&measured).map(|(count, measured)| row(&count.to_string(), measured)).collect();
    figures.table(["worker processes", "time", "rows/s"], &rows);
    figures
}

fn name_of(what: &str, shape: Shape) -> String {
    if what == "findings" { shape.findings.to_string() } else { shape.tenants.to_string() }
}

type Measured = (usize, Vec<std::time::Duration>);

/// The same table with several numbers of workers.
fn measure(shape: Shape, workers: &[usize]) -> Vec<Measured> {
    let findings = shape.findings.next_multiple_of(shape.tenants);
    let cluster = Cluster::start();
    legacy::seed(&cluster, findings, shape.tenants);
    let mut measured: Vec<Measured> = workers.iter().map(|_| (findings, Vec::new())).collect();
    for _ in 0..settings::rounds() {
        for (at, count) in workers.iter().enumerate() {
            let database = cluster.copy(SEEDED, "measured");
            let mut installation = Installation::over(&database, *count);
            let preflight = installation.preflight();
            database.checkpoint();
            let time = installation.time_backfill(&preflight);
            let left = installation.preflight()["affected_count"].as_i64();
            assert_eq!(left, Some(0), "nothing may be left to repair");
            println!("{findings} findings, {} tenants, {count} workers: {time:.2?}", shape.tenants);
            measured[at].1.push(time);
            drop(installation);
            cluster.drop("measured");
        }
    }
    measured
}

fn row(name: &str, (findings, times): &Measured) -> [String; 3] {
    let time = median(times);
    [name.to_owned(), format!("{time:.2?}"), format!("{:.0}", rate(*findings, time))]
}
