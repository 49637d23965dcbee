//! Connections and the one bridge between async code and the synchronous database driver.
//!
//! Invariant: as many blocking calls as connections, never more, so that a full pool is told at once (503) and no thread
//! waits for a connection.

use super::address::Address;
use super::errors::{is_away, unavailable};
use super::turns::{ConnectionShares, Purpose, Turns};
use crate::error::{Error, Result};
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection, R2D2Connection};
use diesel::sql_types::Bool;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

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
    pub const REQUEST: Self = Self { connection_ms: 2_000, statement_ms: 30_000, lock_ms: 3_000, idle_in_transaction_ms: 10_000 };
    /// Limits of what tells how the process is: it is asked again soon.
    pub const PROCESS: Self = Self { connection_ms: 2_000, statement_ms: 5_000, lock_ms: 1_000, idle_in_transaction_ms: 5_000 };
    /// Limits of a worker: well below the lease, so that a frozen worker cannot hold rows (RUN-12).
    pub const WORKER: Self = Self { connection_ms: 2_000, statement_ms: 10_000, lock_ms: 2_000, idle_in_transaction_ms: 5_000 };
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

/// Where connections come from.
struct Source {
    connector: Connector,
    size: u32,
    /// With the number of its predecessors.
    pool: RwLock<(u64, Pool<Connector>)>,
}

impl Source {
    fn new(connector: Connector, size: u32) -> Self {
        Self { pool: RwLock::new((0, open(&connector, size))), connector, size }
    }

    fn current(&self) -> (u64, Pool<Connector>) {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Leaves a pool with all its connections for a new one, unless somebody else did.
    fn leave(&self, number: u64) {
        let mut pool = self.pool.write().unwrap_or_else(PoisonError::into_inner);
        if pool.0 == number {
            *pool = (number + 1, open(&self.connector, self.size));
        }
    }
}

/// Makes a pool, whose connections are opened when first needed.
fn open(connector: &Connector, size: u32) -> Pool<Connector> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(true)
        .connection_timeout(Duration::from_millis(connector.limits.connection_ms.into()))
        // Each failure is told to the caller whom it keeps waiting.
        .error_handler(Box::new(NopErrorHandler))
        .build_unchecked(connector.clone())
}

/// Opens connections for the pool, and tells which of them are of use no more.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    address: Address,
    limits: SessionLimits,
    /// True where the product writes, too.
    writes: bool,
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
        // The first look may find the server's last words alone, the second one the end after them.
        for _ in 0..2 {
            session.conn.notifications_iter().try_for_each(|one| one.map(drop)).map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(())
    }

    /// True for a connection that is not to be used again. A session for reading, where the product writes, is none of a primary:
    /// the next one may be.
    fn has_broken(&self, session: &mut Session) -> bool {
        std::thread::panicking() || session.conn.is_broken() || (self.writes && !session.may_write)
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
        Self::from(Connector { address: address.clone(), limits, writes: true }, shares)
    }

    /// A pool as of [`Self::shared_out`], for reads alone, whose server may be a standby.
    pub fn for_reads(address: &Address, shares: ConnectionShares, limits: SessionLimits) -> Self {
        Self::from(Connector { address: address.clone(), limits, writes: false }, shares)
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
        let (source, (number, _)) = (self.source.clone(), self.source.current());
        let work = tokio::task::spawn_blocking(move || span.in_scope(|| db.run(work)));
        // In a task of its own, so that the turn lasts as long as the work when the request is given up.
        let done = tokio::spawn(async move {
            let done = match deadline {
                None => work.await,
                Some(deadline) => match tokio::time::timeout(deadline, work).await {
                    Ok(done) => done,
                    Err(_) => {
                        source.leave(number);
                        return Err(given_up());
                    }
                },
            };
            drop(turn);
            done.map_err(Error::internal)?
        });
        done.await.map_err(Error::internal)?
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
        self.source.current().1.get().map_err(|error| unavailable("The database is away.").with_source(error))
    }

    /// Connections in use and open, for metrics.
    pub fn usage(&self) -> (u32, u32) {
        let state = self.source.current().1.state();
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
