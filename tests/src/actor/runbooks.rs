//! Runbooks.

use super::Actor;
use crate::response::Response;
use serde_json::{Value, json};
use std::fmt::Display;

/// The runbook that rebuilds the findings lifecycle.
pub const BACKFILL: &str = "findings.lifecycle.backfill";

/// The scope of all tenants.
pub fn all_tenants() -> Value {
    json!({ "mode": "all_tenants" })
}

/// The scope of one tenant.
pub fn single_tenant(tenant_id: i64) -> Value {
    json!({ "mode": "single_tenant", "tenant_id": tenant_id })
}

/// A reason that is good enough for everything.
pub fn reason() -> Value {
    json!({ "code": "DATA_REPAIR", "text": "Old rows lack their lifecycle." })
}

impl Actor {
    /// `list_runbooks`
    pub async fn list_runbooks(&self) -> Response {
        self.get_system("/ops/runbooks").await
    }

    /// `get_runbook`
    pub async fn get_runbook(&self, key: &str) -> Response {
        self.get_system(&format!("/ops/runbooks/{key}")).await
    }

    /// `preflight_runbook` with any body
    pub async fn preflight_runbook(&self, key: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/runbooks/{key}/preflight"), body).await
    }

    /// `preflight_lifecycle_backfill`
    pub async fn preflight_lifecycle_backfill(&self, tenant: impl Display) -> Response {
        self.post_admin(&format!("/tenants/{tenant}/findings/lifecycle-backfill/preflight"), &json!({})).await
    }

    /// A preflight of the backfill over this scope.
    pub async fn preflight(&self, scope: &Value) -> Response {
        self.preflight_runbook(BACKFILL, &json!({ "scope": scope })).await
    }
}
