//! A database per test, scans as JSON Lines, and rows as they are afterwards.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Text};
use diesel_migrations::MigrationHarness;
use serde_json::{Value, json};
use support::postgres::TestDatabase;
use tenantatlas::context::Ctx;
use tenantatlas::db::migrate::{MIGRATIONS, migrate};
use tenantatlas::db::{Address, Db, SessionLimits};
use tenantatlas::error::Result;
use tenantatlas::findings::import::{Format, ImportOptions, ImportReport, Mode, TenantChoice, import_scan};

/// Directory ids of the tenants that every test has.
pub const ALPHA: &str = "0a0a0a0a-1111-4222-8333-444455556666";
pub const BETA: &str = "0b0b0b0b-1111-4222-8333-444455556666";

/// A migrated database with two tenants.
pub struct World {
    _database: TestDatabase,
    pub db: Db,
}

#[derive(QueryableByName)]
struct Document {
    #[diesel(sql_type = Jsonb)]
    document: Value,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl World {
    pub fn new() -> Self {
        let database = TestDatabase::create();
        let db = Db::new(&Address::parse(&database.url).expect("an address"), 4, SessionLimits::COMMAND);
        let world = Self { _database: database, db };
        world.execute(&format!(
            "INSERT INTO tenants (workspace_id, external_id, name)
             SELECT w.id, t.id, t.name FROM workspaces w, (VALUES ('{ALPHA}', 'Alpha'), ('{BETA}', 'Beta')) t(id, name)"
        ));
        world
    }

    /// A world as it was before the migration of that version.
    pub fn before(version: &str) -> Self {
        let world = Self::new();
        world
            .db
            .run(|conn| {
                while conn.applied_migrations().unwrap().iter().any(|applied| applied.to_string().as_str() >= version) {
                    conn.revert_last_migration(MIGRATIONS).unwrap();
                }
                Ok(())
            })
            .unwrap();
        world
    }

    /// Brings it to the present version.
    pub fn migrate(&self) {
        self.db.run(migrate).unwrap();
    }

    pub fn execute(&self, sql: &str) {
        self.db.run(|conn| Ok(conn.batch_execute(sql)?)).unwrap();
    }

    pub fn number(&self, sql: &str) -> i64 {
        let sql = format!("SELECT ({sql})::bigint AS number");
        self.db.run(|conn| Ok(diesel::sql_query(sql).get_result::<Number>(conn)?.number)).unwrap()
    }

    pub fn document(&self, sql: &str) -> Value {
        let sql = format!("SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') AS document FROM ({sql}) x");
        self.db.run(|conn| Ok(diesel::sql_query(sql).get_result::<Document>(conn)?.document)).unwrap()
    }

    pub fn tenant_id(&self, external_id: &str) -> i64 {
        self.number(&format!("SELECT id FROM tenants WHERE external_id = '{external_id}'"))
    }

    pub fn try_import(&self, file: &[u8], options: &ImportOptions) -> Result<ImportReport> {
        self.db.run(|conn| import_scan(&Ctx::system(), conn, file, options))
    }

    pub fn import(&self, scan: &Scan) -> ImportReport {
        self.try_import(scan.file().as_bytes(), &ordinary()).unwrap()
    }

    pub fn import_legacy(&self, scan: &Scan) -> ImportReport {
        self.try_import(scan.file().as_bytes(), &ImportOptions { mode: Mode::Legacy, ..ordinary() }).unwrap()
    }

    /// All findings but for what depends on when and in which order they were written.
    pub fn rows(&self) -> Value {
        self.document(
            "SELECT jsonb_strip_nulls(to_jsonb(f) - '{id,workspace_id,created_at,updated_at,detected_at}'::text[]) AS f
             FROM findings f ORDER BY f.tenant_id, f.fingerprint, f.detected_at",
        )
    }

    /// The one finding of a check, without nulls.
    pub fn finding(&self, check_id: &str) -> Value {
        let found = self.document(&format!("SELECT f.* FROM findings f WHERE f.check_id = '{check_id}'"));
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        found[0].clone()
    }

    /// Findings that the lifecycle's repair would change.
    pub fn pending(&self) -> i64 {
        use tenantatlas::findings::lifecycle::{Tenants, count};
        self.db.run(|conn| Ok(count(conn, &Tenants::All)?)).unwrap()
    }

    pub fn named(&self, sql: &str, name: &str) -> i64 {
        let sql = format!("SELECT ({sql})::bigint AS number");
        self.db.run(|conn| Ok(diesel::sql_query(sql).bind::<Text, _>(name).get_result::<Number>(conn)?.number)).unwrap()
    }
}

/// Ordinary import of JSON Lines into the tenants that the file names.
pub fn ordinary() -> ImportOptions {
    ImportOptions {
        format: Format::JsonLines,
        mode: Mode::Ordinary,
        tenant: TenantChoice::FromFile,
        severities: None,
        findings_per_tenant: i64::MAX,
        resolve_unobserved: false,
    }
}

/// One scan of tenant Alpha.
#[derive(Debug, Clone)]
pub struct Scan {
    seen_at: String,
    lines: Vec<Value>,
}

impl Scan {
    /// A scan on that day of March 2026.
    pub fn on(day: u32) -> Self {
        Self { seen_at: format!("2026-03-{day:02}T09:30:00Z"), lines: Vec::new() }
    }

    pub fn finding(mut self, check_id: &str, verdict: &str, severity: &str) -> Self {
        let seen_at = &self.seen_at;
        self.lines.push(json!({
            "tenant": ALPHA, "source": "drift-scout", "type": "posture", "check_id": check_id, "severity": severity,
            "verdict": verdict, "title": format!("{check_id} seen {seen_at} as {severity}"), "seen_at": seen_at,
            "evidence": {"day": seen_at},
        }));
        self
    }

    pub fn fails(self, check_id: &str) -> Self {
        self.finding(check_id, "open", "high")
    }

    pub fn passes(self, check_id: &str) -> Self {
        self.finding(check_id, "resolved", "high")
    }

    /// Sets a field of the line added last.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.lines.last_mut().unwrap()[field] = value.into();
        self
    }

    pub fn file(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// Created, updated, unchanged.
pub fn counts(report: &ImportReport) -> (u64, u64, u64) {
    assert_eq!(report.read, report.created + report.updated + report.unchanged + report.rejected_count);
    (report.created, report.updated, report.unchanged)
}

/// Every order of the items.
pub fn permutations<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let with_first = |order: Vec<T>| {
        (0..=order.len()).map(move |at| [&order[..at], std::slice::from_ref(first), &order[at..]].concat()).collect::<Vec<_>>()
    };
    permutations(rest).into_iter().flat_map(with_first).collect()
}
