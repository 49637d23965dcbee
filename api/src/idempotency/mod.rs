//! Answers of what starts or creates something, kept with their effect, so that a repeated request gets the first answer and
//! does nothing (API-02).
//!
//! Only answers with an effect are kept: a refused request may be corrected and sent again under the same key.

mod once;
mod store;

pub use once::{Answered, Effect, once};
pub use store::prune;

use crate::db::locks::{self, LockClass};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde_json::Value;

/// A request that may come again.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    /// Whose, as [`crate::context::Ctx::credential`] names them.
    pub credential: String,
    /// Operation and object, as `start_run findings.lifecycle.backfill`.
    pub operation: String,
    /// The key.
    pub key: String,
    /// Hash of the body in canonical form.
    pub request_hash: [u8; 32],
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location`, if there was one.
    pub location: Option<String>,
    /// `ETag`, if there was one.
    pub etag: Option<String>,
    /// Body.
    pub body: Value,
}

/// The first answer to the same request of the last 24 hours. Errors: 422 `idempotency-key-reused` when the body differs.
pub fn replay(conn: &mut PgConnection, request: &IdempotentRequest) -> Result<Option<StoredAnswer>> {
    match store::find(conn, request)? {
        None => Ok(None),
        Some((hash, answer)) if hash == request.request_hash => Ok(Some(answer)),
        Some(_) => Err(Error::new(Code::IdempotencyKeyReused, "This Idempotency-Key came with another body before.")),
    }
}

/// Claims the key for this transaction, then looks again. Errors: 409 `idempotency-key-in-flight`.
pub fn claim(conn: &mut PgConnection, request: &IdempotentRequest) -> Result<Option<StoredAnswer>> {
    let name = format!("{}\u{0}{}\u{0}{}", request.credential, request.operation, request.key);
    if !locks::try_lock(conn, LockClass::Idempotency, &name)? {
        let error = Error::new(Code::IdempotencyKeyInFlight, "A request with this Idempotency-Key is being worked on.");
        return Err(error.retry_after(1));
    }
    replay(conn, request)
}

/// Keeps the answer, in the transaction of its effect.
pub fn keep(conn: &mut PgConnection, request: &IdempotentRequest, answer: &StoredAnswer) -> Result<()> {
    Ok(store::insert(conn, request, answer)?)
}
