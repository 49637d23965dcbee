//! The queue mechanics: lanes that take turns, heartbeat, sweep, and beside them the sender of alerts. Knows nothing of
//! runbooks.
//!
//! `NOTIFY` makes it fast, polling makes it right. Each lane is a thread with a connection of its own; a lane that loses the
//! database waits and comes back to the same target if its lease still holds.

mod listen;
mod signal;

use listen::listen;
pub use signal::Signal;

use crate::alerts::{self, Outbox};
use crate::config::Config;
use crate::db::loggable::describe;
use crate::db::{Address, Db, SessionLimits, is_away};
use crate::error::Error;
use crate::runs::lane::{Lane, Turn};
use crate::runs::sweep;
use crate::telemetry::upkeep;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use uuid::Uuid;

/// How long an idle lane sleeps when nothing wakes it.
const POLL: Duration = Duration::from_secs(1);
/// How long it sleeps when other lanes have hold of all that there is.
const CROWDED: Duration = Duration::from_millis(20);
/// Connections of the sender of alerts, which looks for jobs over them, too.
const SENDER_CONNECTIONS: u32 = 8;
/// Time in which all work of a process that stops ends, whatever the database does.
pub const STOP: Duration = Duration::from_secs(3);
/// How often a process says that it lives and looks for what died.
const SWEEP: Duration = Duration::from_secs(2);

/// The lanes of this process.
pub struct Worker {
    id: Uuid,
    db: Db,
    signal: Arc<Signal>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts the lanes that the settings ask for, the sweep with the upkeep of product usage, the sender of alerts, and the
    /// listener that wakes them.
    pub fn start(address: &Address, config: &Config) -> Result<Self, Error> {
        let (lanes, retention_days) = (config.worker_concurrency, config.product_usage_event_retention_days);
        let size = u32::try_from(lanes).unwrap_or(64).saturating_add(1);
        let db = Db::new(address, size, SessionLimits::WORKER);
        let signal = Arc::new(Signal::default());
        let id = Uuid::new_v4();
        let mut worker = Self { id, db, signal, threads: Vec::new() };
        worker.spawn("sweep", move |id, db, signal| sweep_lane(id, db, signal, retention_days))?;
        for _ in 0..lanes {
            worker.spawn("lane", work_lane)?;
        }
        let inserted = Arc::new(Notify::new());
        worker.spawn_sender(address, config, &inserted)?;
        let address = address.clone();
        worker.spawn("listen", move |_, _, signal| listen(&address, signal, &inserted))?;
        tracing::info!(worker.id = %id, lanes, "worker started");
        Ok(worker)
    }

    /// Wakes the lanes and, at shutdown, stops them.
    pub fn signal(&self) -> Arc<Signal> {
        self.signal.clone()
    }

    /// Lets the batches in flight end, gives the targets back, and waits for that until the moment given, should the database not
    /// answer: what is left then is given up by the end of its lease.
    pub fn stop(self, until: Instant) {
        let Self { id, db, signal, threads } = self;
        signal.stop();
        let (tell, ended) = mpsc::channel();
        std::thread::spawn(move || {
            for thread in threads {
                let _ = thread.join();
            }
            let _ = db.run(|conn| sweep::sign_off(conn, id));
            let _ = tell.send(());
        });
        match ended.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(()) => tracing::info!(worker.id = %id, "worker stopped"),
            Err(_) => tracing::warn!(worker.id = %id, "worker stopped without an answer of the database"),
        }
    }

    /// Alerts are sent over connections of their own: who waits for a receiver keeps no lane waiting.
    fn spawn_sender(&mut self, address: &Address, config: &Config, inserted: &Arc<Notify>) -> Result<(), Error> {
        let outbox = self.db.run(|conn| Outbox::load(conn, config))?;
        let (inserted, signal) = (inserted.clone(), self.signal.clone());
        let db = Db::new(address, SENDER_CONNECTIONS, SessionLimits::WORKER);
        let body = move || alerts::sender::run(&db, &outbox, &inserted, move || signal.is_stopped());
        let thread = std::thread::Builder::new().name("alerts".to_owned()).spawn(body).map_err(Error::internal)?;
        self.threads.push(thread);
        Ok(())
    }

    fn spawn(&mut self, name: &str, body: impl FnOnce(Uuid, &Db, &Signal) + Send + 'static) -> Result<(), Error> {
        let (id, db, signal) = (self.id, self.db.clone(), self.signal.clone());
        let thread =
            std::thread::Builder::new().name(name.to_owned()).spawn(move || body(id, &db, &signal)).map_err(Error::internal)?;
        self.threads.push(thread);
        Ok(())
    }
}

fn sweep_lane(id: Uuid, db: &Db, signal: &Signal, retention_days: u16) {
    let name = format!("{}:{}", host_name(), std::process::id());
    while !signal.is_stopped() {
        let swept = db.run(|conn| {
            sweep::heartbeat(conn, id, &name)?;
            sweep::sweep(conn)
        });
        match swept {
            Ok(swept) if swept.leases_expired > 0 => signal.wake(),
            Ok(_) => {}
            Err(error) if is_away(&error) => {}
            Err(error) => tracing::warn!(error = describe(&error), "sweep failed"),
        }
        match db.run(|conn| upkeep::keep_up(conn, retention_days)) {
            Ok(_) => {}
            Err(error) if is_away(&error) => {}
            Err(error) => tracing::warn!(error = describe(&error), "upkeep of product usage failed"),
        }
        signal.wait_for_stop(SWEEP);
    }
}

fn work_lane(id: Uuid, db: &Db, signal: &Signal) {
    let mut lane = Lane::new(id);
    while !signal.is_stopped() {
        let seen = signal.generation();
        let worked = db.run(|conn| {
            while !signal.is_stopped() {
                match lane.turn(conn)? {
                    Turn::Worked => {}
                    // The connection is thrown away; the next one goes on with the same target, if the lease still holds then.
                    Turn::Away => return Err(diesel::result::Error::BrokenTransactionManager.into()),
                    idle => return Ok(idle),
                }
            }
            lane.release(conn).map(|()| Turn::Worked)
        });
        match worked {
            Ok(Turn::Idle) => signal.wait(seen, POLL),
            Ok(Turn::Crowded) => signal.wait(seen, CROWDED),
            Ok(_) => {}
            Err(error) => {
                if !is_away(&error) {
                    tracing::error!(error = describe(&error), "lane failed");
                }
                signal.wait_for_stop(POLL);
            }
        }
    }
    let _ = db.run(|conn| lane.release(conn));
}

fn host_name() -> String {
    std::fs::read_to_string("/etc/hostname").map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}
