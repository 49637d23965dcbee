//! Marking what was seen. It changes nothing but what its reader is shown, so it leaves no trace in audit.

use super::{Inbox, store};
use crate::error::{Error, Result};
use diesel::PgConnection;

/// Marks one as read; one that is already stays so. Errors: 404 for what is not there, not theirs, or not theirs to see now.
pub fn read_notification(inbox: &Inbox, conn: &mut PgConnection, id: i64) -> Result<()> {
    match inbox.write(conn, |conn| Ok(store::set_read(conn, inbox, id)?))? {
        0 => Err(Error::not_found()),
        _ => Ok(()),
    }
}

/// Marks all as read; up to one that was seen, so that what arrived since stays unread.
pub fn read_all_notifications(inbox: &Inbox, conn: &mut PgConnection, up_to: Option<i64>) -> Result<()> {
    inbox.write(conn, |conn| Ok(store::set_all_read(conn, inbox, up_to.unwrap_or(i64::MAX))?))?;
    Ok(())
}
