//! What somebody was told.

use super::model::NotificationState;
use super::{Inbox, Notification, store};
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page, newest first, and how many are unread in all.
pub fn list_notifications(inbox: &Inbox, conn: &mut PgConnection, page: PageRequest) -> Result<(Page<Notification>, i64)> {
    let recipient = inbox.recipient();
    inbox.read(conn, |conn| {
        let rows = store::list(conn, recipient, page)?;
        Ok((Page::of(rows, page, |row| row.id), store::count_unread(conn, recipient)?))
    })
}

/// How it stands now.
pub fn find_state(inbox: &Inbox, conn: &mut PgConnection) -> Result<NotificationState> {
    let recipient = inbox.recipient();
    inbox.read(conn, |conn| {
        let unread_count = store::count_unread(conn, recipient)?;
        Ok(NotificationState { unread_count, newest: store::find_newest_unread(conn, recipient)? })
    })
}
