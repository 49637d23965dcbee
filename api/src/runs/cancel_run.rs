//! Stopping a run: what nobody works on is left undone at once, what workers hold after the batch in flight (RUN-11).

use super::actions::RunAction;
use super::model::Run;
use super::pause_run::change;
use super::store::{lifecycle as store, targets};
use super::{get_run::find_run, lifecycle};
use crate::audit::Action;
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::error::Result;
use diesel::prelude::*;

/// Asks the run to stop. Errors: 404, 403, 409 `run-state-conflict`.
pub fn cancel_run(
    ctx: &Ctx,
    permit: &Permit<RunbooksRun>,
    conn: &mut PgConnection,
    id: i64,
    reason: Option<&str>,
) -> Result<Run> {
    conn.transaction(|conn| {
        change(ctx, permit, conn, (id, RunAction::Cancel, Action::RunCancelRequested), reason)?;
        store::request_cancel(conn, id)?;
        targets::cancel_idle(conn, id)?;
        lifecycle::complete_if_done(conn, ctx, id)?;
        find_run(permit, conn, id)
    })
}
