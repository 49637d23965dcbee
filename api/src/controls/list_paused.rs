//! What is paused now, over all controls.

use super::{CATALOG, Decision, store};
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::error::Result;
use diesel::PgConnection;

/// The decision of every scope that is paused: in the order of the catalog, the whole installation first, then workspaces.
pub fn list_paused(_permit: &Permit<ConsoleView>, conn: &mut PgConnection) -> Result<Vec<Decision>> {
    let pauses = store::list_in_force(conn, None)?;
    let mut paused: Vec<Decision> = Vec::new();
    for control in CATALOG {
        for pause in pauses.iter().filter(|pause| pause.control_key == control.key) {
            // Where a scheduled pause begins within another one, the first lasts longer and decides.
            let is_decided = paused.iter().any(|one| one.control_key == control.key && one.workspace_id == pause.workspace_id);
            if !is_decided {
                paused.push(Decision::paused(pause));
            }
        }
    }
    Ok(paused)
}
