//! Taking note of a failure, so that the dashboard stops being red for what is handled (RUN-18).

use super::actions::{self, RunAction};
use super::get_run::find_run;
use super::model::Run;
use super::pause_run::entry;
use super::store::{lifecycle as store, runs};
use crate::audit::{self, Action};
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::text::is_plain;
use diesel::prelude::*;

/// Acknowledges the failure; of two who do so at once the first one's note stays, and both are answered with it. Errors: 404,
/// 403, 409 `run-state-conflict` for a run that has not failed.
pub fn acknowledge_run(ctx: &Ctx, permit: &Permit<RunbooksRun>, conn: &mut PgConnection, id: i64, note: &str) -> Result<Run> {
    let note = checked_note(note)?;
    let operator_id = ctx.actor.operator_id().ok_or_else(|| Error::internal("a failure is acknowledged by a person"))?;
    conn.transaction(|conn| {
        let run = runs::lock_for_action(conn, id)?.ok_or_else(Error::not_found)?;
        actions::ensure_may_start(permit, &run.kind)?;
        if !run.flags()?.acknowledged {
            actions::ensure_allowed(RunAction::Acknowledge, run.flags()?)?;
            audit::record(conn, ctx, entry(&run, id, Action::RunAcknowledged).metadata("note", &note))?;
            store::set_acknowledged(conn, id, (operator_id, ctx.actor.name()), &note)?;
        }
        find_run(permit, conn, id)
    })
}

fn checked_note(text: &str) -> Result<String> {
    let text = text.trim();
    match (1..=500).contains(&text.chars().count()) && is_plain(text) {
        true => Ok(text.to_owned()),
        false => {
            Err(Error::invalid_field("/note", "length", "1 to 500 characters are expected, none of them a control character."))
        }
    }
}
