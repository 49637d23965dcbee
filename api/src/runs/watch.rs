//! Live views of runs (RUN-10): one poller a run and process, however many watch.
//!
//! An event holds the whole present state, so a client that comes back with `Last-Event-ID` misses nothing.

use super::get_run::to_run;
use super::list_targets::to_target;
use super::model::{Run, RunTarget};
use super::operation::Operation;
use super::state::Status;
use super::store::runs as store;
use super::store::targets::TargetRow;
use crate::db::Db;
use crate::db::loggable::describe;
use crate::error::{Error, Result};
use diesel::PgConnection;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use utoipa::ToSchema;

/// How often a watched run is read.
const TICK: Duration = Duration::from_millis(500);
/// Running targets shown in an event.
const RUNNING_SHOWN: i64 = 20;

/// Present state of a run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunEvent {
    /// The run; `actions` are left out, since all watchers get the same event.
    pub run: Run,
    /// Number of targets by state.
    pub targets: BTreeMap<String, i64>,
    /// Up to 20 targets that workers hold now.
    pub running: Vec<RunTarget>,
}

/// The same as members of the run's tenant see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OperationEvent {
    /// The run.
    pub run: Operation,
    /// Number of targets by state.
    pub targets: BTreeMap<String, i64>,
    /// Up to 20 targets that workers hold now.
    pub running: Vec<RunTarget>,
}

impl From<RunEvent> for OperationEvent {
    fn from(event: RunEvent) -> Self {
        Self { run: event.run.into(), targets: event.targets, running: event.running }
    }
}

/// An event as it is sent, numbered by its content, so that the same state has the same number on every node.
#[derive(Debug, Clone)]
pub struct Frame {
    /// `id` of the event.
    pub id: u64,
    /// The event as JSON.
    pub data: String,
}

impl Frame {
    fn of(event: &impl Serialize) -> Result<Self> {
        let data = serde_json::to_string(event).map_err(Error::internal)?;
        Ok(Self { id: number(&data), data })
    }
}

/// One state of a run, as each plane sees it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// For the system plane.
    pub for_operators: Frame,
    /// For the tenant plane.
    pub for_members: Frame,
    /// No further event will come.
    pub is_final: bool,
}

/// The pollers of this process.
#[derive(Clone, Default)]
pub struct Watchers(Arc<Mutex<Pollers>>);

#[derive(Default)]
struct Pollers {
    by_run: HashMap<i64, watch::Receiver<Option<Snapshot>>>,
    is_closed: bool,
}

impl Watchers {
    /// A receiver of the run's snapshots; the poller lives as long as somebody listens.
    pub fn subscribe(&self, db: &Db, run_id: i64) -> watch::Receiver<Option<Snapshot>> {
        let mut pollers = self.lock();
        if let Some(receiver) = pollers.by_run.get(&run_id)
            && receiver.has_changed().is_ok()
        {
            return receiver.clone();
        }
        let (sender, receiver) = watch::channel(None);
        pollers.by_run.insert(run_id, receiver.clone());
        tokio::spawn(poll(self.clone(), db.clone(), run_id, sender));
        receiver
    }

    /// Ends all streams, so that a shutdown does not wait for them.
    pub fn close(&self) {
        self.lock().is_closed = true;
    }

    /// Forgets the poller if it is to end; under the lock, so that nobody subscribes to one that is just leaving.
    fn leave(&self, run_id: i64, sender: &watch::Sender<Option<Snapshot>>, is_over: bool) -> bool {
        let mut pollers = self.lock();
        // The registry holds one receiver itself.
        let leaves = is_over || pollers.is_closed || sender.receiver_count() <= 1;
        if leaves {
            pollers.by_run.remove(&run_id);
        }
        leaves
    }

    fn lock(&self) -> MutexGuard<'_, Pollers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn poll(watchers: Watchers, db: Db, run_id: i64, sender: watch::Sender<Option<Snapshot>>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let mut is_over = false;
        match db.read(move |conn| read(conn, run_id)).await {
            Ok(snapshot) => {
                is_over = snapshot.is_final;
                sender.send_if_modified(|last| {
                    let is_new = last.as_ref().is_none_or(|last| last.for_operators.id != snapshot.for_operators.id);
                    *last = Some(snapshot);
                    is_new
                });
            }
            Err(error) if crate::db::is_away(&error) => {}
            Err(error) => tracing::warn!(run.id = run_id, error = describe(&error), "watched run could not be read"),
        }
        if watchers.leave(run_id, &sender, is_over) {
            return;
        }
    }
}

fn read(conn: &mut PgConnection, run_id: i64) -> Result<Snapshot> {
    let row = store::find_watched(conn, run_id, RUNNING_SHOWN)?.ok_or_else(Error::not_found)?;
    let run = to_run(row.run)?;
    let is_final = run.status == Status::Completed;
    let targets = serde_json::from_value(row.states).map_err(Error::internal)?;
    let running: Vec<TargetRow> = serde_json::from_value(row.running).map_err(Error::internal)?;
    let event = RunEvent { run, targets, running: running.into_iter().map(to_target).collect::<Result<_>>()? };
    Ok(Snapshot { for_operators: Frame::of(&event)?, for_members: Frame::of(&OperationEvent::from(event))?, is_final })
}

/// A number for a text; 53 bits, so that every client can hold it.
fn number(text: &str) -> u64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text);
    digest.first_chunk().copied().map_or(0, u64::from_be_bytes) >> 11
}
