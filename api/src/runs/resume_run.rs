//! Letting a paused run go on (RUN-11).

use super::actions::RunAction;
use super::get_run::find_run;
use super::model::Run;
use super::pause_run::change;
use super::store::{lifecycle as store, targets};
use crate::audit::Action;
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::error::Result;
use diesel::prelude::*;

/// Resumes the run. Errors: 404, 403, 409 `run-state-conflict`.
pub fn resume_run(
    ctx: &Ctx,
    permit: &Permit<RunbooksRun>,
    conn: &mut PgConnection,
    id: i64,
    reason: Option<&str>,
) -> Result<Run> {
    conn.transaction(|conn| {
        change(ctx, permit, conn, (id, RunAction::Resume, Action::RunResumed), reason)?;
        store::set_paused(conn, id, false)?;
        targets::queue_anew(conn, id)?;
        store::notify(conn, id)?;
        find_run(permit, conn, id)
    })
}
