//! The table of findings as a whole.

use crate::app::TestApp;
use crate::fixtures::Tenant;
use serde_json::{Value, json};

impl TestApp {
    /// A digest over every finding with all its columns but `updated_at`, which alone comes from the clock.
    pub fn digest(&self) -> String {
        let digest = self.value(
            "SELECT coalesce(md5(string_agg((to_jsonb(f) - 'updated_at')::text, '|' ORDER BY f.id)), 'empty') FROM findings f",
        );
        digest.as_str().expect("a digest").to_owned()
    }

    /// `n` plain findings that all need the repair, none a duplicate of another.
    pub fn pending_findings(&self, tenant: &Tenant, n: usize) {
        self.execute(&format!(
            "INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, \
                                   detected_at, created_at, updated_at) \
             SELECT {}, {}, 'posture', 'scubagear', 'PENDING.' || i, sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'medium', 'new', \
                    'A setting departs', 'tenant', db_now() - interval '3 days', db_now() - interval '3 days', db_now() - interval '3 days' \
             FROM generate_series(1, {n}) i",
            tenant.workspace_id, tenant.id
        ));
    }

    /// The time some days before now (after now, when negative), to the second.
    pub fn days_ago(&self, days: i64) -> Value {
        self.value(&format!("SELECT date_trunc('second', db_now()) - interval '{days} days'"))
    }

    /// The columns of a finding with nothing left to repair: high, new, seen five days ago.
    pub fn repaired(&self) -> Value {
        let (seen, due) = (self.days_ago(5), self.days_ago(-2));
        json!({
            "detected_at": seen, "created_at": seen, "first_seen_at": seen, "last_seen_at": seen, "times_seen": 1, "sla_days": 7,
            "due_at": due, "due_source": "sla",
        })
    }

    /// The platform tenant, to prove that it is left alone.
    pub fn platform_tenant(&self) -> Tenant {
        let workspace_id = self.default_workspace().id;
        Tenant { id: self.platform_tenant_id(), workspace_id, external_id: "platform".to_owned(), name: "Platform".to_owned() }
    }

    /// How many runs there are.
    pub fn count_runs(&self) -> i64 {
        self.value("SELECT count(*) FROM operation_runs").as_i64().expect("a number")
    }

    /// The rows of the audit log with this action, oldest first.
    pub fn audited(&self, action: &str) -> Vec<Value> {
        self.rows(&format!("SELECT * FROM audit_logs WHERE action = '{action}' ORDER BY id"))
    }

    /// Makes every change of findings titled `poison` fail. The text holds what must never be shown.
    pub fn poison(&self, sqlstate: &str) {
        self.execute(&format!(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 RAISE EXCEPTION 'SELECT secret FROM rows of jane@example.com' USING ERRCODE = '{sqlstate}'; END $$"
        ));
        self.execute(
            "CREATE TRIGGER poison BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.title = 'poison') EXECUTE FUNCTION poison()",
        );
    }

    /// Takes the poison away.
    pub fn cure(&self) {
        self.execute("DROP TRIGGER poison ON findings");
        self.execute("DROP FUNCTION poison()");
    }
}

/// A value with members replaced or added.
pub fn with(mut value: Value, members: Value) -> Value {
    if let Value::Object(members) = members {
        members.into_iter().for_each(|(name, member)| value[name] = member);
    }
    value
}
