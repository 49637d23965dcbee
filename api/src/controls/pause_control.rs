//! Pausing a control, or changing a pause (CTL-05).

use super::activation::Pause;
use super::impact::{self, ControlAction, Freed};
use super::mutation::{self, Change, Expected};
use super::preview_control::{ensure_as_previewed, preview_of};
use super::store::{self, Terms};
use super::view::Control;
use super::{ActiveRuns, ControlScope, Definition, Impact};
use crate::alerts::EventKind;
use crate::audit::{self, Action};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use crate::text::is_plain;
use diesel::prelude::*;
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// How far ahead a pause may begin or end.
const FARTHEST: Duration = Duration::days(3_660);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct PauseControl {
    /// Over what.
    pub scope: ControlScope,
    /// The scope of the pause that is moved to this one (CTL-15); none: a pause of this scope is made or changed.
    pub moved_from: Option<ControlScope>,
    /// Why.
    pub reason_text: String,
    /// From when on; none: at once.
    pub starts_at: Option<OffsetDateTime>,
    /// Until when; none: until somebody resumes.
    pub expires_at: Option<OffsetDateTime>,
    /// The preview that the caller confirms, if any.
    pub previewed: Option<Impact>,
    /// Which state of the control the caller decided on.
    pub expected: Expected,
}

/// A control after a pause.
#[derive(Debug)]
pub struct Paused {
    /// As it is now.
    pub control: Control,
    /// False: a pause of this scope was there and has been changed.
    pub created: bool,
}

/// Pauses the control from the commit of this transaction on, or from `starts_at`; changes the pause of the scope that is
/// there, or moves the one of another scope, without a moment in which neither holds. One that is scheduled stands beside the present one. Errors: 409 `preview-stale`, `wrong-state` where nothing can be moved, 412 on another version, 422 on a wrong
/// reason, scope or time.
pub fn pause_control(
    ctx: &Ctx,
    permit: &Permit<ControlsManage>,
    conn: &mut PgConnection,
    active: &dyn ActiveRuns,
    control: &'static Definition,
    pause: PauseControl,
) -> Result<Paused> {
    let operator_id = permit.operator().map(|operator| operator.id);
    let operator_id = operator_id.ok_or_else(|| Error::internal("a pause needs an operator who owns it"))?;
    let reason_text = checked_reason(&pause.reason_text)?;
    let workspace_name = mutation::find_workspace_name(conn, pause.scope)?;
    let Change { now, before } = mutation::begin(conn, control, &pause.expected)?;
    check_times(now.time(), pause.starts_at, pause.expires_at)?;
    let terms = Terms { reason_text: &reason_text, starts_at: pause.starts_at, expires_at: pause.expires_at };
    let is_scheduled = pause.starts_at.is_some();
    let find = |scope| before.iter().find(|one| one.scope() == scope && one.is_scheduled == is_scheduled);
    let previous = match pause.moved_from {
        None => find(pause.scope),
        Some(left) => Some(movable(control, (left, find(left)), (pause.scope, find(pause.scope)))?),
    };
    let id = match previous {
        Some(previous) => {
            store::update_pause(conn, previous.id, pause.scope, &terms, (operator_id, now)).map(|()| previous.id)?
        }
        None => store::insert_pause(conn, control.key, pause.scope, &terms, (operator_id, now))?,
    };
    let after = store::list_not_over(conn, Some(control.key), now)?;
    let written = after.iter().find(|one| one.id == id).ok_or_else(|| Error::internal("the pause is not there"))?;
    let mut impact = impact::count(conn, active, control, (ControlAction::Pause, pause.scope), &[])?;
    if let Some(left) = pause.moved_from {
        let in_force: Vec<_> = after.iter().filter(|one| one.is_in_force).map(Pause::scope).collect();
        impact.freed = Some(match previous.is_some_and(|moved| moved.is_in_force) {
            true => impact::count_freed(conn, left, &in_force)?,
            false => Freed::NOBODY,
        });
    }
    let fresh = || preview_of(control, ControlAction::Pause, (pause.scope, workspace_name.as_deref()), impact, &[]);
    ensure_as_previewed(pause.previewed.as_ref(), fresh, impact)?;
    let summary = audit_pause(ctx, conn, control, previous, written, (pause.previewed, impact))?;
    let paused = Paused { created: previous.is_none(), control: Control::of(conn, active, control, &after)? };
    if paused.created || pause.moved_from.is_some() {
        mutation::tell(conn, EventKind::ControlPaused, control.key, written, summary.clone());
    }
    if let (Some(left), Some(_)) = (previous, pause.moved_from.filter(|_| pause.scope != ControlScope::Global)) {
        mutation::tell(conn, EventKind::ControlResumed, control.key, left, summary);
    }
    Ok(paused)
}

/// The pause that is to be moved from one scope to another. Errors: 422 where both are the same, 409 where it has ended or the other
/// scope has a pause of its own.
fn movable<'p>(
    control: &Definition,
    (left, moved): (ControlScope, Option<&'p Pause>),
    (taken, present): (ControlScope, Option<&'p Pause>),
) -> Result<&'p Pause> {
    if left == taken {
        return Err(Error::invalid_field("/moved_from", "value", "Another scope than that of the pause is expected."));
    }
    let moved = moved.ok_or_else(|| not_paused_there(control))?;
    match present {
        None => Ok(moved),
        Some(present) => {
            let place = mutation::place(present.workspace_name.as_deref());
            let detail =
                format!("{} is paused {place} already. Resume one of the two pauses, or change that one.", control.label);
            Err(Error::new(Code::WrongState, detail))
        }
    }
}

/// The refusal to move a pause that is not there.
pub fn not_paused_there(control: &Definition) -> Error {
    Error::new(Code::WrongState, format!("{} is not paused in the scope that is to be left. Nothing was changed.", control.label))
}

/// 5 to 500 characters without outer white space.
fn checked_reason(text: &str) -> Result<String> {
    let text = text.trim();
    match (5..=500).contains(&text.chars().count()) && is_plain(text) {
        true => Ok(text.to_owned()),
        false => Err(Error::invalid_field(
            "/reason_text",
            "length",
            "5 to 500 characters are expected, without outer white space and control characters.",
        )),
    }
}

fn check_times(now: OffsetDateTime, starts_at: Option<OffsetDateTime>, expires_at: Option<OffsetDateTime>) -> Result<()> {
    let farthest = now.saturating_add(FARTHEST);
    let is_ahead = |time: OffsetDateTime| time > now && time <= farthest;
    if starts_at.is_some_and(|time| !is_ahead(time)) {
        let expected = "A time in the future is expected, at most ten years ahead; leave it out to pause at once.";
        return Err(Error::invalid_field("/starts_at", "range", expected));
    }
    if expires_at.is_some_and(|time| !is_ahead(time) || starts_at.is_some_and(|start| time <= start)) {
        let expected = "A time after the start and in the future is expected, at most ten years ahead.";
        return Err(Error::invalid_field("/expires_at", "range", expected));
    }
    Ok(())
}

/// Over what a pause goes: `all workspaces`, or `the workspace …`.
fn area(pause: &Pause) -> String {
    pause.workspace_name.as_ref().map_or_else(|| "all workspaces".to_owned(), |name| format!("the workspace {name}"))
}

/// Writes the audit row, and returns its sentence.
fn audit_pause(
    ctx: &Ctx,
    conn: &mut PgConnection,
    control: &Definition,
    previous: Option<&Pause>,
    pause: &Pause,
    (previewed, impact): (Option<Impact>, Impact),
) -> Result<String> {
    let action = if previous.is_some() { Action::ControlUpdated } else { Action::ControlPaused };
    let label = control.label;
    let place = mutation::place(pause.workspace_name.as_deref());
    let what = match previous {
        Some(previous) if previous.workspace_id != pause.workspace_id => {
            format!("Moved the pause of {label} from {} to {}", area(previous), area(pause))
        }
        Some(_) => format!("Changed the pause of {label} {place}"),
        None => format!("Paused {label} {place}"),
    };
    let from = if pause.is_scheduled { super::decision::from(pause.starts_at) } else { String::new() };
    let until = super::decision::until(pause.expires_at);
    let summary = format!("{what}{from}{until}.");
    let entry = mutation::entry(action, ctx, (control.key, control.label), pause).summary(&summary).metadata(
        "previous",
        previous.map(|previous| {
            json!({
                "scope_type": previous.scope().kind(),
                "workspace_id": previous.workspace_id,
                "reason_text": previous.reason_text,
                "starts_at": mutation::timestamp(Some(previous.starts_at)),
                "expires_at": mutation::timestamp(previous.expires_at),
            })
        }),
    );
    audit::record(conn, ctx, mutation::with_impact(entry, previewed, impact))?;
    Ok(summary)
}
