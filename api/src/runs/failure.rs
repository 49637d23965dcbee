//! Why a target was given up: stable codes with sentences that hold nothing of the data (RUN-07).

use crate::db::errors::{Trouble, trouble};
use crate::error::Error;
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A reason with its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Stable code.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
}

/// Rows need the repair again and again.
pub const RESIDUE_LEFT: Failure = Failure {
    code: "residue_left",
    message: "Rows still need the repair after three passes. Something else keeps changing them, or the rule does not converge.",
};
/// The tenant was deleted after the run began.
pub const TENANT_NOT_ALLOWED: Failure =
    Failure { code: "tenant_not_allowed", message: "The tenant may not be targeted any more." };
/// Worker after worker died on it.
pub const WORKER_LOST: Failure = Failure {
    code: "worker_lost",
    message: "Workers stopped again and again while they worked on this tenant, without any progress.",
};
const CONSTRAINT: Failure =
    Failure { code: "constraint_violated", message: "A row cannot be repaired: the new values break a rule of the table." };
const SLOW: Failure = Failure { code: "statement_timeout", message: "The database was too slow, even for a single row." };
const DATABASE: Failure = Failure { code: "database_error", message: "The database refused a batch of this tenant." };
/// Anything else.
pub const INTERNAL: Failure =
    Failure { code: "internal_error", message: "Something inside failed; the log of the worker says what." };

/// Sorts an error; nothing of its text is kept.
pub fn of(error: &Error) -> Failure {
    match error.database() {
        None => INTERNAL,
        Some(Diesel::DatabaseError(
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation,
            _,
        )) => CONSTRAINT,
        Some(error) => match trouble(error) {
            Trouble::TooSlow => SLOW,
            // Contention and a lack of room never get here: they hold the run back.
            Trouble::Contended | Trouble::Exhausted | Trouble::Away | Trouble::Permanent => DATABASE,
        },
    }
}
