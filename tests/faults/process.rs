//! A process of the product that a test may hurt.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use support::cli;

/// How long anything may take before the test fails.
pub const LIMIT: Duration = Duration::from_secs(40);

/// A child that does not outlive the test.
pub struct Process(Child, Option<BufReader<ChildStdout>>);

impl Process {
    /// A worker with two lanes.
    pub fn worker(database_url: &str) -> Self {
        let mut command = cli::command(database_url);
        command.arg("worker").env("TENANTATLAS_WORKER_CONCURRENCY", "2");
        Self::spawn(command)
    }

    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the binary");
        let output = child.stdout.take().map(BufReader::new);
        Self(child, output)
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.0.id())]).status().expect("kill");
        assert!(sent.success(), "{name} could not be sent");
    }

    /// Ends it at once, wherever it is.
    pub fn kill(mut self) {
        self.0.kill().expect("to kill the process");
        self.0.wait().expect("the end of the process");
    }

    /// Its exit code, once it has ended by itself.
    pub fn end(mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("the state of the process") {
                return status.code();
            }
            assert!(begun.elapsed() < LIMIT, "the process does not end");
            std::thread::yield_now();
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("the state of the process").is_none()
    }

    /// The first line it prints with this in it.
    pub fn wait_for_line(&mut self, part: &str) -> String {
        let mut line = String::new();
        while !line.contains(part) {
            line.clear();
            let read = self.1.as_mut().expect("output").read_line(&mut line).expect("text");
            assert!(read > 0, "the process ended before it said {part}");
        }
        line
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks until it is so.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "not in time: {what}");
        std::thread::yield_now();
    }
}
