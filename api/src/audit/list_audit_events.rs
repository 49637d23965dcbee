//! Reading the audit log, newest first.

use super::{action::ACTIONS, store};
use crate::auth::Permit;
use crate::auth::capability::Capability;
use crate::context::{ActorType, SystemUser};
use crate::db::page::{Page, PageRequest};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What to list; everything left out is not filtered by.
#[derive(Debug, Default)]
pub struct AuditFilter {
    /// Action id.
    pub action: Option<String>,
    /// Kind of the actor.
    pub actor_type: Option<ActorType>,
    /// Row id of the actor; without their kind, operators and users of that number.
    pub actor_id: Option<i64>,
    /// Workspace of the event.
    pub workspace_id: Option<i64>,
    /// Tenant of the event.
    pub tenant_id: Option<i64>,
    /// Run of the event.
    pub run_id: Option<i64>,
    /// Control that the event is about.
    pub control_key: Option<String>,
    /// At or after this time.
    pub recorded_after: Option<OffsetDateTime>,
    /// Before this time.
    pub recorded_before: Option<OffsetDateTime>,
}

/// Who acted, as they were called at the time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// operator, user, cli, system or anonymous.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    /// Row id of an operator or user.
    pub id: Option<i64>,
    /// E-mail address or name at the time.
    pub label: String,
}

/// What was acted on, as it was called at the time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditTarget {
    /// Kind, as `operator`, `run` or `runbook`.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: String,
    /// Row id as text, or a key.
    pub id: Option<String>,
    /// Name at the time.
    pub label: String,
}

/// One event of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Ascending with time.
    pub id: i64,
    /// Id of the registered action.
    #[schema(example = "platform.ops.runbooks.start")]
    pub action: String,
    /// Short name of the action.
    pub label: String,
    /// Who did it.
    pub actor: AuditActor,
    /// The system user who typed, where it was done on the command line; their actor is whom they did it for. Null: by a request,
    /// by the product itself, or before this was kept.
    /// The end of a run that a worker ended has the one who typed its start.
    pub command_line: Option<SystemUser>,
    /// What it was done to.
    pub target: Option<AuditTarget>,
    /// Workspace it happened in; null on events of the platform.
    pub workspace_id: Option<i64>,
    /// Tenant it happened in.
    pub tenant_id: Option<i64>,
    /// Run it belongs to.
    pub run_id: Option<i64>,
    /// success, blocked, failed or deduplicated.
    pub outcome: String,
    /// One sentence.
    pub summary: String,
    /// Further facts; keys depend on the action.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// Client address; null where no client asked for it. The end of a run that a worker ended has that of its start.
    pub ip: Option<String>,
    /// Client's own name, cut to 300 characters.
    pub user_agent: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = crate::db::schema::audit_logs, check_for_backend(diesel::pg::Pg))]
pub(super) struct AuditRow {
    id: i64,
    action: String,
    actor_type: String,
    actor_id: Option<i64>,
    actor_label: String,
    target_type: Option<String>,
    target_id: Option<String>,
    target_label: Option<String>,
    workspace_id: Option<i64>,
    tenant_id: Option<i64>,
    run_id: Option<i64>,
    outcome: String,
    summary: String,
    metadata: Value,
    ip: Option<String>,
    user_agent: Option<String>,
    recorded_at: OffsetDateTime,
}

/// One page of events. The permit is that of whoever shows the list: audit page or run detail.
/// Errors: 422 on an action that is not registered.
pub fn list_audit_events<C: Capability>(
    _permit: &Permit<C>,
    conn: &mut PgConnection,
    filter: &AuditFilter,
    page: PageRequest,
) -> Result<Page<AuditEvent>> {
    if let Some(action) = &filter.action
        && !ACTIONS.iter().any(|row| row.id == action)
    {
        return Err(Error::invalid_field("?action", "unknown", "There is no such action."));
    }
    let rows = store::list(conn, filter, page)?;
    Ok(Page::of(rows, page, |row| row.id).map(event))
}

fn event(row: AuditRow) -> AuditEvent {
    let label = ACTIONS.iter().find(|info| info.id == row.action).map_or(row.action.as_str(), |info| info.label).to_owned();
    let target = row.target_type.map(|kind| AuditTarget { kind, id: row.target_id, label: row.target_label.unwrap_or_default() });
    let command_line = row.metadata.get("command_line").and_then(|typed| SystemUser::deserialize(typed).ok());
    AuditEvent {
        id: row.id,
        command_line,
        label,
        action: row.action,
        actor: AuditActor { kind: row.actor_type, id: row.actor_id, label: row.actor_label },
        target,
        workspace_id: row.workspace_id,
        tenant_id: row.tenant_id,
        run_id: row.run_id,
        outcome: row.outcome,
        summary: row.summary,
        metadata: row.metadata,
        ip: row.ip,
        user_agent: row.user_agent,
        recorded_at: row.recorded_at,
    }
}
