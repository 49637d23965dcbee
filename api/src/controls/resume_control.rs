//! Ending a pause (CTL-05).

use super::activation::Pause;
use super::impact::{self, ControlAction};
use super::mutation::{self, Change, Expected};
use super::preview_control::{ensure_as_previewed, preview_of};
use super::view::Control;
use super::{ActiveRuns, ControlScope, Definition, Impact, store};
use crate::alerts::EventKind;
use crate::audit::{self, Action};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::context::Ctx;
use crate::error::Result;
use diesel::prelude::*;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ResumeControl {
    /// Over what.
    pub scope: ControlScope,
    /// The pause that is scheduled, not the one in force.
    pub scheduled: bool,
    /// The preview that the caller confirms, if any.
    pub previewed: Option<Impact>,
    /// Which state of the control the caller decided on.
    pub expected: Expected,
}

/// A control after a resume.
#[derive(Debug)]
pub struct Resumed {
    /// As it is now.
    pub control: Control,
    /// False: there was no such pause, the scope was enabled already.
    pub changed: bool,
}

/// Ends the pause of the scope from the commit of this transaction on; where none is, nothing changes and nothing is
/// audited. Errors: 409 `preview-stale`, 412 on another version, 422 on an unknown workspace.
pub fn resume_control(
    ctx: &Ctx,
    _permit: &Permit<ControlsManage>,
    conn: &mut PgConnection,
    active: &dyn ActiveRuns,
    control: &'static Definition,
    resume: ResumeControl,
) -> Result<Resumed> {
    let workspace_name = mutation::find_workspace_name(conn, resume.scope)?;
    let Change { now, before } = mutation::begin(conn, control, &resume.expected)?;
    let Some(ended) = before.iter().find(|one| one.scope() == resume.scope && one.is_scheduled == resume.scheduled) else {
        return Ok(Resumed { control: Control::of(conn, active, control, &before)?, changed: false });
    };
    store::delete_pause(conn, ended.id)?;
    let after = store::list_not_over(conn, Some(control.key), now)?;
    // Calling off what has not begun makes nothing available.
    let in_force = before.iter().filter(|one| one.is_in_force && !resume.scheduled).map(Pause::scope).collect::<Vec<_>>();
    let impact = impact::count(conn, active, control, (ControlAction::Resume, resume.scope), &in_force)?;
    let fresh = || preview_of(control, ControlAction::Resume, (resume.scope, workspace_name.as_deref()), impact, &in_force);
    ensure_as_previewed(resume.previewed.as_ref(), fresh, impact)?;
    let place = mutation::place(ended.workspace_name.as_deref());
    let verb = if resume.scheduled { "Called off the scheduled pause of" } else { "Resumed" };
    let summary = format!("{verb} {} {place}.", control.label);
    let entry = mutation::entry(Action::ControlResumed, ctx, (control.key, control.label), ended).summary(&summary);
    audit::record(conn, ctx, mutation::with_impact(entry, resume.previewed, impact))?;
    let resumed = Resumed { control: Control::of(conn, active, control, &after)?, changed: true };
    mutation::tell(conn, EventKind::ControlResumed, control.key, ended, summary);
    Ok(resumed)
}
