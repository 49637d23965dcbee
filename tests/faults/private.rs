//! A data directory with a private PostgreSQL, and processes of the product that use it.

use crate::process::{Process, send_signal, wait_until};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{Actor, cli};
use tempfile::TempDir;

/// Account that signs in.
pub const EMAIL: &str = "olga@example.com";
const PASSWORD: &str = "a password for this test";

pub struct DataDirectory {
    directory: TempDir,
    /// A link to the directory of PostgreSQL's programs, where the test wants to change them.
    programs: Option<PathBuf>,
}

impl DataDirectory {
    /// An empty one.
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), programs: None }
    }

    /// One whose processes find PostgreSQL's programs where the test puts them.
    pub fn with_programs_of_its_own() -> Self {
        let mut made = Self::new();
        let link = made.directory.path().join("programs");
        symlink(programs(), &link).unwrap();
        made.programs = Some(link);
        made
    }

    /// Puts a program in place of `postgres`, which tells its version and then runs this line of shell.
    pub fn replace_postgres(&self, line: &str) {
        let replaced = self.directory.path().join("replaced");
        std::fs::create_dir_all(&replaced).unwrap();
        let real = programs().join("postgres");
        let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && exec {} --version\n{line}\n", real.display());
        std::fs::write(replaced.join("postgres"), script).unwrap();
        std::fs::write(replaced.join("initdb"), "").unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(replaced.join("postgres"), executable).unwrap();
        self.link_programs(&replaced);
    }

    /// Puts PostgreSQL's own programs back.
    pub fn restore_postgres(&self) {
        self.link_programs(&programs());
    }

    fn link_programs(&self, to: &Path) {
        let link = self.programs.as_ref().expect("programs of its own");
        std::fs::remove_file(link).unwrap();
        symlink(to, link).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A command of the product.
    fn command(&self) -> Command {
        let mut command = Command::new(cli::binary());
        command
            .env_clear()
            .env("TENANTATLAS_DATA_DIR", self.path())
            .env("TENANTATLAS_LISTEN", "127.0.0.1:0")
            .env("TENANTATLAS_LOG", "error,tenantatlas::db=info,tenantatlas::worker=info")
            .env("TENANTATLAS_RATE_LIMIT", "off");
        for name in ["PATH", "PG_BIN_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.programs.iter().map(|programs| ("PG_BIN_DIR", programs)));
        command
    }

    /// A process of the product that stays.
    pub fn spawn(&self, arguments: &[&str]) -> Process {
        let mut command = self.command();
        command.args(arguments);
        Process::spawn(command)
    }

    /// A server, and somebody who calls it.
    pub fn serve(&self, arguments: &[&str]) -> (Process, Actor) {
        let mut server = self.spawn(&[&["serve"], arguments].concat());
        let address = server.wait_for_address();
        (server, Actor::anonymous(address))
    }

    /// An operator with every capability, made on the command line and signed in.
    pub async fn operator(&self, anonymous: &Actor) -> Actor {
        let capabilities: String = support::app::all_capabilities().iter().map(|name| format!(" --capability {name}")).collect();
        let line = format!("operator create --email {EMAIL} --name Olga --password-stdin{capabilities}");
        self.run(&line, &format!("{PASSWORD}\n"));
        anonymous.signed_in(EMAIL, PASSWORD).await
    }

    /// Runs a command of the product to its end, which has to be a good one.
    pub fn run(&self, line: &str, input: &str) {
        let mut command = self.command();
        command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{line}");
    }

    /// The process of PostgreSQL, while it has one.
    pub fn postmaster(&self) -> Option<u32> {
        let file = std::fs::read_to_string(self.path().join("postgres/postmaster.pid")).ok()?;
        file.lines().next()?.trim().parse().ok()
    }

    /// The process that has started PostgreSQL.
    pub fn owner(&self) -> Option<u32> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.postmaster()?)).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    }

    /// Ends PostgreSQL as the kernel does when memory is short; returns when the process is gone.
    pub fn kill_postmaster(&self) {
        let id = self.postmaster().expect("a PostgreSQL");
        send_signal("KILL", id);
        wait_until("the end of PostgreSQL", || !Path::new(&format!("/proc/{id}")).exists());
    }

    /// How often PostgreSQL, or what stands in its place, has said this.
    pub fn count_in_log(&self, text: &str) -> usize {
        std::fs::read_to_string(self.path().join("postgres.log")).unwrap().matches(text).count()
    }
}

/// Where PostgreSQL's programs are on this machine.
fn programs() -> PathBuf {
    let named = std::env::var_os("PG_BIN_DIR").map(PathBuf::from).filter(|directory| directory.join("postgres").is_file());
    named.unwrap_or_else(|| {
        let path = std::env::var_os("PATH").expect("a PATH");
        let program = std::env::split_paths(&path).map(|directory| directory.join("postgres")).find(|program| program.is_file());
        program.expect("PostgreSQL").canonicalize().unwrap().parent().unwrap().to_owned()
    })
}
