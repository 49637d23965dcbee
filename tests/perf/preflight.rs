//! The preflight of the backfill's findings, with break-down and samples, against a bare count of what it counts.

use crate::cluster::{self, Cluster, Database};
use crate::figures::Figures;
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::settings;
use crate::statistics::{median, ratio};
use std::time::{Duration, Instant};

/// The affected findings alone: each row that needs the repair or has a duplicate, counted once.
const COUNT: &str = include_str!("count.sql");
/// Less than that: legacy rows by the one column that all of them lack, and rows that have a duplicate, some counted twice.
const LESS: &str = "SELECT (SELECT count(*) FROM findings WHERE first_seen_at IS NULL)
    + (SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM findings GROUP BY tenant_id, fingerprint HAVING count(*) > 1) g)";

pub fn run() -> Figures {
    let (findings, tenants) = (settings::number("PERF_FINDINGS", 1_000_000), settings::number("PERF_TENANTS", 200));
    let cluster = Cluster::start();
    let database = legacy::seed(&cluster, findings, tenants);
    let installation = Installation::over(&database, 0);
    let mut conn = database.connect();
    database.checkpoint();
    let (mut product, mut count, mut less) = (Vec::new(), Vec::new(), Vec::new());
    let timed = |times: &mut Vec<Duration>, work: &mut dyn FnMut() -> i64| {
        let begun = Instant::now();
        let number = work();
        times.push(begun.elapsed());
        number
    };
    // The first round only warms the caches.
    for round in 0..=settings::rounds() {
        let affected = timed(&mut product, &mut || installation.preflight()["affected_count"].as_i64().unwrap());
        let counted = timed(&mut count, &mut || cluster::number(&mut conn, COUNT));
        timed(&mut less, &mut || cluster::number(&mut conn, LESS));
        assert_eq!(affected, counted, "both have to count the same");
        println!("round {round}: preflight {:.2?}, bare count {:.2?}, less {:.2?}", product[round], count[round], less[round]);
    }
    let [product, count, less] = [product, count, less].map(|times| median(&times[1..]));
    let mut figures = Figures::new("forecast against a bare count");
    figures.say(&format!(
        "{findings} legacy findings in {tenants} tenants (database {SEEDED:?}, vacuumed, warm); {} rounds. The preflight is one \
         request: break-down by tenant and by change, overdue findings, samples, its row and its audit entry. The bare count is \
         that of the affected findings alone, by the same rules, each once (`count.sql`), and gives the same number.",
        settings::rounds()
    ));
    let row = |name: &str, time: Duration| [name.to_owned(), format!("{time:.2?}"), format!("{:.2} ×", ratio(product, time))];
    figures.table(
        ["what", "time", "preflight takes"],
        &[row("preflight", product), row("bare count", count), row("rows without first sight, plus rows with duplicates", less)],
    );
    drop((installation, conn));
    for groups in [
        Groups { of_tenant: findings / tenants / 3, least: 3, most: 3 },
        Groups { of_tenant: 10_000 / tenants, least: 3, most: 50 },
    ] {
        in_groups(&mut figures, &cluster, tenants, &groups);
    }
    figures
}

/// Groups of duplicates: so many in each tenant, of so many rows at least and at most.
struct Groups {
    of_tenant: usize,
    least: usize,
    most: usize,
}

impl Groups {
    fn fill(&self, database: &Database) {
        let numbers = [(":groups", self.of_tenant), (":least", self.least), (":most", self.most)];
        let sql = numbers
            .iter()
            .fold(include_str!("grouped.sql").to_owned(), |sql, (name, number)| sql.replace(name, &number.to_string()));
        database.execute(&sql);
    }
}

/// The same over findings that are there several times each, by what the planner knows of them.
fn in_groups(figures: &mut Figures, cluster: &Cluster, tenants: usize, groups: &Groups) {
    let database = cluster.create("grouped");
    database.execute(&format!(
        "ALTER TABLE findings SET (autovacuum_enabled = off);
         INSERT INTO tenants (workspace_id, external_id, name)
         SELECT w.id, 'perf-' || n, 'Tenant ' || n FROM workspaces w, generate_series(1, {tenants}) n WHERE w.slug = 'default'"
    ));
    Groups { of_tenant: 1, ..*groups }.fill(&database);
    database.execute("ANALYZE findings; TRUNCATE findings");
    groups.fill(&database);
    let findings = database.number("SELECT count(*) FROM findings");
    let installation = Installation::over(&database, 0);
    let mut measured = Vec::new();
    for (statistics, statement) in [
        ("of one group a tenant", "SELECT 1"),
        ("of these rows", "ANALYZE findings"),
        ("none", "DELETE FROM pg_statistic WHERE starelid = 'findings'::regclass"),
    ] {
        database.execute(statement);
        database.checkpoint();
        let mut times = Vec::new();
        for _ in 0..=settings::rounds() {
            let begun = Instant::now();
            assert_eq!(installation.preflight()["affected_count"].as_i64(), Some(findings));
            times.push(begun.elapsed());
        }
        println!("statistics {statistics}: {times:.2?}");
        measured.push((statistics, median(&times[1..])));
    }
    let analysed = measured[1].1;
    figures.say(&format!(
        "The preflight of {findings} findings in {} groups of {} to {} duplicates, never vacuumed, by the statistics that the planner \
         has of them; {} rounds.",
        groups.of_tenant * tenants,
        groups.least,
        groups.most,
        settings::rounds()
    ));
    let row = |(statistics, time): &(&str, Duration)| {
        [(*statistics).to_owned(), format!("{time:.2?}"), format!("{:.2} ×", ratio(*time, analysed))]
    };
    let rows: Vec<_> = measured.iter().map(row).collect();
    figures.table(["statistics", "time", "against those of these rows"], &rows);
    drop(installation);
    cluster.drop("grouped");
}
