//! Advisory locks, transaction-level only, so that they work through a connection pooler and end with the transaction.
//!
//! Lock order everywhere: gate, scope, tenant, target, findings by key, run, alert.

use super::prepared;
use crate::error::{Error, Result};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use sha2::{Digest, Sha256};
use std::time::Instant;

/// What a lock protects. Each class hashes into its own part of the key space.
#[derive(Debug, Clone, Copy)]
pub enum LockClass {
    /// Decisions of one operational control: shared by starts, exclusive to who pauses or resumes (CTL-08).
    Gate,
    /// Starting runs of one identity (RB-08).
    Scope,
    /// Set-based work on the findings of one tenant: batches and imports.
    Tenant,
    /// A request with one `Idempotency-Key`.
    Idempotency,
    /// Sign-in attempts under one address and account (ACC-05).
    SignIn,
    /// Alerts about one subject: of two events at once the cooldown lets one through.
    Alert,
    /// What one process of many does at a time: making keys, loading demo data, telling of stale runs.
    Singleton,
}

impl LockClass {
    /// As a label of metrics.
    fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Scope => "scope",
            Self::Tenant => "tenant",
            Self::Idempotency => "idempotency",
            Self::SignIn => "sign_in",
            Self::Alert => "alert",
            Self::Singleton => "singleton",
        }
    }
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

define_sql_function! {
    /// Its answer is void, which is read as an empty text.
    fn pg_advisory_xact_lock_shared(key: BigInt) -> Text;
}

define_sql_function! {
    /// The value of a setting of the session.
    fn current_setting(name: Text) -> Text;
}

define_sql_function! {
    /// Sets a setting, of the transaction only if asked so; its new value.
    fn set_config(name: Text, value: Text, is_local: Bool) -> Text;
}

/// Waits for the lock; it is held until the transaction ends.
pub fn lock(conn: &mut PgConnection, class: LockClass, name: &str) -> QueryResult<()> {
    let asked = Instant::now();
    let taken = prepared(diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(key(class, name))).run(conn);
    waited(class, asked);
    taken
}

/// Setting of how long a statement waits for a lock.
const LOCK_TIMEOUT: &str = "lock_timeout";

/// Does something, in a savepoint, that waits for locks up to two seconds, whatever the transaction allows otherwise. What
/// follows in the transaction waits as it did before.
pub fn patiently<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    conn.transaction(|conn| {
        let before: String = diesel::select(current_setting(LOCK_TIMEOUT)).get_result(conn)?;
        wait_at_most(conn, "2s")?;
        let done = work(conn)?;
        // After an error the end of the savepoint puts it back.
        wait_at_most(conn, &before)?;
        Ok(done)
    })
}

/// Sets how long the statements of the transaction wait for a lock from here on.
pub fn wait_at_most(conn: &mut PgConnection, time: &str) -> QueryResult<()> {
    diesel::select(set_config(LOCK_TIMEOUT, time, true)).get_result::<String>(conn).map(|_| ())
}

/// How long a lock was waited for, whether it was got or not.
fn waited(class: LockClass, asked: Instant) {
    metrics::histogram!("db_lock_wait_seconds", "lock" => class.as_str()).record(asked.elapsed().as_secs_f64());
}

/// Waits for the lock beside others who hold it so; it is held until the transaction ends. What depends on it is read by the
/// next statement, so outside of a READ COMMITTED transaction the lock is worth nothing, and this is an error.
pub fn lock_shared(conn: &mut PgConnection, class: LockClass, name: &str) -> Result<()> {
    let depth = AnsiTransactionManager::transaction_manager_status_mut(conn).transaction_depth()?;
    if depth.is_none() {
        return Err(Error::internal("a shared lock needs a transaction"));
    }
    // Whoever holds it keeps others from the exclusive lock: for seconds, whatever the session is allowed otherwise.
    conn.batch_execute("SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = '5s'")?;
    // The level is read beside the lock to save a statement; it does not depend on the snapshot. Prepared once a connection.
    let held = (pg_advisory_xact_lock_shared(key(class, name)), current_setting("transaction_isolation"));
    let asked = Instant::now();
    let level = diesel::select(held).get_result::<(String, String)>(conn);
    waited(class, asked);
    match level?.1.as_str() {
        "read committed" => Ok(()),
        other => Err(Error::internal(format!("a shared lock needs READ COMMITTED, the transaction is {other}"))),
    }
}

/// Takes the lock if nobody holds it.
pub fn try_lock(conn: &mut PgConnection, class: LockClass, name: &str) -> QueryResult<bool> {
    let statement = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS taken").bind::<BigInt, _>(key(class, name));
    prepared(statement).get_result::<Taken>(conn).map(|row| row.taken)
}

/// Takes those of the locks that nobody holds; one answer for each.
pub fn try_lock_all(conn: &mut PgConnection, class: LockClass, names: &[String]) -> QueryResult<Vec<bool>> {
    let keys: Vec<i64> = names.iter().map(|name| key(class, name)).collect();
    let rows: Vec<Taken> = diesel::sql_query(
        "SELECT pg_try_advisory_xact_lock(k.key) AS taken FROM unnest($1::bigint[]) WITH ORDINALITY k(key, position) ORDER BY k.position",
    )
    .bind::<Array<BigInt>, _>(keys)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.taken).collect())
}

fn key(class: LockClass, name: &str) -> i64 {
    let digest = Sha256::digest(format!("{class:?}\u{0}{name}"));
    digest.first_chunk().copied().map_or(0, i64::from_be_bytes)
}
