//! Runs.

use super::events::Events;
use super::runbooks::{BACKFILL, all_tenants, reason, single_tenant};
use super::{ADMIN, Actor, SYSTEM, with_query};
use crate::response::Response;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Display;

impl Actor {
    /// `start_run` with any body
    pub async fn start_run(&self, key: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/runbooks/{key}/runs"), body).await
    }

    /// Preflights and starts the backfill of one tenant.
    pub async fn start_backfill_of(&self, tenant_id: i64) -> Response {
        self.start_backfill(&single_tenant(tenant_id)).await
    }

    /// Preflights and starts the backfill of all tenants.
    pub async fn start_backfill_of_all(&self) -> Response {
        self.start_backfill(&all_tenants()).await
    }

    /// Preflights and starts the backfill over this scope, with everything that a start may need.
    pub async fn start_backfill(&self, scope: &Value) -> Response {
        let preflight_id = self.preflight(scope).await.assert_status(200).id();
        let mut body = json!({ "preflight_id": preflight_id, "scope": scope, "reason": reason() });
        if scope["mode"] == "all_tenants" {
            body["typed_confirmation"] = json!("BACKFILL");
        }
        self.start_run(BACKFILL, &body).await
    }

    /// `start_lifecycle_backfill`
    pub async fn start_lifecycle_backfill(&self, tenant: impl Display) -> Response {
        self.post_admin(&format!("/tenants/{tenant}/findings/lifecycle-backfill"), &json!({})).await
    }

    /// `list_runs`
    pub async fn list_runs(&self, query: &str) -> Response {
        self.get_system(&with_query("/ops/runs", query)).await
    }

    /// `get_run`
    pub async fn get_run(&self, id: i64) -> Response {
        self.get_system(&format!("/ops/runs/{id}")).await
    }

    /// `list_targets`
    pub async fn list_targets(&self, id: i64, query: &str) -> Response {
        self.get_system(&with_query(&format!("/ops/runs/{id}/targets"), query)).await
    }

    /// `list_run_audit`
    pub async fn list_run_audit(&self, id: i64, query: &str) -> Response {
        self.get_system(&with_query(&format!("/ops/runs/{id}/audit"), query)).await
    }

    /// `watch_run`: the stream is read event by event; other answers are a [`Response`].
    pub async fn watch_run(&self, id: i64) -> Result<Events, Response> {
        Events::open(self.request(Method::GET, &format!("{SYSTEM}/ops/runs/{id}/events"))).await
    }

    /// `list_operations`
    pub async fn list_operations(&self, query: &str) -> Response {
        self.get_admin(&with_query("/operations", query)).await
    }

    /// `get_operation`
    pub async fn get_operation(&self, id: impl Display) -> Response {
        self.get_admin(&format!("/operations/{id}")).await
    }

    /// `list_operation_targets`
    pub async fn list_operation_targets(&self, id: impl Display, query: &str) -> Response {
        self.get_admin(&with_query(&format!("/operations/{id}/targets"), query)).await
    }

    /// `watch_operation`, as [`Self::watch_run`].
    pub async fn watch_operation(&self, id: impl Display) -> Result<Events, Response> {
        Events::open(self.request(Method::GET, &format!("{ADMIN}/operations/{id}/events"))).await
    }

    /// `cancel_run`
    pub async fn cancel_run(&self, id: i64) -> Response {
        self.post_system(&format!("/ops/runs/{id}/cancel"), &json!({})).await
    }

    /// `pause_run`
    pub async fn pause_run(&self, id: i64) -> Response {
        self.post_system(&format!("/ops/runs/{id}/pause"), &json!({})).await
    }

    /// `resume_run`
    pub async fn resume_run(&self, id: i64) -> Response {
        self.post_system(&format!("/ops/runs/{id}/resume"), &json!({})).await
    }

    /// `cancel_run`, `pause_run` or `resume_run` with any body; `verb` as in the path.
    pub async fn steer_run(&self, id: i64, verb: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/runs/{id}/{verb}"), body).await
    }

    /// `retry_failed`
    pub async fn retry_failed(&self, id: i64) -> Response {
        self.steer_run(id, "retry-failed", &json!({ "reason": reason() })).await
    }
}
