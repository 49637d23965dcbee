//! Exit codes and how errors are told.

use super::output::shown;
use crate::error::{Code, Error};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; also nothing to do, deduplicated, or a deploy hook that found the control paused.
    Done,
    /// Failed.
    Failed,
    /// Wrong usage, also a missing confirmation or reason.
    Usage,
    /// A control stopped it.
    Blocked,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Blocked => 3,
        })
    }
}

/// Tells an error on standard error and says how the command ends.
#[allow(clippy::print_stderr, reason = "a command speaks to a person")]
pub fn report(error: &Error) -> Exit {
    eprintln!("tenantatlas: {}", shown(error.detail()));
    for field in error.fields() {
        eprintln!("  {}: {}", field.pointer.trim_start_matches('/').replace('/', "."), shown(&field.message));
    }
    if error.code() == Code::Internal
        && let Some(source) = std::error::Error::source(error)
    {
        eprintln!("  caused by: {}", shown(&source.to_string()));
    }
    match error.code() {
        Code::OperationalControlPaused => Exit::Blocked,
        Code::ValidationFailed | Code::ConfirmationMismatch | Code::ReasonRequired | Code::UnknownTenant => Exit::Usage,
        _ => Exit::Failed,
    }
}
