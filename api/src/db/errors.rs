//! What a database failure means: to the caller, and to a worker that has to decide whether another try makes sense.
//!
//! diesel names only some of PostgreSQL's error classes, so the rest is told by the server's primary message. Sessions ask
//! for untranslated messages (see `pool`).

use crate::error::{Code, Error};
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// What kind of trouble the database is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is gone or the server is shutting down: reconnect.
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
        Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
        | Diesel::BrokenTransactionManager => Trouble::Away,
        Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Trouble::Contended,
        Diesel::DatabaseError(_, info) => trouble_of_message(info.message()),
        Diesel::RollbackErrorOnCommit { commit_error, .. } => trouble(commit_error),
        _ => Trouble::Permanent,
    }
}

fn trouble_of_message(message: &str) -> Trouble {
    const AWAY: [&str; 8] = [
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "connection to server",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "too many clients",
    ];
    const CONTENDED: [&str; 3] = ["lock timeout", "deadlock detected", "could not obtain lock"];
    const EXHAUSTED: [&str; 4] = ["No space left on device", "could not extend file", "out of memory", "out of shared memory"];
    let has = |needles: &[&str]| needles.iter().any(|needle| message.contains(needle));
    if has(&AWAY) {
        Trouble::Away
    } else if has(&CONTENDED) {
        Trouble::Contended
    } else if has(&EXHAUSTED) {
        Trouble::Exhausted
    } else if message.contains("statement timeout") {
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
