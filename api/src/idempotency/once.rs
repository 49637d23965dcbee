//! One request, one effect, however often it is sent.

use super::{IdempotentRequest, StoredAnswer, claim, keep};
use crate::error::Result;
use diesel::PgConnection;

/// The answer to a request that may have come before.
#[derive(Debug)]
pub struct Answered {
    /// What is answered.
    pub answer: StoredAnswer,
    /// Whether it was answered so before, and nothing was done now.
    pub is_replay: bool,
}

/// An effect and what is answered to it.
pub struct Effect {
    /// The answer, now.
    pub now: StoredAnswer,
    /// The body when it is asked for again, where that differs: a secret is shown once.
    pub body_again: Option<serde_json::Value>,
}

impl From<StoredAnswer> for Effect {
    fn from(now: StoredAnswer) -> Self {
        Self { now, body_again: None }
    }
}

/// Does it in the caller's transaction, unless it has been done for the same request: then the first answer comes again. Without
/// a key it is done each time. Errors: 409 `idempotency-key-in-flight`, 422 `idempotency-key-reused`, and those of `effect`,
/// which leave nothing behind.
pub fn once(
    conn: &mut PgConnection,
    request: Option<&IdempotentRequest>,
    effect: impl FnOnce(&mut PgConnection) -> Result<Effect>,
) -> Result<Answered> {
    let Some(request) = request else {
        return Ok(Answered { answer: effect(conn)?.now, is_replay: false });
    };
    if let Some(answer) = claim(conn, request)? {
        return Ok(Answered { answer, is_replay: true });
    }
    let Effect { now, body_again } = effect(conn)?;
    match body_again {
        Some(body) => keep(conn, request, &StoredAnswer { body, ..now.clone() })?,
        None => keep(conn, request, &now)?,
    }
    Ok(Answered { answer: now, is_replay: false })
}
