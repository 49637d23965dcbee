//! Letting a paused run go on (RUN-11). It asks the control like a start: what is paused is not set going again.

use super::actions::{self, RunAction};
use super::context::Source;
use super::get_run::find_run;
use super::model::Run;
use super::pause_run::{change, checked_reason};
use super::pauses::control_of;
use super::store::{lifecycle, reach, runs, targets};
use crate::audit::Action;
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::controls::blocked::{Attempt, Blocked};
use crate::controls::gate;
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde_json::json;

enum Resumed {
    Run(Box<Run>),
    Blocked(Blocked),
}

/// Resumes the run, unless a control pauses everything or any workspace that the run still reaches. The caller holds no
/// transaction. Errors: 404, 403, 409 `operational-control-paused` or `run-state-conflict`.
pub fn resume_run(
    ctx: &Ctx,
    permit: &Permit<RunbooksRun>,
    conn: &mut PgConnection,
    id: i64,
    reason: Option<&str>,
    source: Source,
) -> Result<Run> {
    let run = runs::find(conn, id)?.ok_or_else(Error::not_found)?;
    actions::ensure_may_start(permit, &run.kind)?;
    reason.map(checked_reason).transpose()?;
    let resumed = conn.transaction(|conn| {
        if let Some(blocked) = ask(conn, id, &run.kind)? {
            return Ok::<_, Error>(Resumed::Blocked(blocked));
        }
        change(ctx, permit, conn, (id, RunAction::Resume, Action::RunResumed), reason)?;
        lifecycle::set_paused(conn, id, false)?;
        targets::queue_anew(conn, id)?;
        lifecycle::notify(conn, id)?;
        Ok(Resumed::Run(Box::new(find_run(permit, conn, id)?)))
    })?;
    match resumed {
        Resumed::Run(run) => Ok(*run),
        Resumed::Blocked(blocked) => Err(blocked.refuse(ctx, conn, &attempt(&run, source))),
    }
}

/// Targets end but are never added, so those that are open before the lock are all that can be open after it.
fn ask(conn: &mut PgConnection, id: i64, kind: &str) -> Result<Option<Blocked>> {
    let Some(control) = control_of(kind) else { return Ok(None) };
    let tenants = reach::list_open_tenants(conn, id)?;
    Ok(gate::ask(conn, control, Some(&tenants))?.forbids_going_on())
}

fn attempt(run: &runs::RunRow, source: Source) -> Attempt {
    let requested_scope = run.context.pointer("/runbook/scope").and_then(serde_json::Value::as_str);
    Attempt {
        source: json!(source),
        requested_scope: requested_scope.unwrap_or_default().to_owned(),
        tenant: run.tenant_id.map(|tenant_id| (run.workspace_id, tenant_id)),
        target_tenant_id: run.tenant_id,
        run_id: Some(run.id),
    }
}
