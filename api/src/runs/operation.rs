//! A run as members of its tenant see it (RUN-09, 086). What is not named here does not reach them: nothing of why an operator
//! started it, who that was, what was left out elsewhere, or who looked at it.

use super::Run;
use super::model::{ActionState, FailureSummary, Initiator, Progress, SummaryCounts};
use super::state::{Outcome, Status};
use crate::tenancy::{TenantRef, WorkspaceRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What members read in place of the name of an operator, or of whoever typed a command.
const PLATFORM_OPERATOR: &str = "Platform operator";

/// One execution in a tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Operation {
    /// `operation_runs.id`.
    pub id: i64,
    /// Operation type; for runbooks their key.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "findings.lifecycle.backfill")]
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
    /// The tenant; always there.
    pub tenant: Option<TenantRef>,
    /// Who started it: a member by name, or the platform.
    pub initiator: Initiator,
    /// Counts: of the targets while it is active, fixed when it completed.
    pub summary_counts: SummaryCounts,
    /// Kinds of failure, at most 20.
    pub failure_summary: Vec<FailureSummary>,
    /// Circumstances of the start.
    pub context: OperationContext,
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
    /// Always empty: members start and watch.
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

/// What members see of a run's context.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationContext {
    /// What runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub runbook: Option<OperationRunbook>,
    /// The forecast that was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub preflight: Option<OperationPreflight>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationRunbook {
    /// Key of the runbook.
    pub key: String,
    /// single_tenant or failed_targets.
    pub scope: String,
}

/// Figures of the forecast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperationPreflight {
    /// Findings that would change.
    pub affected_count: i64,
    /// Findings looked at.
    pub total_count: i64,
    /// Tenants targeted.
    pub estimated_tenants: i64,
}

impl From<Run> for Operation {
    fn from(run: Run) -> Self {
        Self {
            context: context(run.context),
            initiator: initiator(run.initiator),
            actions: Vec::new(),
            id: run.id,
            kind: run.kind,
            type_label: run.type_label,
            status: run.status,
            outcome: run.outcome,
            workspace: run.workspace,
            tenant: run.tenant,
            summary_counts: run.summary_counts,
            failure_summary: run.failure_summary,
            progress: run.progress,
            stale: run.stale,
            paused_at: run.paused_at,
            cancel_requested_at: run.cancel_requested_at,
            held_reason: run.held_reason,
            held_since: run.held_since,
            created_at: run.created_at,
            started_at: run.started_at,
            completed_at: run.completed_at,
            deduplicated: run.deduplicated,
        }
    }
}

/// A context of a form that this version does not know is not shown.
fn context(context: Value) -> OperationContext {
    serde_json::from_value(context).unwrap_or_default()
}

fn initiator(initiator: Initiator) -> Initiator {
    match initiator.kind.as_str() {
        "user" | "system" => initiator,
        _ => Initiator { id: None, name: PLATFORM_OPERATOR.to_owned(), ..initiator },
    }
}
