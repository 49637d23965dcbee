//! What somebody was told.

use super::model::NotificationState;
use super::{Inbox, Notification, store};
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page, newest first, and how many are unread in all.
pub fn list_notifications(inbox: &Inbox, conn: &mut PgConnection, page: PageRequest) -> Result<(Page<Notification>, i64)> {
    inbox.read(conn, |conn| {
        let rows = store::list(conn, inbox, page)?;
        Ok((Page::of(rows, page, |row| row.id), store::count_unread(conn, inbox)?))
    })
}

/// How it stands now.
pub fn find_state(inbox: &Inbox, conn: &mut PgConnection) -> Result<NotificationState> {
    inbox.read(conn, |conn| {
        let unread_count = store::count_unread(conn, inbox)?;
        Ok(NotificationState { unread_count, newest: store::find_newest_unread(conn, inbox)? })
    })
}
