//! A process whose view of the world is wrong in one respect: its clock, or its randomness. The C library's answers are
//! replaced in that process alone, by `shim.c`, which the C compiler that Rust links with makes into a library.

use crate::process::Process;
use std::path::PathBuf;
use std::process::Command;
use support::cli;
use tempfile::TempDir;

pub struct Shim {
    _directory: TempDir,
    library: PathBuf,
}

impl Shim {
    pub fn build() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let library = directory.path().join("shim.so");
        let source = support::source::root().join("tests/faults/shim.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
        assert!(built.expect("a C compiler").success(), "the shim does not build");
        Self { _directory: directory, library }
    }

    /// A worker all of whose random numbers are the same as those of every other such worker: so are its lease tokens.
    pub fn worker_without_chance(&self, database_url: &str) -> Process {
        let mut command = cli::command(database_url);
        command.arg("worker").env("TENANTATLAS_WORKER_CONCURRENCY", "2").env("SHIM_SAME_RANDOM", "1");
        Process::spawn(self.inside(command))
    }

    /// A server, with a worker in it, whose clock is so many seconds ahead.
    pub fn server_ahead(&self, database_url: &str, seconds: i64) -> Process {
        let mut command = cli::command(database_url);
        command.arg("serve").env("TENANTATLAS_WORKER_CONCURRENCY", "2").env("TENANTATLAS_LISTEN", "127.0.0.1:0");
        command.env("SHIM_CLOCK_SECONDS", seconds.to_string());
        Process::spawn(self.inside(command))
    }

    fn inside(&self, mut command: Command) -> Command {
        command.env("LD_PRELOAD", &self.library);
        command
    }
}
