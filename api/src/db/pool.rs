//! Connections and the one bridge between async code and the synchronous database driver.
//!
//! Invariant: as many blocking calls as connections, never more, so that a full pool is told at once (503) and no thread
//! waits for a connection. Beside them so many more at most are left to a server that has fallen silent.

use super::address::Address;
use super::errors::{is_away, unavailable};
use super::turns::{ConnectionShares, Purpose, Turns};
use crate::error::{Error, Result};
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection, R2D2Connection};
use diesel::sql_types::Bool;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time without any connection after which those who open them are taken for stuck: longer than a server may take to be reached.
const SILENT: Duration = Duration::from_secs(20);
/// Time beyond the limit of a statement after which its server is taken for silent: the server cancels a statement by itself.
const MARGIN: Duration = Duration::from_secs(2);

/// Time limits of a session, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Longest wait for the session itself. The pool pauses between two tries for half of it at most.
    pub connection_ms: u32,
    /// `statement_timeout`.
    pub statement_ms: u32,
    /// `lock_timeout`.
    pub lock_ms: u32,
    /// `idle_in_transaction_session_timeout`.
    pub idle_in_transaction_ms: u32,
}

impl SessionLimits {
    /// Limits of a request: a person waits.
    pub const REQUEST: Self = Self { connection_ms: 3_000, statement_ms: 30_000, lock_ms: 3_000, idle_in_transaction_ms: 10_000 };
    /// Limits of what tells how the process is: it is asked again soon.
    pub const PROCESS: Self = Self { connection_ms: 3_000, statement_ms: 5_000, lock_ms: 1_000, idle_in_transaction_ms: 5_000 };
    /// Limits of a worker: well below the lease, so that a frozen worker cannot hold rows (RUN-12).
    pub const WORKER: Self = Self { connection_ms: 3_000, statement_ms: 10_000, lock_ms: 2_000, idle_in_transaction_ms: 5_000 };
    /// Limits of a command that may work for long, as import or seeding.
    pub const COMMAND: Self = Self { connection_ms: 5_000, statement_ms: 0, lock_ms: 30_000, idle_in_transaction_ms: 0 };
}

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

/// Sets what every session of the product relies on, whatever the settings of its role and database. Statements that stay prepared
/// are planned for values unknown, so for far more rows than they read: compiling them would cost more than running them. An
/// import is one transaction of many statements; a limit of transactions is there from PostgreSQL 17 on.
pub fn configure_session(conn: &mut PgConnection, limits: SessionLimits) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "SET application_name = 'tenantatlas'; SET timezone = 'UTC'; SET default_transaction_isolation = 'read committed'; \
         SET jit = off; SET search_path = public; SET row_security = on; SET standard_conforming_strings = on; \
         SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; \
         SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
         SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; \
         SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'",
        limits.statement_ms, limits.lock_ms, limits.idle_in_transaction_ms
    ))?;
    // Error texts are matched in English; only a superuser may choose the language, others get the server's.
    let _ = conn.batch_execute("SET lc_messages = 'C'");
    Ok(())
}

/// For a transaction that is simply done again when it is lost: it waits for a row no longer than a batch may hold its own
/// (RUN-13), and its commit does not wait for the disk. The last such commits before a crash of the server may be gone, whole
/// and in order.
pub fn hurry(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL lock_timeout = '250ms'; SET LOCAL synchronous_commit = off")
}

/// Makes the commit of the transaction wait for the disk after all, and with it for everything committed before.
pub fn wait_for_disk(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL synchronous_commit TO DEFAULT")
}

/// Lets the statements of this transaction sort in memory what with the server's default would go over the disk.
pub fn allow_large_sorts(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL work_mem = '64MB'")
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

/// True when the server is no standby and its sessions may write.
pub fn may_write(conn: &mut PgConnection) -> QueryResult<bool> {
    let sql = "SELECT current_setting('transaction_read_only') = 'off' AS answer";
    Ok(diesel::sql_query(sql).get_result::<Answer>(conn)?.answer)
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Makes the pool drop a connection whose other end is gone; the driver does not notice outside a transaction.
fn discard(conn: &mut PgConnection) {
    diesel::connection::AnsiTransactionManager::transaction_manager_status_mut(conn).set_in_error();
}
