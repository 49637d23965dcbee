//! What a test starts from: workspaces, tenants, findings.

use crate::app::TestApp;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use serde_json::{Value, json};

/// A workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Row id.
    pub id: i64,
    /// Stable name.
    pub slug: String,
    /// Display name.
    pub name: String,
}

/// A tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Row id.
    pub id: i64,
    /// Its workspace.
    pub workspace_id: i64,
    /// Directory id.
    pub external_id: String,
    /// Display name.
    pub name: String,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

impl TestApp {
    /// A new workspace.
    pub fn workspace(&self, slug: &str, name: &str) -> Workspace {
        self.insert("workspaces", &json!({ "slug": slug, "name": name }));
        self.workspace_named(slug)
    }

    /// The workspace that owns the platform tenant and the runs over all tenants.
    pub fn default_workspace(&self) -> Workspace {
        self.workspace_named("default")
    }

    fn workspace_named(&self, slug: &str) -> Workspace {
        let rows = self.rows(&format!("SELECT id, name FROM workspaces WHERE slug = '{slug}'"));
        let name = rows[0]["name"].as_str().expect("a name").to_owned();
        Workspace { id: rows[0]["id"].as_i64().expect("an id"), slug: slug.to_owned(), name }
    }

    /// A new tenant of the default workspace.
    pub fn tenant(&self, name: &str) -> Tenant {
        self.tenant_in(&self.default_workspace(), name)
    }

    /// A new tenant of this workspace.
    pub fn tenant_in(&self, workspace: &Workspace, name: &str) -> Tenant {
        let external_id = format!("00000000-0000-4000-8000-{:012}", self.next_number());
        let row = json!({ "workspace_id": workspace.id, "external_id": external_id, "name": name });
        Tenant { id: self.insert("tenants", &row), workspace_id: workspace.id, external_id, name: name.to_owned() }
    }

    /// Takes a tenant out of the allowed universe.
    pub fn delete_tenant(&self, tenant: &Tenant) {
        self.execute(&format!("UPDATE tenants SET deleted_at = db_now() WHERE id = {}", tenant.id));
    }

    /// The platform tenant's id.
    pub fn platform_tenant_id(&self) -> i64 {
        self.value("SELECT id FROM tenants WHERE external_id = 'platform'").as_i64().expect("an id")
    }

    /// A finding as old versions wrote it, with the columns given. `check_id` decides the fingerprint: two findings of a
    /// tenant with one check are duplicates. Everything else has a plain default: high, new, seen 30 days ago, no lifecycle.
    pub fn finding(&self, tenant: &Tenant, columns: &Value) -> i64 {
        let mut row = json!({
            "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "type": "posture", "source": "scubagear",
            "check_id": format!("CHECK.{}", self.next_number()), "severity": "high", "status": "new", "title": "A setting departs",
            "resource": "tenant", "evidence": {},
        });
        merge(&mut row, columns);
        let check = row["check_id"].as_str().expect("a check");
        row["fingerprint"] = json!(format!("\\x{}", fingerprint(tenant.id, check)));
        for (column, default) in [("created_at", "30 days"), ("detected_at", "30 days"), ("updated_at", "30 days")] {
            if columns.get(column).is_none() {
                row[column] = self.value(&format!("SELECT db_now() - interval '{default}'"));
            }
        }
        self.insert("findings", &row)
    }

    /// `n` findings as old versions wrote them, always the same mix: every severity and status, with and without what
    /// old versions knew, every tenth a duplicate of the one before, every eleventh with nothing left to repair.
    /// Returns their ids.
    pub fn legacy_findings(&self, tenant: &Tenant, n: usize) -> Vec<i64> {
        let query = diesel::sql_query(
            "INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, \
                                   detected_at, acknowledged_at, resolved_at, closed_at, closed_reason, first_seen_at, last_seen_at, \
                                   times_seen, sla_days, due_at, due_source, created_at, updated_at) \
             SELECT $1, $2, 'posture', 'scubagear', 'CHECK.' || k, sha256(convert_to('legacy ' || $2 || ' ' || k, 'UTF8')), severity, status, \
                    'Setting ' || k || ' departs from the baseline', 'tenant', seen, \
                    CASE WHEN status = 'acknowledged' THEN seen + interval '1 day' END, \
                    CASE WHEN status = 'resolved' THEN seen + interval '2 days' END, \
                    CASE WHEN status IN ('closed', 'risk_accepted') THEN seen + interval '3 days' END, \
                    CASE WHEN status IN ('closed', 'risk_accepted') THEN 'decided' END, \
                    CASE WHEN good THEN seen END, CASE WHEN good THEN seen END, CASE WHEN good THEN 1 END, \
                    CASE WHEN good THEN 7 END, CASE WHEN good THEN seen + interval '7 days' END, CASE WHEN good THEN 'sla' END, seen, seen \
             FROM (SELECT i, CASE WHEN i % 10 = 0 AND i > 0 THEN i - 1 ELSE i END AS k, i % 11 = 5 AS good, \
                          CASE WHEN i % 11 = 5 THEN 'high' ELSE (ARRAY['critical', 'high', 'medium', 'low', 'informational'])[1 + i % 5] END AS severity, \
                          CASE WHEN i % 11 = 5 THEN 'new' ELSE (ARRAY['new', 'acknowledged', 'in_progress', 'resolved', 'new', 'closed', 'triaged', \
                                                                      'risk_accepted', 'reopened'])[1 + i % 9] END AS status, \
                          date_trunc('second', db_now()) - make_interval(days => 60 - i % 50, secs => i) AS seen \
                   FROM generate_series(0, $3::integer - 1) i) mix ORDER BY i RETURNING id",
        );
        let count = i64::try_from(n).expect("a small number");
        let query = query.bind::<BigInt, _>(tenant.workspace_id).bind::<BigInt, _>(tenant.id);
        let rows: Vec<Id> = query.bind::<BigInt, _>(count).load(&mut self.db()).expect("findings");
        rows.into_iter().map(|row| row.id).collect()
    }

    /// A line of a scan in the product's own format: a check that failed yesterday.
    pub fn observation(&self, check: &str) -> Value {
        let seen_at = self.value("SELECT to_char(db_now() - interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
        json!({ "source": "own", "type": "posture", "check_id": check, "severity": "high", "verdict": "open", "title": "A setting departs", "seen_at": seen_at })
    }

    /// A finding with all its columns.
    pub fn find_finding(&self, id: i64) -> Value {
        self.rows(&format!("SELECT * FROM findings WHERE id = {id}")).remove(0)
    }

    /// An ended run of this type in a tenant, started by the product itself.
    pub fn ended_run(&self, tenant: &Tenant, kind: &str) -> i64 {
        let counts = json!({ "total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 0, "tenants": 0 });
        let now = self.value("SELECT db_now()");
        let row = json!({
            "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "initiator_type": "system", "initiator_name": "TenantAtlas",
            "type": kind, "run_identity_hash": fingerprint(tenant.id, kind), "status": "completed", "outcome": "succeeded",
            "summary_counts": counts, "failure_summary": [], "context": {}, "created_at": now, "started_at": now, "completed_at": now,
        });
        self.insert("operation_runs", &row)
    }

    /// Inserts a row whose columns are the members of an object; returns its id.
    pub fn insert(&self, table: &str, row: &Value) -> i64 {
        let columns: Vec<&str> = row.as_object().expect("an object").keys().map(String::as_str).collect();
        let columns = columns.join(", ");
        let query = diesel::sql_query(format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1) RETURNING id"
        ));
        let inserted = query.bind::<Jsonb, _>(row).get_result::<Id>(&mut self.db());
        inserted.unwrap_or_else(|error| panic!("{error}: {table} {row}")).id
    }
}

fn merge(row: &mut Value, columns: &Value) {
    for (name, value) in columns.as_object().expect("an object") {
        row[name] = value.clone();
    }
}

/// Any 32 bytes that depend on tenant and check.
fn fingerprint(tenant_id: i64, check: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(format!("{tenant_id} {check}")))
}
