//! The real binary.

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

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
    command.env_clear().env("DATABASE_URL", database_url).env("USER", "tester").env("TENANTATLAS_LOG", "error");
    // Tests ask for more in a minute than anybody else does.
    command.env("TENANTATLAS_RATE_LIMIT", "off");
    command
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
