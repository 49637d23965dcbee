//! graphile-worker, installed beside the benchmark and run by node.

use crate::cluster::Database;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Jobs that it works on at once; more did not make it faster.
pub const CONCURRENCY: usize = 10;

/// How it fetches and completes jobs.
#[derive(Clone, Copy)]
pub enum Mode {
    /// One by one.
    Default,
    /// Many at a time, kept in the process.
    LocalQueue,
}

/// An installation of it.
pub struct Graphile {
    directory: PathBuf,
}

impl Graphile {
    /// Installs what the lock file names.
    pub fn install() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("perf/graphile");
        let installed = Command::new("npm").args(["ci", "--silent"]).current_dir(&directory).status().expect("npm");
        assert!(installed.success(), "npm ci failed");
        Self { directory }
    }

    /// Which one it is.
    pub fn version(&self) -> String {
        let package =
            std::fs::read_to_string(self.directory.join("node_modules/graphile-worker/package.json")).expect("a package");
        let package: serde_json::Value = serde_json::from_str(&package).expect("JSON");
        package["version"].as_str().unwrap_or_default().to_owned()
    }

    /// Adds the jobs and does them; the time is that of doing.
    pub fn time(&self, database: &Database, jobs: usize, mode: Mode) -> Duration {
        let mode = match mode {
            Mode::Default => "default",
            Mode::LocalQueue => "local-queue",
        };
        let mut command = Command::new("node");
        command.arg("run.mjs").args([&database.url, mode, &jobs.to_string(), &CONCURRENCY.to_string()]);
        let output = command.current_dir(&self.directory).output().expect("node");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let milliseconds: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("milliseconds");
        assert_eq!(database.number("SELECT count(*) FROM graphile_worker.jobs"), 0, "every job has to be done");
        Duration::from_secs_f64(milliseconds / 1000.0)
    }
}
