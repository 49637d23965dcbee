//! The product as it is in production: real processes of the release binary over one database, driven through the API.

use crate::cluster::{self, Database};
use diesel::PgConnection;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use support::Actor;
use support::actor::runbooks::{BACKFILL, all_tenants, reason};
use tokio::runtime::Runtime;

/// Who works on the installation.
pub const EMAIL: &str = "perf@example.com";
/// Their password.
pub const PASSWORD: &str = "a password for measuring";
/// How long anything may take before the benchmark gives up.
const LIMIT: Duration = Duration::from_secs(3600);

/// The binary beside this one.
pub fn binary() -> PathBuf {
    let binary = std::env::current_exe().expect("the path of this program").with_file_name("tenantatlas");
    assert!(binary.exists(), "{} is missing: build the workspace first", binary.display());
    binary
}

/// A command with the product's defaults and this database.
pub fn command(database: &Database, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("DATABASE_URL", &database.url).env("USER", "perf").env("TENANTATLAS_LOG", "error");
    // What is measured is not to be refused.
    command.env("TENANTATLAS_RATE_LIMIT", "off");
    command.args(arguments);
    command
}

/// Runs a command to its end; it has to succeed.
pub fn complete(mut command: Command, input: &str) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the binary");
    child.stdin.take().expect("input").write_all(input.as_bytes()).expect("to be read");
    let status = child.wait().expect("the end of the command");
    assert!(status.success(), "{command:?} ended with {status}");
}

/// A child that ends with the value.
pub struct Process(Child, Lines<BufReader<ChildStdout>>);

impl Process {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the binary");
        let lines = BufReader::new(child.stdout.take().expect("output")).lines();
        Self(child, lines)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// What follows `prefix` in the first line that begins with it.
    pub fn wait_for_line(&mut self, prefix: &str) -> String {
        let mut lines = self.1.by_ref().map(|line| line.expect("text"));
        lines.find_map(|line| line.strip_prefix(prefix).map(ToOwned::to_owned)).expect("the process to say where it is")
    }

    /// KiB of memory by their name in `/proc`: `VmRSS` now, `VmHWM` at most so far.
    pub fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Asks it to end and waits until it has.
    pub fn stop(mut self) {
        let asked = Command::new("kill").arg(self.id().to_string()).status().expect("kill");
        assert!(asked.success(), "the process is gone already");
        assert!(self.0.wait().expect("the end of the process").success(), "the process did not end well");
    }

    /// Processor time used so far.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        // User and system time; a tick is a hundredth of a second on every Linux.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server without a worker, an operator who has signed in, and workers beside.
pub struct Installation {
    /// `serve --no-worker`
    pub server: Process,
    /// `worker`, each with its default number of lanes.
    pub workers: Vec<Process>,
    /// An operator with every capability.
    pub operator: Actor,
    /// For what waits for answers.
    pub runtime: Runtime,
    address: SocketAddr,
    watch: PgConnection,
}

impl Installation {
    /// Starts a server and so many workers over a migrated database, and waits until all of them listen.
    pub fn over(database: &Database, workers: usize) -> Self {
        Self::start_over(database, &["serve", "--no-worker"], workers)
    }

    /// Starts one process that serves and works.
    pub fn alone_over(database: &Database) -> Self {
        Self::start_over(database, &["serve"], 0)
    }

    fn start_over(database: &Database, serve: &[&str], workers: usize) -> Self {
        let mut create = vec!["operator", "create", "--email", EMAIL, "--name", "Perf", "--password-stdin"];
        support::app::all_capabilities().iter().for_each(|capability| create.extend(["--capability", capability]));
        complete(command(database, &create), PASSWORD);
        let listeners = if serve.len() > 1 { workers } else { workers + 1 };
        let mut serve = command(database, serve);
        serve.env("TENANTATLAS_LISTEN", "127.0.0.1:0");
        let mut server = Process::start(serve);
        let address: SocketAddr = server.wait_for_line("TenantAtlas listens on http://").parse().expect("an address");
        let runtime = Runtime::new().expect("a runtime");
        let operator = runtime.block_on(Actor::anonymous(address).signed_in(EMAIL, PASSWORD));
        let workers: Vec<Process> = (0..workers).map(|_| Process::start(command(database, &["worker"]))).collect();
        let mut watch = database.connect();
        let listening =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN tenantatlas_runs%'";
        let wanted = i64::try_from(listeners).expect("few workers");
        wait_until(Duration::from_millis(5), || cluster::number(&mut watch, listening) == wanted);
        Self { server, workers, operator, runtime, address, watch }
    }

    /// Where the server is, for a browser.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The preflight of all tenants.
    pub fn preflight(&self) -> Value {
        self.runtime.block_on(self.operator.preflight(&all_tenants())).assert_status(200).body
    }

    /// Starts the backfill of all tenants that was forecast; returns its id.
    pub fn start(&self, preflight: &Value) -> i64 {
        let body = json!({ "preflight_id": preflight["id"], "scope": all_tenants(), "reason": reason(), "typed_confirmation": "BACKFILL" });
        self.runtime.block_on(self.operator.start_run(BACKFILL, &body)).assert_status(201).id()
    }

    /// Waits until the run has succeeded.
    pub fn wait_for_success(&mut self, run: i64) {
        let completed = format!("SELECT count(*) FROM operation_runs WHERE id = {run} AND status = 'completed'");
        wait_until(Duration::from_millis(5), || cluster::number(&mut self.watch, &completed) == 1);
        let succeeded = format!("SELECT count(*) FROM operation_runs WHERE id = {run} AND outcome = 'succeeded'");
        assert_eq!(cluster::number(&mut self.watch, &succeeded), 1, "run {run} did not succeed");
    }

    /// From the start request to the completed run.
    pub fn time_backfill(&mut self, preflight: &Value) -> Duration {
        let begun = Instant::now();
        let run = self.start(preflight);
        self.wait_for_success(run);
        begun.elapsed()
    }

    /// KiB that the largest worker has taken at most.
    pub fn peak_of_workers(&self) -> u64 {
        self.workers.iter().map(|worker| worker.memory("VmHWM")).max().unwrap_or(0)
    }
}

/// Looks again and again until it is so.
pub fn wait_until(pause: Duration, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "it takes too long");
        std::thread::sleep(pause);
    }
}
