//! Seconds from opening the controls to a pause in force, and to its end, of a person in Chromium: within a minute is wanted.

use crate::cluster::Cluster;
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::statistics::median;
use crate::{settings, web};
use serde_json::Value;
use std::time::Duration;

/// Findings and tenants of the installation; the preview counts the tenants.
const FINDINGS: usize = 100_000;
const TENANTS: usize = 1_000;
/// What is wanted of both (CTL-04).
const WANTED: Duration = Duration::from_secs(60);

pub fn run() -> Figures {
    web::install();
    let mut figures = Figures::new("a pause by a person in a browser");
    let cluster = Cluster::start();
    legacy::seed(&cluster, FINDINGS, TENANTS);
    let database = cluster.copy(SEEDED, "paused");
    let installation = Installation::over(&database, 0);
    let rounds = settings::rounds();
    let measured = web::browse(&installation, "pause", &[&rounds.to_string()]);
    let measured = measured.as_array().expect("rounds");
    figures.say(&format!(
        "{TENANTS} tenants, {rounds} rounds. The person is signed in, opens the page, types a reason of 57 characters, reads what the \
         pause affects and confirms: 1.35 s to decide, 1.1 s to point and 0.2 s to press before each click, 0.28 s a key (the \
         keystroke-level model), 200 words read a minute. The rest is the machine's: page, answers and browser."
    ));
    let rows = ["pause", "resume"].map(|what| {
        let of = |part: &str| median(&measured.iter().map(|round| milliseconds(&round[what][part])).collect::<Vec<_>>());
        let (total, machine) = (of("total"), of("machine"));
        [
            format!("{what} in force"),
            format!("{:.1} s", total.as_secs_f64()),
            format!("{:.2} s", machine.as_secs_f64()),
            format!("{:.2}", total.as_secs_f64() / WANTED.as_secs_f64()),
        ]
    });
    figures.table(["what", "median", "of it the machine's", "of the 60 s wanted"], &rows);
    figures
}

fn milliseconds(value: &Value) -> Duration {
    Duration::from_secs_f64(value.as_f64().expect("milliseconds") / 1_000.0)
}
