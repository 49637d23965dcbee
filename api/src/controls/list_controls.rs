//! Every control with its pauses.

use super::view::Control;
use super::{ActiveRuns, CATALOG, Definition, store};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::db::clock;
use crate::error::Result;
use diesel::PgConnection;

/// All controls, in the order of the catalog.
pub fn list_controls(_permit: &Permit<ControlsManage>, conn: &mut PgConnection, active: &dyn ActiveRuns) -> Result<Vec<Control>> {
    let now = clock::read(conn)?;
    let pauses = store::list_not_over(conn, None, now)?;
    let of = |control: &'static Definition| {
        let own: Vec<_> = pauses.iter().filter(|pause| pause.control_key == control.key).cloned().collect();
        Control::of(conn, active, control, &own)
    };
    CATALOG.iter().map(of).collect()
}
