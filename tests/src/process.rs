//! A process of the product that a test may hurt.

use crate::cli;
use crate::random::Random;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take before the test fails.
pub const LIMIT: Duration = Duration::from_secs(90);
/// How often a test looks again.
const POLL: Duration = Duration::from_millis(20);

type Lines = Arc<Mutex<Vec<String>>>;

/// A child that does not outlive the test.
pub struct Process {
    begun: Instant,
    child: Child,
    said: Lines,
    logged: Lines,
}

/// Settings of servers where one operator stands for many people: shares that leave all connections to whoever asks.
pub const WITHOUT_SHARES: [(&str, &str); 2] =
    [("TENANTATLAS_CONNECTIONS_PER_TENANT", "16"), ("TENANTATLAS_CONNECTIONS_PER_PERSON", "16")];

impl Process {
    /// A worker with two lanes.
    pub fn worker(database_url: &str) -> Self {
        Self::spawn(worker_command(database_url))
    }

    /// A worker as [`Self::worker`], with everything in its log that people see by default.
    pub fn logging_worker(database_url: &str) -> Self {
        let mut command = worker_command(database_url);
        command.env_remove("TENANTATLAS_LOG");
        Self::spawn(command)
    }

    /// A server with a worker of two lanes, on a free port.
    pub fn server(database_url: &str) -> Self {
        Self::spawn(server_command(database_url))
    }

    /// A server as [`Self::server`], with everything in its log that people see by default.
    pub fn logging_server(database_url: &str) -> Self {
        let mut command = server_command(database_url);
        command.env_remove("TENANTATLAS_LOG");
        Self::spawn(command)
    }

    /// Starts this command, whose output and log are kept.
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary");
        let said = keep(child.stdout.take().expect("output"));
        let logged = keep(child.stderr.take().expect("log"));
        Self { begun: Instant::now(), child, said, logged }
    }

    /// Lines that it has logged so far.
    pub fn log(&self) -> Vec<String> {
        self.logged.lock().unwrap().clone()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        send_signal(name, self.id());
    }

    /// Ends it at once, wherever it is.
    pub fn kill(mut self) {
        self.child.kill().expect("to kill the process");
        self.child.wait().expect("the end of the process");
    }

    /// Its exit code, once it has ended by itself.
    pub fn end(mut self) -> Option<i32> {
        let mut status = None;
        wait_until("the end of the process", || {
            status = self.child.try_wait().expect("the state of the process");
            status.is_some()
        });
        status.and_then(|status| status.code())
    }

    /// Asks it to stop, and sees that it ends well.
    #[track_caller]
    pub fn stop(self) {
        self.signal("TERM");
        assert_eq!(self.end(), Some(0), "it did not end well");
    }

    /// Stops it as [`Self::stop`], and returns its log.
    #[track_caller]
    pub fn stop_and_read(self) -> String {
        self.signal("TERM");
        let logged = Arc::clone(&self.logged);
        assert_eq!(self.end(), Some(0), "it did not end well");
        // The thread that reads along lets go of its lines at their end.
        wait_until("the end of the log", || Arc::strong_count(&logged) == 1);
        logged.lock().unwrap().join("\n")
    }

    /// True until it has ended.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the state of the process").is_none()
    }

    /// How many lines of its log hold this text.
    pub fn count_logged(&self, text: &str) -> usize {
        self.logged.lock().unwrap().iter().filter(|line| line.contains(text)).count()
    }

    /// Where it listens, once it has said so.
    pub fn address(&self) -> Option<SocketAddr> {
        let lines = self.said.lock().unwrap();
        let line = lines.iter().find(|line| line.contains("listens on"))?;
        line.rsplit('/').next()?.trim().parse().ok()
    }

    /// Where it listens.
    #[track_caller]
    pub fn wait_for_address(&mut self) -> SocketAddr {
        wait_until("a server that listens", || {
            assert!(self.is_running(), "the server has ended");
            self.address().is_some()
        });
        self.address().unwrap()
    }
}

fn worker_command(database_url: &str) -> Command {
    let mut command = cli::command(database_url);
    command.arg("worker").env("TENANTATLAS_WORKER_CONCURRENCY", "2");
    command
}

fn server_command(database_url: &str) -> Command {
    let mut command = cli::command(database_url);
    command.arg("serve").env("TENANTATLAS_WORKER_CONCURRENCY", "2").env("TENANTATLAS_LISTEN", "127.0.0.1:0");
    command.envs(WITHOUT_SHARES);
    command
}

#[allow(clippy::print_stdout, reason = "a test that fails shows what its processes logged")]
impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let logged = self.logged.lock().unwrap();
        if std::thread::panicking() {
            logged.iter().for_each(|line| println!("process {}: {line}", self.id()));
            return;
        }
        // Whatever was done to it, its complaints stay few.
        let minutes = usize::try_from(self.begun.elapsed().as_secs() / 60 + 1).unwrap();
        let complaints: Vec<&String> = logged.iter().filter(|line| !line.contains(" INFO ")).collect();
        assert!(complaints.len() <= 20 * minutes, "{} lines in {minutes} minutes: {complaints:#?}", complaints.len());
    }
}

/// Reads along, so that the process never has to wait for somebody to read.
fn keep(output: impl Read + Send + 'static) -> Lines {
    let lines = Lines::default();
    let kept = Arc::clone(&lines);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            kept.lock().unwrap().push(line);
        }
    });
    lines
}

/// Sends a signal by name to a process that belongs to the test.
pub fn send_signal(name: &str, id: u32) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().expect("kill");
    assert!(sent.success(), "{name} could not be sent");
}

/// Looks until it is so.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "not in time: {what}");
        pause();
    }
}

/// Between two looks.
pub fn pause() {
    std::thread::sleep(POLL);
}

/// A random moment: up to so many milliseconds from now.
pub fn wait_for_a_moment(random: &mut Random, least: usize, most: usize) {
    let (begun, wait) = (Instant::now(), Duration::from_millis(u64::try_from(random.between(least, most)).unwrap()));
    wait_until("a moment", || begun.elapsed() >= wait);
}
