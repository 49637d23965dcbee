//! What may be done with a run now, and why not. Lists, details and the actions themselves ask here.

use super::model::ActionState;
use super::pauses::RunPauses;
use super::state::Status;
use super::store::runs as store;
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun};
use crate::error::{Code, Error, Result};
use crate::runbooks;
use diesel::PgConnection;

/// Something that can be done with a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunAction {
    /// Stop it.
    Cancel,
    /// Hold it.
    Pause,
    /// Let it go on.
    Resume,
    /// Start a new run over its failed targets.
    RetryFailed,
}

impl RunAction {
    const ALL: [Self; 4] = [Self::Cancel, Self::Pause, Self::Resume, Self::RetryFailed];

    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::RetryFailed => "retry_failed",
        }
    }
}

/// What of a run's state decides about actions.
#[derive(Debug, Clone, Copy)]
pub struct RunFlags {
    /// Where it stands.
    pub status: Status,
    /// It is paused.
    pub paused: bool,
    /// It was asked to stop.
    pub cancel_requested: bool,
    /// It has failed targets.
    pub has_failed: bool,
}

/// Why the state forbids an action, if it does.
pub fn refusal(action: RunAction, run: RunFlags) -> Option<&'static str> {
    let completed = run.status == Status::Completed;
    match action {
        RunAction::RetryFailed if !completed => Some("The run has not ended yet."),
        RunAction::RetryFailed if !run.has_failed => Some("No target of the run failed."),
        RunAction::RetryFailed => None,
        _ if completed => Some("The run has ended."),
        _ if run.cancel_requested => Some("The run is being cancelled."),
        RunAction::Pause if run.paused => Some("The run is paused already."),
        RunAction::Resume if !run.paused => Some("The run is not paused."),
        _ => None,
    }
}

/// Errors with 409 `run-state-conflict` when the state forbids the action.
pub fn ensure_allowed(action: RunAction, run: RunFlags) -> Result<()> {
    match refusal(action, run) {
        None => Ok(()),
        Some(reason) => Err(Error::new(Code::RunStateConflict, reason)),
    }
}

/// Errors with 403 unless the caller could start a run of this type.
pub fn ensure_may_start(permit: &Permit<RunbooksRun>, kind: &str) -> Result<()> {
    // A type that has left the catalog can still be stopped by whoever may run runbooks.
    runbooks::find(kind).map_or(Ok(()), |runbook| permit.require(runbook.info().capability))
}

/// The same for a run that is there, before anything else about the request is looked at. Errors: 404, 403.
pub fn ensure_may_change(permit: &Permit<RunbooksRun>, conn: &mut PgConnection, run_id: i64) -> Result<()> {
    let kind = store::find_kind(conn, run_id)?.ok_or_else(Error::not_found)?;
    ensure_may_start(permit, &kind)
}

/// Every action with its state for the holder of a permit to look at the run.
pub(super) fn states<C: Capability>(
    permit: &Permit<C>,
    (run_id, kind): (i64, &str),
    run: RunFlags,
    pauses: &RunPauses,
) -> Vec<ActionState> {
    let needed = [Some(RunbooksRun::ENTRY), runbooks::find(kind).ok().map(|runbook| runbook.info().capability)];
    let missing = needed.into_iter().flatten().find(|capability| !permit.holds(capability));
    let state = |action: RunAction| {
        let reason = match missing {
            Some(capability) => Some(format!("You lack the capability {}.", capability.name)),
            // In the order in which the action itself is refused: the control comes before the state.
            None => pauses.refusal(run_id, kind, action).or_else(|| refusal(action, run).map(ToOwned::to_owned)),
        };
        ActionState { action: action.as_str(), allowed: reason.is_none(), reason }
    };
    RunAction::ALL.into_iter().map(state).collect()
}
