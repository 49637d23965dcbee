//! Holding a run: workers give its targets back after the batch in flight (RUN-11).

use super::actions::{self, RunAction};
use super::get_run::find_run;
use super::model::Run;
use super::store::lifecycle as store;
use super::store::runs;
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::text::is_plain;
use diesel::prelude::*;

/// Pauses the run. Errors: 404, 403, 409 `run-state-conflict`.
pub fn pause_run(ctx: &Ctx, permit: &Permit<RunbooksRun>, conn: &mut PgConnection, id: i64, reason: Option<&str>) -> Result<Run> {
    conn.transaction(|conn| {
        change(ctx, permit, conn, (id, RunAction::Pause, Action::RunPaused), reason)?;
        store::set_paused(conn, id, true)?;
        find_run(permit, conn, id)
    })
}

/// What every change of a run in flight does first: locks it, checks the caller and the state, and audits.
pub(super) fn change(
    ctx: &Ctx,
    permit: &Permit<RunbooksRun>,
    conn: &mut PgConnection,
    (id, action, audited): (i64, RunAction, Action),
    reason: Option<&str>,
) -> Result<()> {
    let run = runs::lock_for_action(conn, id)?.ok_or_else(Error::not_found)?;
    actions::ensure_may_start(permit, &run.kind)?;
    let reason = reason.map(checked_reason).transpose()?;
    actions::ensure_allowed(action, run.flags()?)?;
    audit::record(conn, ctx, entry(&run, id, audited).metadata("reason_text", reason))
}

/// What audit says of every change of a run.
pub(super) fn entry(run: &runs::RunForAction, id: i64, audited: Action) -> Entry {
    Entry::new(audited)
        .target("run", id, &run.kind)
        .scope(run.tenant_id.map(|_| run.workspace_id), run.tenant_id)
        .run(id)
        .summary(audited.info().summary.replacen("a run", &format!("run {id}"), 1))
        .metadata("runbook_key", &run.kind)
}

/// A reason in free words: up to 500 characters.
pub(super) fn checked_reason(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() <= 500 && is_plain(text) {
        true => Ok(text.to_owned()),
        false => Err(Error::invalid_field(
            "/reason",
            "length",
            "At most 500 characters are expected, none of them a control character.",
        )),
    }
}
