//! Runs and targets as they are shown.

use super::actions::RunFlags;
use super::state::{Outcome, Status, TargetState};
use crate::tenancy::{TenantRef, WorkspaceRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// The only counts of a run (RUN-06).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryCounts {
    /// Findings of the targets when they began.
    pub total: i64,
    /// Updated plus skipped.
    pub processed: i64,
    /// Rows changed, each once; closed duplicates included.
    pub updated: i64,
    /// The other rows of finished targets.
    pub skipped: i64,
    /// Failed targets.
    pub failed: i64,
    /// Targets created.
    pub tenants: i64,
}

/// A kind of failure in a run, sanitised (RUN-07).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailureSummary {
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: String,
    /// The tenant, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tenant_id: Option<i64>,
    /// Targets that failed like this.
    pub count: i64,
}

/// Who started a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Initiator {
    /// operator, user, cli or system.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    /// Row id of an operator or user.
    pub id: Option<i64>,
    /// Name at the time.
    pub name: String,
}

/// Progress of a run. All figures are of one moment, and those of a completed run do not change any more (WEB-04).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Progress {
    /// Targets created.
    pub targets_total: i64,
    /// Targets that ended: those of the next three.
    pub targets_done: i64,
    /// Targets that succeeded.
    pub targets_succeeded: i64,
    /// Targets that failed.
    pub targets_failed: i64,
    /// Targets left undone by a cancel.
    pub targets_cancelled: i64,
    /// Rows that the run is about: those of its targets, and of targets that have not begun what the forecast counted.
    pub rows_total: i64,
    /// Rows that open targets have been through, and those that ended targets processed; at most `rows_total`.
    pub rows_done: i64,
    /// Share of `rows_total` done, 0 to 1. Rows of failed targets are not done, so only a run that succeeded is sure to reach 1.
    pub fraction: f64,
    /// Rows per second. While the run is worked on: the median of the last 30 seconds, which a short burst does not move; null
    /// until three samples are there, and while it is paused. Once it has completed: the mean of the whole run.
    pub rows_per_second: Option<f64>,
    /// Seconds left for the rows of open targets at this pace; null when it cannot be told.
    pub eta_seconds: Option<f64>,
}

/// Whether something may be done with a run now, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionState {
    /// cancel, pause, resume, retry_failed or acknowledge.
    pub action: &'static str,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// That somebody has taken note of a failure (RUN-18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acknowledgement {
    /// `platform_users.id` of the operator.
    pub operator_id: i64,
    /// Their name at the time.
    pub operator_name: String,
    /// What they wrote.
    pub note: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// One execution.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Run {
    /// `operation_runs.id`.
    pub id: i64,
    /// Operation type; for runbooks their key.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    /// Name of the operation type, for people.
    #[schema(example = "Rebuild findings lifecycle")]
    pub type_label: String,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    pub outcome: Outcome,
    /// Workspace that owns it.
    pub workspace: WorkspaceRef,
    /// Tenant of a single-tenant run.
    pub tenant: Option<TenantRef>,
    /// Who started it.
    pub initiator: Initiator,
    /// Counts: of the targets while it is active, fixed when it completed.
    pub summary_counts: SummaryCounts,
    /// Kinds of failure, at most 20.
    pub failure_summary: Vec<FailureSummary>,
    /// Circumstances of the start (RUN-08).
    #[schema(value_type = Object)]
    pub context: Value,
    /// How far it is.
    pub progress: Progress,
    /// Nobody works on it although somebody should (RUN-14).
    pub stale: bool,
    /// Since when it is paused.
    #[serde(with = "time::serde::rfc3339::option")]
    pub paused_at: Option<OffsetDateTime>,
    /// Since when it is asked to stop.
    #[serde(with = "time::serde::rfc3339::option")]
    pub cancel_requested_at: Option<OffsetDateTime>,
    /// Why workers hold it back.
    pub held_reason: Option<String>,
    /// Since when.
    #[serde(with = "time::serde::rfc3339::option")]
    pub held_since: Option<OffsetDateTime>,
    /// Who has taken note that it failed; null while nobody has.
    pub acknowledgement: Option<Acknowledgement>,
    /// What may be done with it.
    pub actions: Vec<ActionState>,
    /// When it was dispatched.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its first target was claimed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub completed_at: Option<OffsetDateTime>,
    /// Present on answers to a start: the run was there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deduplicated: Option<bool>,
}

impl Run {
    /// What of its state decides about actions.
    pub(super) fn flags(&self) -> RunFlags {
        RunFlags {
            status: self.status,
            outcome: self.outcome,
            paused: self.paused_at.is_some(),
            cancel_requested: self.cancel_requested_at.is_some(),
            has_failed: self.summary_counts.failed > 0,
            acknowledged: self.acknowledgement.is_some(),
        }
    }
}

/// A run in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunRef {
    /// `operation_runs.id`.
    pub id: i64,
    /// Where it stands.
    pub status: Status,
    /// How it ended.
    pub outcome: Outcome,
    /// Rows changed so far.
    pub updated: i64,
    /// When it was dispatched.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub completed_at: Option<OffsetDateTime>,
}

/// Counts of one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetCountsBody {
    /// Findings of the tenant when the target began.
    pub total: i64,
    /// Updated plus skipped.
    pub processed: i64,
    /// Rows changed.
    pub updated: i64,
    /// The other rows, once the target has ended.
    pub skipped: i64,
    /// Rows that arrived or were changed by somebody meanwhile, need the repair, and are left for the next run.
    pub arrived_during_run: i64,
}

/// Why a target failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetFailure {
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: String,
}

/// One tenant's share of a run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunTarget {
    /// `run_targets.id`.
    pub id: i64,
    /// The tenant.
    pub tenant: TenantRef,
    /// Where it stands.
    pub state: TargetState,
    /// How often it was claimed.
    pub attempt: i32,
    /// Its counts.
    pub counts: TargetCountsBody,
    /// Share of its rows looked at, 0 to 1.
    pub fraction: f64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub failure: Option<TargetFailure>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339::option")]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub completed_at: Option<OffsetDateTime>,
}
