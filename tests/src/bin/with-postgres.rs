//! `with-postgres COMMAND…`: runs a command with a private PostgreSQL for tests, which all its processes share, and stops
//! the server when the command has ended. The exit code is the command's. With `TEST_DATABASE_URL` set already, the
//! command just runs.
//!
//! ```text
//! cargo run -q -p tenantatlas-tests --bin with-postgres -- cargo nextest run
//! ```

#![allow(clippy::print_stderr, reason = "a command speaks to a person")]

use std::ffi::OsString;
use std::process::ExitCode;
use support::postgres::{VARIABLE, settings};
use tenantatlas::db::embedded::Cluster;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        eprintln!("usage: with-postgres COMMAND [ARGUMENT…]");
        return ExitCode::from(2);
    };
    match run(&program, &arguments.collect::<Vec<_>>()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("with-postgres: {error}");
            ExitCode::from(125)
        }
    }
}

fn run(program: &OsString, arguments: &[OsString]) -> Result<u8, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut command = Command::new(program);
    command.args(arguments);
    if std::env::var_os(VARIABLE).is_some_and(|url| !url.is_empty()) {
        return runtime.block_on(wait(command));
    }
    let directory = tempfile::Builder::new().prefix("tenantatlas-tests-").tempdir()?;
    let cluster = Cluster::start(&settings(directory.path().to_owned()))?;
    command.env(VARIABLE, cluster.url());
    let code = runtime.block_on(wait(command));
    cluster.stop()?;
    code
}

/// Waits for the command. Ctrl-C reaches it too, as part of the terminal's group; other ends are passed on.
async fn wait(mut command: Command) -> Result<u8, Box<dyn std::error::Error>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut child = command.spawn()?;
    loop {
        tokio::select! {
            status = child.wait() => return Ok(status?.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => child.start_kill()?,
        }
    }
}
