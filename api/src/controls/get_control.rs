//! One control with its pauses.

use super::view::Control;
use super::{ActiveRuns, Definition, store};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::db::clock;
use crate::error::Result;
use diesel::PgConnection;

/// The control.
pub fn get_control(
    _permit: &Permit<ControlsManage>,
    conn: &mut PgConnection,
    active: &dyn ActiveRuns,
    control: &'static Definition,
) -> Result<Control> {
    let now = clock::read(conn)?;
    let pauses = store::list_not_over(conn, Some(control.key), now)?;
    Control::of(conn, active, control, &pauses)
}
