//! The real binary.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// Asserts the exit code.
    #[track_caller]
    pub fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// What `--json` printed.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// The product's binary, beside the tests in the target directory.
pub fn binary() -> PathBuf {
    let executable = std::env::current_exe().expect("the path of the test");
    let profile = executable.ancestors().nth(2).expect("the directory of the profile");
    let binary = profile.join("tenantatlas");
    assert!(binary.exists(), "{} is missing: run `cargo build` first", binary.display());
    binary
}

/// A command without any settings of this machine but those of the database.
pub fn command(database_url: &str) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("DATABASE_URL", database_url).env("TENANTATLAS_LOG", "error");
    // Names that the command line must not believe.
    command.envs(["USER", "LOGNAME", "SUDO_USER"].map(|name| (name, "mallory")));
    // Tests ask for more in a minute than anybody else does.
    command.env("TENANTATLAS_RATE_LIMIT", "off");
    command
}

/// Asks the system for the user and the machine of this test.
pub fn system_user() -> (String, String) {
    let told = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().expect("a command of the system");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    (told("id", "-un"), told("uname", "-n"))
}

/// Names the one who types a command in a test, as audit and runs do.
pub fn system_user_name() -> String {
    let (user, host) = system_user();
    format!("{user} on {host}")
}

/// Runs the binary to its end.
pub fn run(database_url: &str, arguments: &[&str], input: &str) -> Ended {
    let mut child = command(database_url)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary");
    // A command that does not read its input closes it.
    let _ = child.stdin.take().expect("input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the end of the command");
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A server of the binary, whose log is kept.
pub struct LoggedServer {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
    output: BufReader<ChildStdout>,
    log: JoinHandle<String>,
}

impl LoggedServer {
    /// Starts one that logs as JSON from this level on.
    pub fn start(database_url: &str, level: &str) -> Self {
        let mut process = command(database_url)
            .args(["serve", "--no-worker"])
            .envs([("TENANTATLAS_LISTEN", "127.0.0.1:0"), ("TENANTATLAS_LOG", level), ("TENANTATLAS_LOG_FORMAT", "json")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary");
        let errors = process.stderr.take().expect("its log");
        let log = std::thread::spawn(move || std::io::read_to_string(errors).expect("text"));
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut first = String::new();
        // Lines of the log may come first.
        while !first.contains("listens on") {
            first.clear();
            assert!(output.read_line(&mut first).expect("text") > 0, "the server ended");
        }
        let address = first.trim().rsplit('/').next().and_then(|address| address.parse().ok()).expect("an address");
        Self { address, process, output, log }
    }

    /// Ends it; all that it wrote.
    pub fn end(mut self) -> String {
        // Asked to, so that what it has said is written.
        let sent = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.process.id())]).status().expect("kill");
        assert!(sent.success(), "it could not be asked to end");
        self.process.wait().expect("its end");
        std::io::read_to_string(self.output).expect("text") + &self.log.join().expect("its log")
    }
}
