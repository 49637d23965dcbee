//! What is paused now, over all controls.

use super::{CATALOG, Decision, store};
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::error::Result;
use diesel::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

/// One scope that a control pauses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PausedControl {
    /// What the control says there.
    #[serde(flatten)]
    pub decision: Decision,
    /// What the control is called.
    pub label: String,
    /// Name of the workspace of a workspace pause.
    pub workspace_name: Option<String>,
}

/// Every scope that is paused: in the order of the catalog, the whole installation first, then workspaces.
pub fn list_paused(_permit: &Permit<ConsoleView>, conn: &mut PgConnection) -> Result<Vec<PausedControl>> {
    let pauses = store::list_in_force(conn, None)?;
    let workspaces: Vec<i64> = pauses.iter().filter_map(|pause| pause.workspace_id).collect();
    let names = store::list_workspace_names(conn, &workspaces)?;
    let mut paused: Vec<PausedControl> = Vec::new();
    for control in CATALOG {
        for pause in pauses.iter().filter(|pause| pause.control_key == control.key) {
            // Where a scheduled pause begins within another one, the first lasts longer and decides.
            let is_decided = paused
                .iter()
                .any(|one| one.decision.control_key == control.key && one.decision.workspace_id == pause.workspace_id);
            if !is_decided {
                paused.push(PausedControl {
                    decision: Decision::paused(pause),
                    label: control.label.to_owned(),
                    workspace_name: pause.workspace_id.and_then(|id| names.get(&id).cloned()),
                });
            }
        }
    }
    Ok(paused)
}
