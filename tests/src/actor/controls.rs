//! Operational controls.

use super::runbooks::BACKFILL;
use super::{Actor, with_query};
use crate::response::Response;
use serde_json::{Value, json};

/// The control that no feature uses yet.
pub const RESTORE: &str = "restore.execute";

/// A pause of the whole installation.
pub fn global_pause() -> Value {
    json!({ "scope_type": "global", "reason_text": "Incident 4711" })
}

/// A pause of one workspace.
pub fn workspace_pause(workspace_id: i64) -> Value {
    json!({ "scope_type": "workspace", "workspace_id": workspace_id, "reason_text": "Asked by the customer" })
}

impl Actor {
    /// `list_controls`
    pub async fn list_controls(&self) -> Response {
        self.get_system("/ops/controls").await
    }

    /// `get_control`
    pub async fn get_control(&self, key: &str) -> Response {
        self.get_system(&format!("/ops/controls/{key}")).await
    }

    /// `list_control_history`
    pub async fn list_control_history(&self, key: &str, query: &str) -> Response {
        self.get_system(&with_query(&format!("/ops/controls/{key}/history"), query)).await
    }

    /// `preview_control` with any body
    pub async fn preview_control(&self, key: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/controls/{key}/preview"), body).await
    }

    /// `pause_control` with any body
    pub async fn pause_control(&self, key: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/controls/{key}/pause"), body).await
    }

    /// `resume_control` with any body
    pub async fn resume_control(&self, key: &str, body: &Value) -> Response {
        self.post_system(&format!("/ops/controls/{key}/resume"), body).await
    }

    /// Pauses the backfill of the whole installation.
    pub async fn pause_backfill(&self) -> Response {
        self.pause_control(BACKFILL, &global_pause()).await
    }

    /// Pauses the backfill of one workspace.
    pub async fn pause_backfill_of(&self, workspace_id: i64) -> Response {
        self.pause_control(BACKFILL, &workspace_pause(workspace_id)).await
    }

    /// Ends the pause of the whole installation.
    pub async fn resume_backfill(&self) -> Response {
        self.resume_control(BACKFILL, &json!({ "scope_type": "global" })).await
    }

    /// Ends the pause of one workspace.
    pub async fn resume_backfill_of(&self, workspace_id: i64) -> Response {
        self.resume_control(BACKFILL, &json!({ "scope_type": "workspace", "workspace_id": workspace_id })).await
    }
}
