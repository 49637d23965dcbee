//! Meaning of a database failure: to the caller, and to a worker that has to decide whether another try makes sense.
//!
//! diesel tells of some conditions by their SQLSTATE, and whether the connection is gone. It keeps the SQLSTATE of all others to
//! itself, so those are told by the primary message, which every session asks for untranslated (see `session`).

use crate::error::{Code, Error};
use diesel::r2d2::PoolError;
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// What kind of trouble the database is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is gone, or leads to a server that takes no writes any more: reconnect.
    Away,
    /// A lock was not to be had in time, or a deadlock was broken: try again, with less at once.
    Contended,
    /// The statement took too long: try again with less at once.
    TooSlow,
    /// The server has no disk or memory left: try again when somebody has made room.
    Exhausted,
    /// The data or the statement is at fault: the same again fails again.
    Permanent,
}

/// Sorts a database failure.
pub fn trouble(error: &Diesel) -> Trouble {
    match error {
        // A server that became a standby, or whose disk was full so that its provider allows reading alone: 25006.
        Diesel::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | Diesel::BrokenTransactionManager => Trouble::Away,
        Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Trouble::Contended,
        Diesel::DatabaseError(_, info) => trouble_of_message(info.message()),
        Diesel::RollbackErrorOnCommit { commit_error, .. } => trouble(commit_error),
        _ => Trouble::Permanent,
    }
}

fn trouble_of_message(message: &str) -> Trouble {
    // libpq's own words, which it never translates here.
    const AWAY: [&str; 5] = [
        "server closed the connection",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "SSL connection has been closed",
    ];
    // 55P03, 40P01.
    const CONTENDED: [&str; 3] = ["lock timeout", "deadlock detected", "could not obtain lock"];
    // 53100, 53200.
    const EXHAUSTED: [&str; 4] = ["No space left on device", "could not extend file", "out of memory", "out of shared memory"];
    // 57014: by the clock, or by somebody who found that it takes too long.
    const TOO_SLOW: [&str; 2] = ["due to statement timeout", "due to user request"];
    let has = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
    if has(&AWAY) {
        Trouble::Away
    } else if has(&CONTENDED) {
        Trouble::Contended
    } else if has(&EXHAUSTED) {
        Trouble::Exhausted
    } else if has(&TOO_SLOW) {
        Trouble::TooSlow
    } else {
        Trouble::Permanent
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match (trouble(&error), &error) {
            (Trouble::Away, _) => unavailable("The database is away.").with_source(error),
            (Trouble::Contended | Trouble::TooSlow | Trouble::Exhausted, _) => {
                unavailable("The database is busy.").with_source(error)
            }
            (Trouble::Permanent, Diesel::NotFound) => Error::not_found().with_source(error),
            (Trouble::Permanent, _) => Error::internal(error),
        }
    }
}

/// True when a failure says that the database could not be reached, which the log is told by whoever connects.
pub fn is_away(error: &Error) -> bool {
    let is_without_connection = || std::error::Error::source(error).is_some_and(|source| source.is::<PoolError>());
    error.database().map_or_else(is_without_connection, |error| trouble(error) == Trouble::Away)
}

/// Turns a write in a transaction that was begun for reading into what it is: a mistake of the product, not of the server.
pub fn in_a_read(error: Error) -> Error {
    match error.database() {
        Some(Diesel::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)) => Error::internal(error),
        _ => error,
    }
}

/// The database cannot answer now.
pub fn unavailable(detail: &'static str) -> Error {
    Error::new(Code::Unavailable, detail).retry_after(2)
}

/// Lets the caller say what the violation of one constraint means; never by message text.
pub trait OnConstraint<T> {
    /// Replaces a violation of the named constraint by `meaning`.
    fn on_constraint(self, name: &str, meaning: impl FnOnce() -> Error) -> Result<T, Error>;
}

impl<T> OnConstraint<T> for Result<T, Diesel> {
    fn on_constraint(self, name: &str, meaning: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(|error| match &error {
            Diesel::DatabaseError(_, info) if info.constraint_name() == Some(name) => meaning(),
            _ => error.into(),
        })
    }
}
