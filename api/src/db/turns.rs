//! Turns at the connections of a process: as many at once as there are connections, of them so many for one person and one
//! tenant, and some beside that are kept for what must go through whatever others do.

use super::errors::unavailable;
use super::refusals;
use crate::error::{Code, Error, Result};
use crate::shares::{Part, Shares};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// How long a request waits for its turn before it is told that the database is busy.
const WAIT_FOR_TURN: Duration = Duration::from_secs(2);

/// How many may wait for a turn at once; others are told at once that the database is busy. More could not be served within
/// the time that each waits, if a request keeps a connection for some 100 milliseconds.
const MOST_WAITING: usize = 256;

/// How the connections for requests are shared out on a node.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionShares {
    /// Connections for requests, without those that are reserved.
    pub requests: u32,
    /// Connections that the people of one tenant have at once.
    pub per_tenant: u32,
    /// Connections that one person has at once, by whatever sessions and tokens.
    pub per_person: u32,
    /// Connections reserved for each [`Purpose`] that has some.
    pub reserved: u32,
}

impl ConnectionShares {
    /// Connections that are not shared out: whoever comes takes the next.
    pub const fn of_one(connections: u32) -> Self {
        Self { requests: connections, per_tenant: connections, per_person: connections, reserved: 0 }
    }

    /// All connections together.
    pub fn total(self) -> u32 {
        self.requests.saturating_add(self.reserved.saturating_mul(RESERVES))
    }
}

/// Purposes that have connections of their own.
const RESERVES: u32 = 2;

/// What a connection is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Requests, within the shares of their callers.
    Requests,
    /// Finding out who calls: sign-in, sessions, API tokens.
    Identity,
    /// Kill switches.
    Controls,
}

/// For whom a request works; its database work counts for them.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Names the person, over all their sessions and API tokens.
    pub person: String,
    /// The tenant whose share the request uses, `tenants.id`.
    pub tenant: Option<i64>,
}

tokio::task_local! {
    static CALLER: Caller;
}

/// Does `work` in the name of the caller: within it, each turn counts for their shares.
pub async fn on_behalf_of<F: Future>(caller: Caller, work: F) -> F::Output {
    CALLER.scope(caller, work).await
}

/// The turns of one pool.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    requests: Queue,
    identity: Queue,
    controls: Queue,
    persons: Shares<String>,
    tenants: Shares<i64>,
}

/// A turn; the next one begins when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    // Given back in this order, so that whoever waits for a share finds a connection free.
    _connection: OwnedSemaphorePermit,
    _tenant: Option<Part<i64>>,
    _person: Option<Part<String>>,
}

impl Turns {
    pub fn new(shares: ConnectionShares) -> Self {
        Self {
            requests: Queue::of(shares.requests),
            identity: Queue::of(shares.reserved),
            controls: Queue::of(shares.reserved),
            // A person and a tenant have only so many requests under way, and no more can wait.
            persons: Shares::new(shares.per_person as usize, usize::MAX),
            tenants: Shares::new(shares.per_tenant as usize, usize::MAX),
        }
    }

    /// Waits for a turn, two seconds at most. Errors: 429 when the caller's share is in use, 503 when all connections are.
    pub async fn take(&self, purpose: Purpose) -> Result<Turn> {
        let until = Instant::now() + WAIT_FOR_TURN;
        match (purpose, CALLER.try_with(Clone::clone)) {
            (Purpose::Requests, Ok(caller)) => self.take_of(caller, until).await,
            _ => Ok(Turn { _connection: self.take_any(purpose, until).await?, _tenant: None, _person: None }),
        }
    }

    async fn take_of(&self, caller: Caller, until: Instant) -> Result<Turn> {
        let person = timeout_at(until, self.persons.take(caller.person)).await.ok().flatten();
        let person = Some(person.ok_or_else(|| share_in_use("person", "Too many of your requests are under way."))?);
        let tenant = match caller.tenant {
            None => None,
            Some(tenant) => {
                let part = timeout_at(until, self.tenants.take(tenant)).await.ok().flatten();
                Some(part.ok_or_else(|| share_in_use("tenant", "Too many requests of your organisation are under way."))?)
            }
        };
        Ok(Turn { _connection: self.take_any(Purpose::Requests, until).await?, _tenant: tenant, _person: person })
    }

    /// Takes a connection for requests if one is free, so that what is reserved is there when none is.
    async fn take_any(&self, purpose: Purpose, until: Instant) -> Result<OwnedSemaphorePermit> {
        if let Ok(turn) = self.requests.free.clone().try_acquire_owned() {
            return Ok(turn);
        }
        let queue = match purpose {
            Purpose::Requests => &self.requests,
            Purpose::Identity => &self.identity,
            Purpose::Controls => &self.controls,
        };
        queue.wait(until).await.ok_or_else(|| {
            refusals::count();
            unavailable("All database connections are in use.")
        })
    }
}

/// Connections, and callers that wait for one of them.
#[derive(Debug, Clone)]
struct Queue {
    free: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Queue {
    fn of(connections: u32) -> Self {
        Self { free: Arc::new(Semaphore::new(connections as usize)), waiting: Arc::default() }
    }

    /// None when too many wait already, or none was free in time.
    async fn wait(&self, until: Instant) -> Option<OwnedSemaphorePermit> {
        let _place = Place::take(&self.waiting)?;
        timeout_at(until, self.free.clone().acquire_owned()).await.ok()?.ok()
    }
}

fn share_in_use(share: &'static str, detail: &'static str) -> Error {
    metrics::counter!("db_share_refusals_total", "share" => share).increment(1);
    Error::new(Code::TooManyRequests, format!("{detail} Wait for their answers, then try again.")).retry_after(2)
}

/// A place in the queue; left when dropped, also by a request that is given up.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(waiting.clone());
        (waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
