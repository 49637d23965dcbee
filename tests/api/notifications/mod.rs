//! What ended, told to whoever started it (RUN-15).

mod completion;
mod list_notifications;
mod read_notifications;
mod users;
mod watch_notifications;
