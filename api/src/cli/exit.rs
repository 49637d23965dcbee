//! Exit codes and how errors are told.

use super::output::shown;
use crate::db::loggable::cause;
use crate::error::{Code, Error};
use std::io::Write;
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

/// Tells an error on standard error and says how the command ends. Nobody may be there to hear it.
pub fn report(error: &Error) -> Exit {
    tell(error, |text| drop(std::io::stderr().write_all(text.as_bytes())))
}

/// Tells an error and says how the command ends.
pub fn tell(error: &Error, say: impl FnOnce(&str)) -> Exit {
    let places = error.fields().iter().map(|field| {
        let place = field.pointer.trim_start_matches(['/', '?']).replace('/', ".");
        format!("{place}: {}\n", shown(&field.message))
    });
    let mut text = match error.code() {
        // The sentence says no more than that fields are wrong.
        Code::ValidationFailed if !error.fields().is_empty() => places.map(|place| format!("tenantatlas: {place}")).collect(),
        _ => format!("tenantatlas: {}\n", shown(error.detail())) + &places.map(|place| format!("  {place}")).collect::<String>(),
    };
    if error.code() == Code::Internal
        && let Some(source) = std::error::Error::source(error)
    {
        text.push_str(&format!("  caused by: {}\n", shown(&cause(source))));
    }
    say(&text);
    match error.code() {
        Code::OperationalControlPaused => Exit::Blocked,
        Code::ValidationFailed | Code::ConfirmationMismatch | Code::ReasonRequired | Code::UnknownTenant => Exit::Usage,
        _ => Exit::Failed,
    }
}
