//! Turns at the connections of a process: as many at once as there are connections, of them so many for one person, one tenant
//! and one address, and some beside that are kept for what must go through whatever others do.

use super::errors::unavailable;
use super::refusals;
use crate::error::{Code, Error, Result};
use crate::shares::{Part, Shares};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// Longest wait of a request for its turn before it is told that the database is busy.
const WAIT_FOR_TURN: Duration = Duration::from_secs(2);

/// Most requests that wait for a turn at once; others are told at once that the database is busy. More could not be served within
/// the time that each waits, if a request keeps a connection for some 100 milliseconds.
const MOST_WAITING: usize = 256;

/// Shares of the connections for requests on a node.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionShares {
    /// Connections for requests, without those that are reserved.
    pub requests: u32,
    /// Connections that the people of one tenant have at once.
    pub per_tenant: u32,
    /// Connections that one person has at once for each [`Purpose`], by whatever sessions and tokens.
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

/// Purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Requests, within the shares of their callers.
    Requests,
    /// Finding out who calls: sign-in, sessions, API tokens.
    Identity,
    /// Kill switches.
    Controls,
}

/// Holder of the shares for which the database work of a request counts.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A person who is signed in.
    Person {
        /// Name of the person, over all their sessions and API tokens.
        person: String,
        /// Tenant whose share the request uses, `tenants.id`.
        tenant: Option<i64>,
    },
    /// A client address, while nobody is known behind the request.
    Address(String),
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
    persons: Shares<(Purpose, String)>,
    tenants: Shares<i64>,
    addresses: Shares<String>,
}

/// A turn; the next one begins when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    // Given back in this order, so that whoever waits for a share finds a connection free.
    _connection: OwnedSemaphorePermit,
    _tenant: Option<Part<i64>>,
    _person: Option<Part<(Purpose, String)>>,
    _address: Option<Part<String>>,
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
            // A stranger asks without end: half of the connections, so that what they do keeps nobody else from signing in.
            addresses: Shares::new((shares.requests / 2).max(1) as usize, MOST_WAITING),
        }
    }

    /// Waits for a turn, two seconds at most. Errors: 429 when the share of the person or tenant is in use, 503 when that of the
    /// address is, or all connections are.
    pub async fn take(&self, purpose: Purpose) -> Result<Turn> {
        let until = Instant::now() + WAIT_FOR_TURN;
        let (mut in_person, mut in_tenant, mut from_address) = (None, None, None);
        match CALLER.try_with(Clone::clone) {
            Ok(Caller::Person { person, tenant }) => {
                let part = timeout_at(until, self.persons.take((purpose, person))).await.ok().flatten();
                in_person = Some(part.ok_or_else(|| share_in_use("person", "Too many of your requests are under way."))?);
                // Signing out and the like is everybody's own, whatever their colleagues do.
                if let Some(tenant) = tenant.filter(|_| purpose == Purpose::Requests) {
                    let part = timeout_at(until, self.tenants.take(tenant)).await.ok().flatten();
                    let refused = || share_in_use("tenant", "Too many requests of your organisation are under way.");
                    in_tenant = Some(part.ok_or_else(refused)?);
                }
            }
            Ok(Caller::Address(address)) => {
                let part = timeout_at(until, self.addresses.take(address)).await.ok().flatten();
                from_address = Some(part.ok_or_else(|| busy("Too many requests from your address are under way."))?);
            }
            Err(_) => {}
        }
        let connection = self.take_any(purpose, until).await?;
        Ok(Turn { _connection: connection, _tenant: in_tenant, _person: in_person, _address: from_address })
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
        queue.wait(until).await.ok_or_else(|| busy("All database connections are in use."))
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

fn busy(detail: &'static str) -> Error {
    refusals::count();
    unavailable(detail)
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
