//! Settings of a session, of transactions in it, and what it is allowed to do.

use super::errors::in_a_read;
use crate::error::Result;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;

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

/// Runs `work` in one snapshot in which nothing can be written. Errors: 500 when it writes.
pub fn in_snapshot<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    conn.build_transaction().read_only().repeatable_read().run(|conn| work(conn).map_err(in_a_read))
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
