//! Notifications as they are shown.

use crate::runbooks;
use crate::runs::model::SummaryCounts;
use crate::runs::state::Outcome;
use crate::tenancy::TenantRef;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Person who is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// `platform_users.id`.
    Operator(i64),
    /// `users.id`.
    User(i64),
}

impl Recipient {
    /// Row id in the table of their plane.
    pub fn id(self) -> i64 {
        match self {
            Self::Operator(id) | Self::User(id) => id,
        }
    }
}

/// What is told of a run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotifiedRun {
    /// `operation_runs.id`.
    pub id: i64,
    /// Operation type; for runbooks their key.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "findings.lifecycle.backfill")]
    pub kind: String,
    /// What that is called.
    #[schema(example = "Rebuild findings lifecycle")]
    pub label: String,
    /// How it ended.
    #[schema(value_type = Outcome)]
    pub outcome: String,
    /// The tenant; null for a run over several.
    pub tenant: Option<TenantRef>,
    /// Its counts.
    #[schema(value_type = SummaryCounts)]
    pub summary_counts: Value,
}

/// That a run has ended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notification {
    /// `notifications.id`.
    pub id: i64,
    /// The run.
    pub run: NotifiedRun,
    /// Address of the run's page, below the product's own.
    #[schema(example = "/system/ops/runs/17")]
    pub link: String,
    /// When the run ended.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was marked as read.
    #[serde(with = "time::serde::rfc3339::option")]
    pub read_at: Option<OffsetDateTime>,
}

/// How many are unread, and the newest of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationState {
    /// How many are unread.
    pub unread_count: i64,
    /// The newest one that is unread.
    pub newest: Option<Notification>,
}

/// The name of an operation type; one that has left the catalog goes by its key.
pub(super) fn label_of(kind: &str) -> String {
    runbooks::find(kind).map_or_else(|_| kind.to_owned(), |runbook| runbook.info().label.to_owned())
}

/// Where the page of a run is, in the plane of whoever is told.
pub(super) fn link_of(recipient: Recipient, run_id: i64, tenant_id: Option<i64>) -> String {
    match (recipient, tenant_id) {
        (Recipient::User(_), Some(tenant_id)) => format!("/admin/tenants/{tenant_id}/operations/{run_id}"),
        _ => format!("/system/ops/runs/{run_id}"),
    }
}
