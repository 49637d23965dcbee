//! What operational controls say about runs that are there: asked once for all runs of an answer.

use super::actions::RunAction;
use super::store::reach as store;
use crate::controls::gate::Pauses;
use crate::controls::{self, Definition};
use crate::error::Result;
use crate::runbooks;
use crate::tenancy::ReachedWorkspace;
use diesel::PgConnection;
use std::collections::HashMap;

/// The pauses in force and what each run would still reach.
pub(super) struct RunPauses {
    pauses: Pauses,
    reached: HashMap<i64, Vec<ReachedWorkspace>>,
}

impl RunPauses {
    /// Reads them; what runs reach only where some workspace is paused individually.
    pub(super) fn load(conn: &mut PgConnection, run_ids: &[i64]) -> Result<Self> {
        let pauses = Pauses::load(conn)?;
        let reached = if pauses.name_workspaces() { store::list_reached(conn, run_ids)? } else { HashMap::new() };
        Ok(Self { pauses, reached })
    }

    /// Why a control stops the action, if it does.
    pub(super) fn refusal(&self, run_id: i64, kind: &str, action: RunAction) -> Option<String> {
        let verdict = || {
            let reached = self.reached.get(&run_id).map(Vec::as_slice).unwrap_or_default();
            control_of(kind).map(|control| self.pauses.verdict(control, reached))
        };
        let blocked = match action {
            RunAction::Cancel | RunAction::Pause | RunAction::Acknowledge => None,
            RunAction::Resume => verdict()?.forbids_going_on(),
            RunAction::RetryFailed => verdict()?.forbids_start(),
        };
        blocked.map(|blocked| blocked.sentence())
    }
}

/// The control that is asked about runs of this type; none when the type has left the catalog.
pub(super) fn control_of(kind: &str) -> Option<&'static Definition> {
    runbooks::find(kind).and_then(|runbook| controls::find(runbook.info().control_key)).ok()
}
