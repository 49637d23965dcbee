//! Product usage: events as their features leave them, and what a straight count over them says.

use crate::app::TestApp;
use crate::fixtures::Tenant;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tenantatlas::telemetry::catalog::CATALOG;

/// The five names, in the order of the catalog.
pub const ONBOARDING: &str = "product.onboarding.checkpoint_completed";
/// Support diagnostics.
pub const DIAGNOSTICS: &str = "product.support_diagnostics.opened";
/// Operations started.
pub const OPERATIONS: &str = "product.operations.started";
/// Stored reports.
pub const REPORTS: &str = "product.stored_report.created";
/// Review packs requested.
pub const PACKS: &str = "product.review_pack.requested";

/// An event of this name as a row, but for where, by whom and when.
pub fn event_row(event_name: &str) -> Value {
    let (subject_type, metadata) = match event_name {
        ONBOARDING => (
            "tenant_onboarding_session",
            json!({ "checkpoint_key": "tenant_connected", "lifecycle_state": "ready", "completed_at": "2026-04-27T11:00:00Z" }),
        ),
        DIAGNOSTICS => ("tenant", json!({ "source_surface": "tenant_dashboard" })),
        OPERATIONS => ("operation_run", json!({ "operation_type": "review_pack.generate" })),
        REPORTS => ("stored_report", json!({ "report_type": "permission_posture" })),
        PACKS => ("review_pack", json!({ "source_surface": "tenant", "include_operations": true, "include_pii": false })),
        unknown => panic!("{unknown} is no event"),
    };
    let area = CATALOG.iter().find(|info| info.event_name == event_name).expect("a family").feature_area;
    json!({ "event_name": event_name, "feature_area": area, "subject_type": subject_type, "subject_id": 1, "metadata": metadata })
}

impl TestApp {
    /// An event of a new user in a tenant; `age` says how long ago, as `2 days` or `90 minutes`. Its id.
    pub fn usage_event(&self, tenant: &Tenant, event_name: &str, age: &str) -> i64 {
        let at = self.value(&format!("SELECT db_now() - interval '{age}'"));
        self.usage_event_at(tenant, event_name, &at)
    }

    /// The same at a time.
    pub fn usage_event_at(&self, tenant: &Tenant, event_name: &str, at: &Value) -> i64 {
        let mut row = event_row(event_name);
        row["workspace_id"] = tenant.workspace_id.into();
        row["tenant_id"] = tenant.id.into();
        row["user_id"] = self.create_user().0.into();
        row["occurred_at"] = at.clone();
        self.insert("product_usage_events", &row)
    }

    /// Every event there is.
    pub fn usage_events(&self) -> Vec<Value> {
        self.rows("SELECT * FROM product_usage_events ORDER BY id")
    }

    /// How many events there are, and how many of them are unfolded.
    pub fn count_usage(&self) -> (i64, i64) {
        let count = |table: &str| self.value(&format!("SELECT count(*) FROM {table}")).as_i64().expect("a number");
        (count("product_usage_events"), count("product_usage_unfolded"))
    }

    /// What a straight count over events says of `[from, to)`: by name, and how many workspaces.
    pub fn count_straight(&self, from: &str, to: &str) -> (BTreeMap<String, i64>, i64) {
        let within = format!("occurred_at >= '{from}'::timestamptz AND occurred_at < '{to}'::timestamptz");
        let of = |name: &str| {
            let sql = format!("SELECT count(*) FROM product_usage_events WHERE {within} AND event_name = '{name}'");
            (name.to_owned(), self.value(&sql).as_i64().expect("a number"))
        };
        let active = self.value(&format!("SELECT count(DISTINCT workspace_id) FROM product_usage_events WHERE {within}"));
        (CATALOG.iter().map(|info| of(info.event_name)).collect(), active.as_i64().expect("a number"))
    }
}

/// The counts of a summary by name.
pub fn counts(summary: &Value, of: &str) -> BTreeMap<String, i64> {
    let families = summary["families"].as_array().expect("families");
    let count =
        |family: &Value| (family["event_name"].as_str().expect("a name").to_owned(), family[of].as_i64().expect("a number"));
    families.iter().map(count).collect()
}
