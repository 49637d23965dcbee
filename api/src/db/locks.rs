//! Advisory locks, transaction-level only, so that they work through a connection pooler and end with the transaction.
//!
//! Lock order everywhere: gate, scope, tenant, target, findings by key, run.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool};
use sha2::{Digest, Sha256};

/// What a lock protects. Each class hashes into its own part of the key space.
#[derive(Debug, Clone, Copy)]
pub enum LockClass {
    /// Starting runs of one identity (RB-08).
    Scope,
    /// Set-based work on the findings of one tenant: batches and imports.
    Tenant,
    /// A request with one `Idempotency-Key`.
    Idempotency,
    /// Sign-in attempts under one address and account (ACC-05).
    SignIn,
    /// What one node of many does: making the signing key, loading demo data.
    Singleton,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = Bool)]
    taken: bool,
}

/// Waits for the lock; it is held until the transaction ends.
pub fn lock(conn: &mut PgConnection, class: LockClass, name: &str) -> QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(key(class, name)).execute(conn).map(|_| ())
}

/// Takes the lock if nobody holds it.
pub fn try_lock(conn: &mut PgConnection, class: LockClass, name: &str) -> QueryResult<bool> {
    diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS taken")
        .bind::<BigInt, _>(key(class, name))
        .get_result::<Taken>(conn)
        .map(|row| row.taken)
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
