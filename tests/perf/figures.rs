//! What a benchmark found out, as a section of `RESULTS.md`.

use crate::settings;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const PREAMBLE: &str = "# Figures\n\nWritten by `make bench`; each section is from the machine and commit that it names. \
    All clusters are private, with default durability (`fsync` on). Ratios compare medians of one run.\n";

/// One section: prose and tables.
pub struct Figures {
    title: &'static str,
    body: String,
}

impl Figures {
    /// A section without anything in it.
    pub fn new(title: &'static str) -> Self {
        Self { title, body: String::new() }
    }

    /// A paragraph.
    pub fn say(&mut self, text: &str) {
        let _ = write!(self.body, "\n{text}\n");
    }

    /// A table; every row has as many cells as there are columns.
    pub fn table<const N: usize>(&mut self, columns: [&str; N], rows: &[[String; N]]) {
        let _ = write!(self.body, "\n| {} |\n|{}\n", columns.join(" | "), " --- |".repeat(N));
        for row in rows {
            let _ = writeln!(self.body, "| {} |", row.join(" | "));
        }
    }

    /// What it says, without its heading.
    pub fn text(&self) -> &str {
        &self.body
    }
}

/// Replaces the section of this name and leaves the others as they are.
pub fn write(name: &str, order: &[&str], figures: &Figures) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("perf/RESULTS.md");
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let heading = |name: &str| format!("\n## {name}: ");
    let section = |wanted: &str| {
        if wanted == name {
            return Some(format!("{}{}\n\n{}\n{}", heading(name), figures.title, provenance(), figures.body));
        }
        let begin = old.find(&heading(wanted))?;
        let end = old[begin + 1..].find("\n## ").map_or(old.len(), |at| begin + 1 + at);
        Some(old[begin..end].to_owned())
    };
    let sections: String = order.iter().filter_map(|name| section(name)).collect();
    std::fs::write(path, format!("{PREAMBLE}{sections}")).expect("RESULTS.md");
}

/// Machine and commit.
fn provenance() -> String {
    let os = (std::env::consts::OS, std::env::consts::ARCH);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").ok();
    let model = cpu.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")));
    format!(
        "{} {}, {} cores{}, {}, commit {}{}{}.",
        os.0,
        os.1,
        settings::cores(),
        model.map(|(_, model)| format!(" ({model})")).unwrap_or_default(),
        output("postgres", &["--version"]).unwrap_or_else(|| output("psql", &["--version"]).unwrap_or_default()),
        output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_default(),
        output("git", &["status", "--porcelain", "--", "api", "migrations", "tests/perf/*.sql"])
            .map(|_| " with changes")
            .unwrap_or_default(),
        if cfg!(debug_assertions) { ", debug build" } else { "" },
    )
}

/// What a program says; none when it is not there or says nothing.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
}
