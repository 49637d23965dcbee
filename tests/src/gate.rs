//! The lock of a control, held from outside.

use crate::postgres;
use diesel::Connection;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tenantatlas::controls::{self, gate};
use tenantatlas::error::Error;

/// Asks the gate like a start that takes its time; it ends when told, or after twenty seconds.
pub fn hold_shared(database_url: &str, key: &str) -> (Sender<()>, JoinHandle<()>) {
    let control = controls::find(key).expect("a control");
    let mut conn = postgres::connect(database_url);
    let (let_go, told) = channel();
    let (tell, holds) = channel();
    let holder = std::thread::spawn(move || {
        let held = conn.transaction(|conn| {
            gate::ask(conn, control, None)?;
            tell.send(()).map_err(Error::internal)?;
            let _ = told.recv_timeout(Duration::from_secs(20));
            Ok::<_, Error>(())
        });
        held.expect("to hold the lock");
    });
    holds.recv().expect("the lock to be held");
    (let_go, holder)
}
