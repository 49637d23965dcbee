//! Listens on a connection of its own, and wakes whoever waits for work.

use super::Signal;
use crate::db::{Address, SessionLimits, jobs};
use crate::runs::CHANNEL;
use diesel::connection::SimpleConnection;
use std::time::Duration;
use tokio::sync::Notify;

/// Pause before the next try to listen.
const RECONNECT: Duration = Duration::from_secs(1);
/// Pause between two looks at what the server has sent. A look asks the machine alone.
const LOOK: Duration = Duration::from_millis(20);

/// Wakes the lanes at each notification about runs, and the sender at each about jobs, until the signal stops; both after each
/// reconnect as well. Polling covers what is missed, so that a failure here delays work and loses none.
pub(super) fn listen(address: &Address, signal: &Signal, inserted: &Notify) {
    while !signal.is_stopped() {
        if let Err(error) = listen_once(address, signal, inserted) {
            tracing::debug!(%error, "not listening; polling goes on");
        }
        signal.wait_for_stop(RECONNECT);
    }
}

fn listen_once(address: &Address, signal: &Signal, inserted: &Notify) -> Result<(), diesel::r2d2::Error> {
    let mut conn = address.connect(SessionLimits::PROCESS)?;
    conn.batch_execute(&format!("LISTEN {CHANNEL}; LISTEN \"{}\"", jobs::CHANNEL))?;
    signal.wake();
    inserted.notify_one();
    while !signal.is_stopped() {
        for notification in conn.notifications_iter() {
            match notification?.channel == jobs::CHANNEL {
                true => inserted.notify_one(),
                false => signal.wake(),
            }
        }
        signal.wait_for_stop(LOOK);
    }
    Ok(())
}
