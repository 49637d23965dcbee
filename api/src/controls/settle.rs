//! What time has done to the pauses of a control, put into its rows before a write: what is over is removed and
//! announced, what was scheduled and has begun becomes a pause like any other.

use super::activation::Pause;
use super::{Definition, expire, store};
use crate::db::Moment;
use crate::error::Result;
use diesel::PgConnection;
use time::OffsetDateTime;

/// Does it, and returns the pauses that are not over at the moment of the change, which the caller has read under the
/// control's lock. Nothing is opened or closed by this: of two pauses of one scope that are both in force the one that lasts longer stays.
pub(super) fn settle(conn: &mut PgConnection, control: &Definition, now: Moment) -> Result<Vec<Pause>> {
    for expired in store::delete_expired_of(conn, control.key, now)? {
        expire::announce(conn, &expired)?;
    }
    let pauses = store::list_not_over(conn, Some(control.key), now)?;
    let mut has_changed = false;
    for begun in pauses.iter().filter(|pause| pause.is_scheduled && pause.is_in_force) {
        let present = pauses.iter().find(|pause| !pause.is_scheduled && pause.scope() == begun.scope());
        match present {
            Some(present) if lasts_longer(present.expires_at, begun.expires_at) => store::delete_pause(conn, begun.id)?,
            Some(present) => {
                store::delete_pause(conn, present.id)?;
                store::set_begun(conn, begun.id)?;
            }
            None => store::set_begun(conn, begun.id)?,
        }
        has_changed = true;
    }
    if has_changed { Ok(store::list_not_over(conn, Some(control.key), now)?) } else { Ok(pauses) }
}

/// Without an end it lasts for good.
fn lasts_longer(one: Option<OffsetDateTime>, other: Option<OffsetDateTime>) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one >= other,
    }
}
