//! How urgent an event is.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// In rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertSeverity)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it in the morning.
    Warning,
    /// Something was not done that should have been.
    Error,
    /// The whole installation is concerned.
    Critical,
}

impl Severity {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Info => "Info",
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::Critical => "Critical",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        [Self::Info, Self::Warning, Self::Error, Self::Critical]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Error::internal(format!("unknown severity {text}")))
    }
}
