//! What the product asks the database, asked by PostgreSQL's own programs.

use crate::cluster::Database;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The statement like this pattern that a session sends while `ask` is done again and again. The server shows the last statement
/// of a session only, so it has to be caught.
pub fn statement_sent(database: &Database, pattern: &str, ask: impl Fn()) -> String {
    let sent = format!(
        "coalesce((SELECT query FROM pg_stat_activity WHERE query LIKE '{pattern}' AND query NOT LIKE '%pg_stat_activity%' LIMIT 1), '')"
    );
    std::thread::scope(|scope| {
        let seen = scope.spawn(|| (0..20_000).map(|_| database.word(&sent)).find(|statement| !statement.is_empty()));
        while !seen.is_finished() {
            ask();
        }
        seen.join().expect("somebody who looks").expect("the statement")
    })
}

/// A program of PostgreSQL: where the server's are, or on the path.
pub fn program(name: &str) -> PathBuf {
    let beside = std::env::var_os("PG_BIN_DIR").map(|directory| Path::new(&directory).join(name));
    beside.filter(|program| program.exists()).unwrap_or_else(|| name.into())
}

/// Runs a program to its end; what it says.
pub fn complete(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
