//! What every change of a control does: lock, let time take effect, hold the caller's version against it, audit.

use super::activation::Pause;
use super::{ControlScope, Definition, Impact, catalog, settle, store, view};
use crate::alerts::{self, Event, EventKind, Severity};
use crate::audit::{Action, Entry};
use crate::context::Ctx;
use crate::db::locks::{self, LockClass};
use crate::db::{Moment, clock};
use crate::error::{Code, Error, Result};
use crate::tenancy;
use diesel::PgConnection;
use serde_json::Map;
use time::OffsetDateTime;

/// Versions of which a caller expects one to be the present one (`If-Match`).
#[derive(Debug, Clone, Default)]
pub enum Expected {
    /// Any.
    #[default]
    Anything,
    /// One of these.
    OneOf(Vec<String>),
}

/// A change under way.
pub(super) struct Change {
    /// The moment at which it happens, for all of its statements.
    pub now: Moment,
    /// The pauses of the control that are not over then.
    pub before: Vec<Pause>,
}

/// Opens a change: from here to the end of the transaction no start of the control is decided and nobody else changes it.
/// Errors: 412 when the control is not as the caller saw it.
pub(super) fn begin(conn: &mut PgConnection, control: &Definition, expected: &Expected) -> Result<Change> {
    locks::lock(conn, LockClass::Gate, control.key)?;
    let now = clock::read(conn)?;
    // Held against what everybody sees; settling changes rows, not what is paused.
    let version = view::version(control, &store::list_not_over(conn, Some(control.key), now)?);
    match expected {
        Expected::OneOf(versions) if !versions.contains(&version) => Err(Error::new(
            Code::PreconditionFailed,
            "The control has been changed since you read it. Read it again and decide again.",
        )),
        _ => Ok(Change { now, before: settle::settle(conn, control, now)? }),
    }
}

/// The name of the scope's workspace. Errors: 422 when there is none.
pub(super) fn find_workspace_name(conn: &mut PgConnection, scope: ControlScope) -> Result<Option<String>> {
    let Some(id) = scope.workspace_id() else { return Ok(None) };
    let workspace = tenancy::find_workspace(conn, id)?;
    let unknown =
        || Error::invalid_field("/workspace_id", "unknown", "The id of a workspace as GET /workspaces lists it is expected.");
    workspace.map(|workspace| Some(workspace.name)).ok_or_else(unknown)
}

/// `globally`, or `for the workspace …`.
pub(super) fn place(workspace_name: Option<&str>) -> String {
    workspace_name.map_or_else(|| "globally".to_owned(), |name| format!("for the workspace {name}"))
}

/// The audit row of a change of one pause: of the platform when it is global, else of its workspace.
pub(super) fn entry(action: Action, ctx: &Ctx, (key, label): (&str, &str), pause: &Pause) -> Entry {
    Entry::new(action)
        .target("control", key, label)
        .scope(pause.workspace_id, None)
        .metadata("control_key", key)
        .metadata("scope_type", pause.scope().kind())
        .metadata("workspace_id", pause.workspace_id)
        .metadata("reason_text", &pause.reason_text)
        .metadata("starts_at", timestamp(Some(pause.starts_at)))
        .metadata("expires_at", timestamp(pause.expires_at))
        .metadata("actor_id", ctx.actor.id())
        .metadata("activation_id", pause.id)
}

/// What was foretold and what it was: the real numbers are counted under the lock, with every start of before committed.
pub(super) fn with_impact(entry: Entry, previewed: Option<Impact>, impact: Impact) -> Entry {
    entry.metadata("previewed", previewed).metadata("affected", impact)
}

/// Tells alerts of it, in the transaction of the change.
pub(super) fn tell(conn: &mut PgConnection, kind: EventKind, control: &str, pause: &Pause, title: String) {
    let severity = if kind == EventKind::ControlPaused { Severity::Warning } else { Severity::Info };
    let types = catalog::find(control).map(|control| control.operation_types).unwrap_or_default();
    let event = Event {
        kind,
        severity,
        subject: format!("{}:{control}:{}", kind.id(), pause.workspace_id.unwrap_or(0)),
        title: title.trim_end_matches('.').to_owned(),
        workspace_id: pause.workspace_id,
        tenant_id: None,
        run_id: None,
        operation_types: types.iter().map(ToString::to_string).collect(),
        metadata: Map::new(),
    };
    let event = event.fact("control_key", control).fact("scope", pause.scope().kind());
    alerts::raise(conn, &event.fact("expires_at", timestamp(pause.expires_at)));
}

/// As on the wire.
pub(super) fn timestamp(time: Option<OffsetDateTime>) -> Option<String> {
    time.and_then(|time| time.format(&time::format_description::well_known::Rfc3339).ok())
}
