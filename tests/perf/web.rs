//! The web page in Chromium: the run list with `PERF_RUNS` (1,000,000) runs and with 1,000, and a run's page left open for
//! `PERF_OPEN_MINUTES` (10) while a run over 10,000 tenants goes on.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{EMAIL, Installation, PASSWORD};
use crate::legacy::{self, SEEDED};
use crate::{list, settings};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const TENANTS: usize = 10_000;

pub fn run() -> Figures {
    install();
    let mut figures = Figures::new("the page in a browser");
    figures.say("Chromium without a window beside everything else on the same cores; the release binary serves page and API.");
    let cluster = Cluster::start();
    let large = settings::number("PERF_RUNS", 1_000_000);
    let lists: Vec<[String; 4]> = [1_000, large].map(|runs| measure_list(&cluster, runs)).into();
    figures.say("The run list, from the navigation to rows that answer, signed in, nothing in the browser's cache:");
    figures.table(["runs", "median", "longest", "opens"], &lists);
    let minutes = settings::number("PERF_OPEN_MINUTES", 10);
    figures.say(&format!(
        "A run's page left open while its {TENANTS} tenants are worked on; memory after a collection, processor time of the page \
         since the reading before:"
    ));
    figures.table(["minute", "script memory", "nodes", "processor"], &measure_open_page(&cluster, minutes));
    figures
}

/// Installs the driver of the browser tests, as its lock file has it.
pub fn install() {
    let installed = Command::new("npm").args(["ci", "--silent"]).current_dir(directory().join("e2e")).status().expect("npm");
    assert!(installed.success(), "npm ci failed");
}

fn measure_list(cluster: &Cluster, runs: usize) -> [String; 4] {
    let database = list::seed(cluster, runs);
    let installation = Installation::over(&database, 0);
    let measured = browse(&installation, "list", &[]);
    drop(installation);
    cluster.drop("runs");
    let milliseconds = |name: &str| format!("{:.0} ms", measured[name].as_f64().expect("milliseconds"));
    [runs.to_string(), milliseconds("median"), milliseconds("longest"), measured["opens"].to_string()]
}

fn measure_open_page(cluster: &Cluster, minutes: usize) -> Vec<[String; 4]> {
    legacy::seed(cluster, TENANTS, TENANTS);
    let database = cluster.copy(SEEDED, "open");
    slow_down(&database, minutes);
    let installation = Installation::over(&database, 1);
    let run = installation.start(&installation.preflight());
    let measured = browse(&installation, "open", &[&run.to_string(), &minutes.to_string()]);
    let readings = measured.as_array().expect("readings");
    let row = |reading: &Value| {
        let number = |name: &str| reading[name].as_f64().expect("a number");
        [
            format!("{:.0}", number("minute")),
            format!("{:.1} MiB", number("heap") / 1024.0 / 1024.0),
            format!("{:.0}", number("nodes")),
            format!("{:.1} %", number("processor") * 100.0),
        ]
    };
    readings.iter().map(row).collect()
}

/// Makes the run last longer than the page is open, however many lanes there are.
fn slow_down(database: &Database, minutes: usize) {
    let seconds = (minutes * 60) as f64 * 1.2 * settings::cores() as f64 / TENANTS as f64;
    database.execute(&format!(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END $$;
         CREATE TRIGGER slow AFTER UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION slow()"
    ));
}

/// Has Chromium measure something of the installation.
pub fn browse(installation: &Installation, what: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new("node");
    command.arg(directory().join("perf/web/measure.mjs")).args([what, &installation.address(), EMAIL, PASSWORD]).args(arguments);
    let output = command.output().expect("node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn directory() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
