//! Connections and the one bridge between async code and the synchronous database driver.
//!
//! Invariant: as many blocking calls as connections, never more, so that a full pool is told at once (503) and no thread
//! waits for a connection. Beside them so many more at most are left to a server that has fallen silent.

use super::address::Address;
use super::errors::{is_away, unavailable};
use super::session::{SessionLimits, may_write};
use super::turns::{ConnectionShares, Purpose, Turns};
use crate::error::{Error, Result};
use diesel::connection::TransactionManager;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection, R2D2Connection};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time without any connection after which those who open them are taken for stuck: longer than a server may take to be reached.
const SILENT: Duration = Duration::from_secs(20);
/// Time beyond the limit of a statement after which its server is taken for silent: the server cancels a statement by itself.
const MARGIN: Duration = Duration::from_secs(2);

/// Access to the database.
#[derive(Clone)]
pub struct Db {
    source: Arc<Source>,
    turns: Turns,
    purpose: Purpose,
    /// Longest time that a caller waits for its work.
    deadline: Option<Duration>,
}

/// A connection that belongs to one caller at a time.
pub(super) type Connection = PooledConnection<Connector>;

/// The pool that connections are taken from at present.
#[derive(Clone)]
struct Present {
    pool: Pool<Connector>,
    /// Number of its predecessors.
    number: u64,
    /// True when it was left for another.
    is_left: Arc<AtomicBool>,
}

impl Present {
    /// Makes a pool, whose connections are opened when first needed.
    fn open(connector: &Connector, size: u32, number: u64) -> Self {
        let is_left = Arc::new(AtomicBool::new(false));
        let connector = Connector { is_left: is_left.clone(), ..connector.clone() };
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(true)
            .connection_timeout(Duration::from_millis(connector.limits.connection_ms.into()))
            // Each failure is told to the caller whom it keeps waiting.
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(connector);
        Self { pool, number, is_left }
    }
}

/// Where connections come from.
struct Source {
    connector: Connector,
    size: u32,
    present: RwLock<Present>,
    /// Places for connections that are left behind in use, as many as a pool has.
    left: Arc<Semaphore>,
    failing: Mutex<Failing>,
}

impl Source {
    fn new(connector: Connector, size: u32) -> Self {
        let left = Arc::new(Semaphore::new(size as usize));
        let present = RwLock::new(Present::open(&connector, size, 0));
        Self { present, connector, size, left, failing: Mutex::default() }
    }

    fn present(&self) -> Present {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Leaves a pool for a new one, unless somebody else did, and closes its connections: those that idle now, those in use when
    /// they come back. Returns a place for the caller's own; none when too many are left already, and nothing is done then.
    fn leave(&self, number: u64) -> Option<OwnedSemaphorePermit> {
        let place = self.left.clone().try_acquire_owned().ok()?;
        self.replace(number);
        Some(place)
    }

    fn replace(&self, number: u64) {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        if present.number != number {
            return;
        }
        let old = std::mem::replace(&mut *present, Present::open(&self.connector, self.size, number + 1));
        drop(present);
        old.is_left.store(true, Ordering::Relaxed);
        // The look before a connection is handed out throws each of them away.
        let _ = old.pool.try_get();
    }

    /// Takes a connection. Where there has been none for long, those who open them may wait for a server that has fallen silent
    /// while a session was set up: others are put in their place.
    fn get(&self) -> Result<Connection> {
        let present = self.present();
        let got = present.pool.get();
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match got {
            Ok(conn) => {
                *failing = Failing::default();
                Ok(conn)
            }
            Err(error) => {
                let is_stuck = failing.is_stuck();
                drop(failing);
                if is_stuck {
                    self.replace(present.number);
                }
                Err(unavailable("The database is away.").with_source(error))
            }
        }
    }
}

/// A time without any connection.
#[derive(Default)]
struct Failing {
    since: Option<Instant>,
    /// Pools that were replaced in it.
    replaced: u32,
}

impl Failing {
    /// Notes a failure. True when those who open connections are to be replaced; ever later, since each time some are left behind.
    fn is_stuck(&mut self) -> bool {
        let is_stuck = self.since.get_or_insert_with(Instant::now).elapsed() > SILENT * (1 << self.replaced.min(2));
        if is_stuck {
            *self = Self { since: None, replaced: self.replaced + 1 };
        }
        is_stuck
    }
}

/// Opens connections for the pool, and tells which of them are of use no more.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    address: Address,
    limits: SessionLimits,
    /// True where the product writes, too.
    writes: bool,
    /// True when the pool was left for another.
    is_left: Arc<AtomicBool>,
}

/// A connection of the pool.
pub(super) struct Session {
    conn: PgConnection,
    /// False for a session that the server began as one for reading.
    may_write: bool,
}

impl Deref for Session {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.conn
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

impl ManageConnection for Connector {
    type Connection = Session;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Session, Self::Error> {
        let mut conn = self.address.connect(self.limits)?;
        let may_write = may_write(&mut conn).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Session { conn, may_write })
    }

    /// Fails when the server has ended the connection while nobody used it. Asks the machine, not the server, so that no request
    /// pays for it with a round trip.
    fn is_valid(&self, session: &mut Session) -> Result<(), Self::Error> {
        if self.is_left.load(Ordering::Relaxed) {
            return Err(diesel::r2d2::Error::QueryError(diesel::result::Error::BrokenTransactionManager));
        }
        // The first look may find the server's last words alone, the second one the end after them.
        for _ in 0..2 {
            session.conn.notifications_iter().try_for_each(|one| one.map(drop)).map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(())
    }

    /// True for a connection that is not to be used again. A session for reading, where the product writes, is none of a primary:
    /// the next one may be.
    fn has_broken(&self, session: &mut Session) -> bool {
        std::thread::panicking()
            || session.conn.is_broken()
            || (self.writes && !session.may_write)
            || self.is_left.load(Ordering::Relaxed)
    }
}

impl Db {
    /// A pool of at most `size` connections, opened when first needed.
    pub fn new(address: &Address, size: u32, limits: SessionLimits) -> Self {
        Self::shared_out(address, ConnectionShares::of_one(size), limits)
    }

    /// A pool whose connections are shared out among the callers of a node, opened when first needed.
    pub fn shared_out(address: &Address, shares: ConnectionShares, limits: SessionLimits) -> Self {
        Self::from(Connector { address: address.clone(), limits, writes: true, is_left: Arc::default() }, shares)
    }

    /// A pool as of [`Self::shared_out`], for reads alone, whose server may be a standby.
    pub fn for_reads(address: &Address, shares: ConnectionShares, limits: SessionLimits) -> Self {
        Self::from(Connector { address: address.clone(), limits, writes: false, is_left: Arc::default() }, shares)
    }

    fn from(connector: Connector, shares: ConnectionShares) -> Self {
        let limits = connector.limits;
        let deadline = (limits.statement_ms > 0).then(|| Duration::from_millis(limits.statement_ms.into()) + MARGIN);
        let source = Arc::new(Source::new(connector, shares.total()));
        Self { source, turns: Turns::new(shares), purpose: Purpose::Requests, deadline }
    }

    /// Returns the same pool, asked for another purpose.
    pub fn for_purpose(&self, purpose: Purpose) -> Self {
        Self { purpose, ..self.clone() }
    }

    /// Returns the same pool for work that may take any time, each of its statements within the limit of the session.
    pub fn without_deadline(&self) -> Self {
        Self { deadline: None, ..self.clone() }
    }

    /// Runs `work` on a connection, off the async threads, without a transaction around it: for reads, each statement of
    /// which sees its own snapshot.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T> + Send + 'static,
    {
        self.with(work).await
    }

    /// The same for use cases that open their own transactions.
    pub async fn with<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T> + Send + 'static,
    {
        let asked = Instant::now();
        let turn = self.turns.take(self.purpose).await;
        metrics::histogram!("db_pool_wait_seconds").record(asked.elapsed().as_secs_f64());
        let turn = turn?;
        let (db, span, deadline) = (self.clone(), tracing::Span::current(), self.deadline);
        let (source, number) = (self.source.clone(), self.source.present().number);
        let mut work = tokio::task::spawn_blocking(move || span.in_scope(|| db.run(work)));
        let (tell, told) = tokio::sync::oneshot::channel();
        // In a task of its own, so that the turn lasts as long as the work when the request is given up.
        tokio::spawn(async move {
            let Some(deadline) = deadline else {
                let _ = tell.send(work.await.map_err(Error::internal).flatten());
                return drop(turn);
            };
            if let Ok(done) = tokio::time::timeout(deadline, &mut work).await {
                let _ = tell.send(done.map_err(Error::internal).flatten());
                return drop(turn);
            }
            let _ = tell.send(Err(given_up()));
            let left = source.leave(number);
            // Others get the turn, unless as many connections are left already as a pool has.
            let turn = left.is_none().then_some(turn);
            let _ = work.await;
            drop((left, turn));
        });
        told.await.map_err(Error::internal)?
    }

    /// Runs `work` in one transaction, off the async threads. An error rolls back.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T> + Send + 'static,
    {
        self.with(move |conn| diesel::Connection::transaction(conn, work)).await
    }

    /// Runs `work` on a connection of the calling thread: for worker threads and commands.
    pub fn run<T>(&self, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        let mut conn = self.connection()?;
        let result = work(&mut conn);
        if result.as_ref().err().is_some_and(is_away) {
            discard(&mut conn);
        }
        result
    }

    /// Takes a connection for as long as it is kept.
    pub(super) fn connection(&self) -> Result<Connection> {
        self.source.get()
    }

    /// Connections in use and open, for metrics.
    pub fn usage(&self) -> (u32, u32) {
        let state = self.source.present().pool.state();
        (state.connections - state.idle_connections, state.connections)
    }
}

/// The server should have answered, or cancelled the statement, long ago.
fn given_up() -> Error {
    metrics::counter!("db_deadlines_passed_total").increment(1);
    unavailable("The database does not answer.")
}

/// Makes the pool drop a connection whose other end is gone; the driver does not notice outside a transaction.
fn discard(conn: &mut PgConnection) {
    diesel::connection::AnsiTransactionManager::transaction_manager_status_mut(conn).set_in_error();
}
