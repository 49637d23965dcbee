//! Measures the backfill and its preflight against the same work in bare SQL, on one cluster with default durability, and
//! writes the ratios to `tests/perf/RESULTS.md`. Nothing here is a test: machines differ, ratios and medians are told.
//!
//! `PERF_FINDINGS` (200000), `PERF_TENANTS` (40) and `PERF_ROUNDS` (3) set the size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs)]

mod controls;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::time::{Duration, Instant};
use tenantatlas::auth::Permit;
use tenantatlas::context::Ctx;
use tenantatlas::db::embedded::{Cluster, Durability, Settings};
use tenantatlas::db::migrate::migrate;
use tenantatlas::db::{Db, SessionLimits};
use tenantatlas::runbooks::{self, Scope, preflight};
use tenantatlas::runs::confirmation::{Reason, ReasonCode};
use tenantatlas::runs::context::Source;
use tenantatlas::runs::start_run::{StartRun, Started, start_run};
use tenantatlas::worker::Worker;

const RUNBOOK: &str = "findings.lifecycle.backfill";

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: a number is expected")))
}

fn main() {
    let (findings, tenants, rounds) = (setting("PERF_FINDINGS", 200_000), setting("PERF_TENANTS", 40), setting("PERF_ROUNDS", 3));
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        data_dir: directory.path().to_owned(),
        bin_dir: std::env::var_os("PG_BIN_DIR").map(Into::into),
        durability: Durability::Full,
        max_connections: 50,
    };
    let cluster = Cluster::start(&settings).unwrap();
    seed(&cluster, findings, tenants);
    let (mut product, mut bare, mut forecast, mut count) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        copy(&cluster, "product");
        copy(&cluster, "bare");
        count.push(bare_count(&cluster));
        forecast.push(preflight_once(&cluster));
        product.push(run_product(&cluster));
        bare.push(run_bare(&cluster));
        assert_eq!(digest(&cluster, "product"), digest(&cluster, "bare"), "both have to make the same table");
        println!(
            "round {}: backfill {:.2?}, bare SQL {:.2?}, preflight {:.2?}, bare count {:.2?}",
            round + 1,
            product[round],
            bare[round],
            forecast[round],
            count[round]
        );
    }
    let report = report(findings, tenants, rounds, [median(product), median(bare), median(forecast), median(count)]);
    let report = format!("{report}\n{}", controls::measure(&cluster));
    println!("{report}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/perf/RESULTS.md"), report).unwrap();
    cluster.stop().unwrap();
}

fn seed(cluster: &Cluster, findings: usize, tenants: usize) {
    PgConnection::establish(&cluster.url_of("tenantatlas")).unwrap().batch_execute("CREATE DATABASE seeded").unwrap();
    let mut conn = PgConnection::establish(&cluster.url_of("seeded")).unwrap();
    migrate(&mut conn).unwrap();
    let sql = include_str!("legacy.sql").replace("{tenants}", &tenants.to_string()).replace("{findings}", &findings.to_string());
    conn.batch_execute(&sql.replace("{{", "{").replace("}}", "}")).unwrap();
    conn.batch_execute("VACUUM ANALYZE").unwrap();
}

fn copy(cluster: &Cluster, name: &str) {
    let mut conn = PgConnection::establish(&cluster.url_of("tenantatlas")).unwrap();
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE seeded")).unwrap();
    conn.batch_execute("CHECKPOINT").unwrap();
}

/// From the start request to the completed run.
fn run_product(cluster: &Cluster) -> Duration {
    let url = cluster.url_of("product");
    let db = Db::new(&url, 2, SessionLimits::COMMAND);
    let lanes = std::thread::available_parallelism().map_or(2, usize::from);
    let worker = Worker::start(&url, lanes).unwrap();
    let begun = Instant::now();
    let start = StartRun {
        runbook: runbooks::find(RUNBOOK).unwrap(),
        scope: Scope::AllTenants {},
        preflight_id: None,
        typed_confirmation: Some("BACKFILL".to_owned()),
        reason: Some(Reason { code: ReasonCode::DataRepair, text: "Benchmark".to_owned() }),
        source: Source::Cli,
        idempotency: None,
    };
    let started = db.run(|conn| start_run(&Ctx::cli(), &Permit::system("benchmark"), conn, start)).unwrap();
    assert!(matches!(started, Started::Created(_)));
    worker.signal().wake();
    while active_runs(&db) > 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = begun.elapsed();
    worker.stop();
    took
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn active_runs(db: &Db) -> i64 {
    let sql = "SELECT count(*) AS n FROM operation_runs WHERE status <> 'completed'";
    db.run(|conn| Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.n)).unwrap()
}

fn run_bare(cluster: &Cluster) -> Duration {
    let mut conn = PgConnection::establish(&cluster.url_of("bare")).unwrap();
    let begun = Instant::now();
    conn.batch_execute(include_str!("bare.sql")).unwrap();
    begun.elapsed()
}

fn preflight_once(cluster: &Cluster) -> Duration {
    let db = Db::new(&cluster.url_of("product"), 1, SessionLimits::COMMAND);
    let begun = Instant::now();
    let runbook = runbooks::find(RUNBOOK).unwrap();
    db.run(|conn| preflight::preflight(&Ctx::cli(), &Permit::system("benchmark"), conn, runbook, &Scope::AllTenants {})).unwrap();
    begun.elapsed()
}

/// Rows that lack the lifecycle, and rows of duplicate groups.
fn bare_count(cluster: &Cluster) -> Duration {
    let mut conn = PgConnection::establish(&cluster.url_of("product")).unwrap();
    let begun = Instant::now();
    let sql = "SELECT (SELECT count(*) FROM findings WHERE first_seen_at IS NULL)
                    + (SELECT coalesce(sum(g.n), 0)::bigint FROM (SELECT count(*) AS n FROM findings GROUP BY tenant_id, fingerprint HAVING count(*) > 1) g) AS n";
    assert!(diesel::sql_query(sql).get_result::<Number>(&mut conn).unwrap().n > 0);
    begun.elapsed()
}

#[derive(QueryableByName)]
struct Digest {
    #[diesel(sql_type = Text)]
    digest: String,
}

fn digest(cluster: &Cluster, database: &str) -> String {
    let mut conn = PgConnection::establish(&cluster.url_of(database)).unwrap();
    let sql = "SELECT md5(string_agg(md5((to_jsonb(f) - 'updated_at')::text), '' ORDER BY id)) AS digest FROM findings f";
    diesel::sql_query(sql).get_result::<Digest>(&mut conn).unwrap().digest
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn report(findings: usize, tenants: usize, rounds: usize, [product, bare, forecast, count]: [Duration; 4]) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let output = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let rows = |time: Duration| format!("{:.0}", findings as f64 / time.as_secs_f64());
    format!(
        "# Figures\n\nWritten by `make bench`; medians of {rounds} rounds on one private cluster with default durability.\n\n\
         Machine: {} {}, {cores} cores. Commit: {}. {findings} legacy findings in {tenants} tenants, one in ten a duplicate.\n\n\
         | measured | time | findings/s | against | time | ratio |\n| --- | --- | --- | --- | --- | --- |\n\
         | backfill, from start to completed run, {cores} lanes | {product:.2?} | {} | the same changes in bare SQL, one session | {bare:.2?} | {:.2} × as fast |\n\
         | preflight with breakdown and samples | {forecast:.2?} | {} | bare count of the affected rows | {count:.2?} | {:.2} × as long |\n",
        std::env::consts::OS,
        std::env::consts::ARCH,
        output("git", &["rev-parse", "--short", "HEAD"]),
        rows(product),
        bare.as_secs_f64() / product.as_secs_f64(),
        rows(forecast),
        forecast.as_secs_f64() / count.as_secs_f64(),
    )
}
