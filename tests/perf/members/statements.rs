//! The list's own statement, run by pgbench as the list runs it.

use crate::cluster::Database;
use crate::pgbench::{complete, program, statement_sent};
use crate::statistics::quantile;
use std::process::Command;
use std::time::Duration;

/// The 99th percentile of the transaction in which the list is read; `ask` asks the product for the list.
pub fn pgbench(database: &Database, tenant: i64, values: &[String], repeated: usize, ask: impl Fn()) -> Duration {
    let mut statement = statement_sent(database, "%FROM findings f WHERE%ORDER BY f.tenant_id DESC%", ask).replace('\n', " ");
    // From the last one, so that $1 is not taken for the beginning of $10.
    for (at, value) in values.iter().enumerate().rev() {
        statement = statement.replace(&format!("${}", at + 1), value);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let script = directory.path().join("list.sql");
    let text = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;\n\
         SELECT set_config('role', 'tenantatlas_tenant', true), set_config('tenantatlas.tenant_ids', '{{{tenant}}}', true);\n\
         {statement};\nCOMMIT;\n"
    );
    std::fs::write(&script, text).expect("a script");
    let mut command = Command::new(program("pgbench"));
    command.current_dir(directory.path()).args(["-n", "-M", "prepared", "-c", "1", "-l", "--log-prefix", "times"]);
    complete(command.args(["-t", &repeated.to_string(), "-f"]).arg(&script).arg(&database.url));
    quantile(&logged(directory.path()), 0.99)
}

/// How long each transaction took: the third column, in microseconds.
fn logged(directory: &std::path::Path) -> Vec<Duration> {
    let files = std::fs::read_dir(directory).expect("the directory").map(|entry| entry.expect("a file").path());
    let logs = files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("times")));
    let lines: Vec<String> = logs.map(|path| std::fs::read_to_string(path).expect("a log")).collect();
    let micros = |line: &str| line.split(' ').nth(2)?.parse().ok().map(Duration::from_micros);
    lines.iter().flat_map(|text| text.lines()).filter_map(micros).collect()
}
