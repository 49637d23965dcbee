//! The process itself: how soon `serve` is ready, what it takes idle and after work, how large the binary is.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{self, Installation, Process, wait_until};
use crate::legacy;
use crate::settings;
use crate::statistics::median;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use support::Actor;
use tokio::runtime::Runtime;

/// Starts measured of each kind.
const STARTS: usize = 5;
/// Idle for so long before its memory is told.
const IDLE: Duration = Duration::from_secs(5);
/// Lists asked for to load it.
const REQUESTS: usize = 4_000;
/// So many at a time.
const CLIENTS: usize = 16;
/// Tenants of the backfill that loads it.
const TENANTS: usize = 100;

pub fn run() -> Figures {
    let runtime = Runtime::new().expect("a runtime");
    let directory = tempfile::tempdir().expect("a directory");
    let (first, server, _) = time_start(&runtime, directory.path());
    server.stop();
    let (mut again, mut idle) = (Vec::new(), 0);
    for _ in 0..STARTS {
        let (time, server, _) = time_start(&runtime, directory.path());
        std::thread::sleep(IDLE);
        idle = server.memory("VmRSS");
        server.stop();
        again.push(time);
    }
    let findings = settings::number("PERF_FINDINGS", 1_000_000) / 10;
    let (loaded, peak) = load(findings);
    let size = std::fs::metadata(installation::binary()).expect("the binary").len();
    let mebibytes = |kibibytes: u64| format!("{:.1} MiB", kibibytes as f64 / 1024.0);
    let mut figures = Figures::new("one process");
    figures.say(&format!(
        "`serve` with its worker and its private PostgreSQL, until `/readyz` answers 200. Memory is that of the process alone, \
         without PostgreSQL's. Loaded: after a backfill of {findings} findings by its own lanes and {REQUESTS} lists, {CLIENTS} at a time."
    ));
    figures.table(
        ["what", "figure"],
        &[
            ["ready, the first time, with a new cluster".to_owned(), format!("{first:.2?}")],
            ["ready, with an existing cluster, median".to_owned(), format!("{:.2?}", median(&again))],
            ["memory idle".to_owned(), mebibytes(idle)],
            ["memory loaded, now".to_owned(), mebibytes(loaded)],
            ["memory loaded, at most".to_owned(), mebibytes(peak)],
            ["size of the binary".to_owned(), mebibytes(size / 1024)],
        ],
    );
    figures
}

/// Starts it over the data directory and waits until it is ready; how long that took, and where it listens.
pub fn time_start(runtime: &Runtime, directory: &Path) -> (Duration, Process, SocketAddr) {
    let mut command = installation::command(&Database { url: String::new() }, &["serve"]);
    command.env_remove("DATABASE_URL").env("TENANTATLAS_DATA_DIR", directory).env("TENANTATLAS_LISTEN", "127.0.0.1:0");
    command
        .envs(std::env::var_os("PG_BIN_DIR").map(|programs| ("PG_BIN_DIR", programs)))
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let begun = Instant::now();
    let mut server = Process::start(command);
    let address: SocketAddr = server.wait_for_line("TenantAtlas listens on http://").parse().expect("an address");
    let anybody = Actor::anonymous(address);
    wait_until(Duration::from_millis(1), || runtime.block_on(anybody.readyz()).status == 200);
    (begun.elapsed(), server, address)
}

/// Memory of a process that serves and works, after it has done both: now and at most.
fn load(findings: usize) -> (u64, u64) {
    let cluster = Cluster::start();
    let mut installation = Installation::alone_over(&legacy::seed(&cluster, findings, TENANTS));
    let preflight = installation.preflight();
    installation.time_backfill(&preflight);
    installation.runtime.block_on(async {
        let client = |_| {
            let operator = installation.operator.clone();
            tokio::spawn(async move {
                for _ in 0..REQUESTS / CLIENTS {
                    operator.list_runs("").await.assert_status(200);
                }
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        for client in clients {
            client.await.expect("a client");
        }
    });
    (installation.server.memory("VmRSS"), installation.server.memory("VmHWM"))
}
