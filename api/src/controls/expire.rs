//! Pauses that are over by themselves (CTL-12). That they block nothing any more is decided where decisions are read, by
//! comparing times; here their rows are removed and it is said once that they have ended, which may lag.

use super::activation::Pause;
use super::mutation::{self, entry};
use super::{catalog, store};
use crate::alerts::EventKind;
use crate::audit::{self, Action};
use crate::context::Ctx;
use crate::db::clock;
use crate::error::Result;
use diesel::prelude::*;

/// Removes what is over, of every control, and announces each; returns how many. What could not be announced stays and is
/// tried again.
pub fn remove_expired(conn: &mut PgConnection) -> Result<usize> {
    conn.transaction(|conn| {
        let now = clock::read(conn)?;
        let expired = store::delete_expired_idle(conn, now)?;
        for pause in &expired {
            announce(conn, pause)?;
        }
        Ok(expired.len())
    })
}

/// Says that a pause has ended. Nobody ended it, whoever removes the row.
pub(super) fn announce(conn: &mut PgConnection, pause: &Pause) -> Result<()> {
    // A key that has left the catalog has no label any more.
    let label = catalog::find(&pause.control_key).map_or(pause.control_key.as_str(), |control| control.label);
    let ctx = Ctx::system();
    let summary = match &pause.workspace_name {
        None => format!("The global pause of {label} has ended by itself."),
        Some(name) => format!("The pause of {label} for the workspace {name} has ended by itself."),
    };
    mutation::tell(conn, EventKind::ControlExpired, &pause.control_key, pause, summary.clone());
    let entry = entry(Action::ControlExpired, &ctx, (&pause.control_key, label), pause).summary(summary);
    audit::record(conn, &ctx, entry)
}
