//! An import by upload, against `COPY` of the rows that it made.

use super::{member_of, tenant};
use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::Installation;
use crate::pgbench::{complete, program};
use crate::settings;
use crate::statistics::{median, rate, ratio};
use serde_json::json;
use std::process::Command;
use std::time::{Duration, Instant};

/// Findings of the file, so that it stays below the limit of an upload.
const SHARE: usize = 10;

pub fn measure(figures: &mut Figures, cluster: &Cluster) {
    let findings = settings::number("PERF_FINDINGS", 1_000_000) / SHARE;
    let file = scan(findings);
    let (mut imports, mut copies, mut checked, mut again, mut peak) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..settings::rounds() {
        let database = cluster.create("imported");
        database.execute("INSERT INTO tenants (workspace_id, external_id, name) SELECT id, 'perf', 'Perf' FROM workspaces");
        let installation = Installation::over(&database, 0);
        let member = member_of(&installation, &database, 1);
        let tenant = tenant(&database, 1);
        let before = installation.server.memory("VmHWM");
        for times in [&mut imports, &mut again] {
            let begun = Instant::now();
            let answer = installation.runtime.block_on(member.import_findings(tenant, "jsonl", file.clone()));
            times.push(begun.elapsed());
            assert_eq!(answer.assert_status(200).body["read"], findings);
        }
        peak = peak.max(installation.server.memory("VmHWM").saturating_sub(before));
        assert_eq!(usize::try_from(database.number("SELECT count(*) FROM findings")), Ok(findings));
        copies.push(copy(&database, None));
        checked.push(copy(
            &database,
            Some("ALTER TABLE copied ADD FOREIGN KEY (tenant_id, workspace_id) REFERENCES tenants (id, workspace_id)"),
        ));
        drop(installation);
        cluster.drop("imported");
    }
    let [imports, again, copies, checked] = [imports, again, copies, checked].map(|times: Vec<Duration>| median(&times));
    figures.say(&format!(
        "A scan of {findings} findings, none known, as JSON Lines ({} MiB) over HTTP, against `COPY` of the rows that came of it into \
         an empty table with the same indexes and checks, and with the foreign key to tenants that findings have as well. An import also reads and checks JSON, digests fingerprints, looks for \
         what is known and works out due dates; its server took {peak} KiB more at most.",
        file.len() / (1024 * 1024)
    ));
    let row = |what: &str, time: Duration| {
        [what.to_owned(), format!("{:.0}", rate(findings, time)), format!("{:.2}", ratio(copies, time))]
    };
    figures.table(
        ["what", "findings/s", "times COPY's speed"],
        &[
            row("import", imports),
            row("the same scan again", again),
            row("COPY", copies),
            row("COPY with the foreign key", checked),
        ],
    );
}

const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];

/// A scan as JSON Lines.
fn scan(findings: usize) -> String {
    let line = |n: usize| {
        json!({
            "source": "perf", "type": "posture", "check_id": format!("check-{}", n % 500), "resource": format!("resource-{n}"),
            "severity": SEVERITIES[n % 4], "verdict": "open", "seen_at": "2026-11-01T00:00:00Z",
            "title": "A setting departs from its baseline", "evidence": { "expected": true, "found": false },
        })
    };
    (0..findings).map(|n| format!("{}\n", line(n))).collect()
}

/// How long it takes to copy the findings in from a file, into a table that was altered like this.
fn copy(database: &Database, altered: Option<&str>) -> Duration {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("findings");
    let psql =
        |statement: &str| _ = complete(Command::new(program("psql")).args(["-X", "-q", "-d", &database.url, "-c", statement]));
    psql(&format!("\\copy findings TO '{}'", file.display()));
    database.execute("DROP TABLE IF EXISTS copied");
    database.execute("CREATE TABLE copied (LIKE findings INCLUDING ALL)");
    altered.into_iter().for_each(|statement| database.execute(statement));
    database.checkpoint();
    let begun = Instant::now();
    psql(&format!("\\copy copied FROM '{}'", file.display()));
    begun.elapsed()
}
