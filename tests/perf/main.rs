//! Measures the product, most of it against the same work done in another way on the same cluster, and writes the figures to
//! `tests/perf/RESULTS.md`. Nothing here is a test of speed: only that both sides did the same work is asserted.
//!
//! `perf [NAME…]` runs the benchmarks named, or all; each replaces its own section of the results. Sizes come from the
//! environment (`PERF_ROUNDS`, `PERF_FINDINGS`, …; see each benchmark).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs)]
#![allow(clippy::cast_precision_loss, reason = "figures do not need the last digit")]

mod backfill;
mod cluster;
mod controls;
mod eta;
mod fairness;
mod figures;
mod growth;
mod installation;
mod legacy;
mod list;
mod members;
mod memory;
mod outage;
mod pause;
mod pgbench;
mod preflight;
mod private_database;
mod process;
mod requests;
mod settings;
mod small;
mod start;
mod statistics;
mod telemetry;
mod watch;
mod web;

use figures::Figures;

/// A benchmark by its name.
type Benchmark = (&'static str, fn() -> Figures);

/// Every benchmark, in the order of the results.
const BENCHMARKS: &[Benchmark] = &[
    ("backfill", backfill::run),
    ("preflight", preflight::run),
    ("start", start::run),
    ("small", small::run),
    ("list", list::run),
    ("members", members::run),
    ("watch", watch::run),
    ("growth", growth::run),
    ("controls", controls::run),
    ("fairness", fairness::run),
    ("telemetry", telemetry::run),
    ("process", process::run),
    ("private_database", private_database::run),
    ("memory", memory::run),
    ("outage", outage::run),
    ("requests", requests::run),
    ("web", web::run),
    ("pause", pause::run),
    ("eta", eta::run),
];

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let known: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    for name in &names {
        assert!(known.contains(&name.as_str()), "{name} is no benchmark; there are: {}", known.join(", "));
    }
    for (name, run) in BENCHMARKS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            println!("== {name}");
            let figures = run();
            println!("{}", figures.text());
            figures::write(name, &known, &figures);
        }
    }
}
