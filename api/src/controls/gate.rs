//! The only question that others ask: may this start now?
//!
//! [`ask`] is linearizable with pausing (CTL-08). It takes the control's lock shared, in a statement of its own; who
//! pauses takes it exclusively and commits with it. So a start either had its decision before the pause was written, and
//! has committed before the pause returns, or it waits and reads a snapshot of after the pause. That holds only under READ
//! COMMITTED, where the next statement has a snapshot of its own; a higher level would decide by one from before the wait.

use super::activation::InForce;
use super::blocked::Blocked;
use super::decision::{Decision, Excluded};
use super::{Definition, store};
use crate::db::locks::{self, LockClass};
use crate::error::Result;
use crate::tenancy::{self, ReachedWorkspace};
use diesel::PgConnection;

/// What a control says about an action over some tenants.
#[derive(Debug, Clone)]
pub struct Verdict {
    control: &'static Definition,
    global: Option<Decision>,
    /// Workspaces that are paused individually and hold tenants in question.
    pub excluded: Vec<Excluded>,
    /// Every workspace that is paused individually, also those without a tenant in question yet.
    pub paused_workspaces: Vec<i64>,
    leaves_something: bool,
}

/// What the control says now about an action over these tenants of the allowed universe; none named: over all. To show it,
/// and to refuse early: what may start is decided by [`ask`] alone.
pub fn decide(conn: &mut PgConnection, control: &'static Definition, tenants: Option<&[i64]>) -> Result<Verdict> {
    let pauses = store::list_in_force(conn, Some(control.key))?;
    let by_workspace = pauses.iter().any(|pause| pause.workspace_id.is_some());
    let reached = if by_workspace { tenancy::list_reached_workspaces(conn, tenants)? } else { Vec::new() };
    Ok(Verdict::of(control, &pauses, &reached))
}

/// The same inside the transaction that would start the action: until that ends, nobody pauses or resumes the control.
/// Called as late as possible and before every other lock (see the lock order). Errors: 503 when a pause holds the lock for
/// longer than the session waits; 500 outside of a READ COMMITTED transaction.
pub fn ask(conn: &mut PgConnection, control: &'static Definition, tenants: Option<&[i64]>) -> Result<Verdict> {
    locks::lock_shared(conn, LockClass::Gate, control.key)?;
    decide(conn, control, tenants)
}

/// Every pause that is in force, to decide about many actions at once.
pub struct Pauses(Vec<InForce>);

impl Pauses {
    /// Reads them.
    pub fn load(conn: &mut PgConnection) -> Result<Self> {
        Ok(Self(store::list_in_force(conn, None)?))
    }

    /// Whether some workspace is paused individually, so that verdicts depend on what an action reaches.
    pub fn name_workspaces(&self) -> bool {
        self.0.iter().any(|pause| pause.workspace_id.is_some())
    }

    /// What the control says about an action that reaches these workspaces.
    pub fn verdict(&self, control: &'static Definition, reached: &[ReachedWorkspace]) -> Verdict {
        let own: Vec<InForce> = self.0.iter().filter(|pause| pause.control_key == control.key).cloned().collect();
        Verdict::of(control, &own, reached)
    }
}

impl Verdict {
    fn of(control: &'static Definition, pauses: &[InForce], reached: &[ReachedWorkspace]) -> Self {
        let of_workspace = |id: i64| pauses.iter().find(|pause| pause.workspace_id == Some(id));
        let exclude = |workspace: &ReachedWorkspace| {
            of_workspace(workspace.id).map(|pause| Excluded {
                workspace_id: workspace.id,
                name: workspace.name.clone(),
                tenant_count: workspace.tenant_count,
                decision: Decision::paused(pause),
            })
        };
        let excluded: Vec<Excluded> = reached.iter().filter_map(exclude).collect();
        Self {
            control,
            global: pauses.iter().find(|pause| pause.workspace_id.is_none()).map(Decision::paused),
            paused_workspaces: pauses.iter().filter_map(|pause| pause.workspace_id).collect(),
            leaves_something: reached.is_empty() || excluded.len() < reached.len(),
            excluded,
        }
    }

    /// The decision over the whole installation (CTL-13).
    pub fn decision(&self) -> Decision {
        self.global.clone().unwrap_or_else(|| Decision::enabled(self.control))
    }

    /// The decision about an action over one tenant: a global pause wins over its workspace's.
    pub fn decision_of_one(&self) -> Decision {
        let of_workspace = || self.excluded.first().map(|excluded| excluded.decision.clone());
        self.global.clone().or_else(of_workspace).unwrap_or_else(|| Decision::enabled(self.control))
    }

    /// Why nothing may start: a global pause, or one of every workspace in question. Otherwise the workspaces that are
    /// paused are left out.
    pub fn forbids_start(&self) -> Option<Blocked> {
        match &self.global {
            Some(decision) => Some(Blocked::globally(self.control, decision.clone())),
            None if self.leaves_something => None,
            None => Some(Blocked::in_workspaces(self.control, &self.excluded)),
        }
    }

    /// Why something accepted before may not go on: a global pause, or one of any workspace that it still reaches.
    pub fn forbids_going_on(&self) -> Option<Blocked> {
        match &self.global {
            Some(decision) => Some(Blocked::globally(self.control, decision.clone())),
            None if self.excluded.is_empty() => None,
            None => Some(Blocked::in_workspaces(self.control, &self.excluded)),
        }
    }
}
