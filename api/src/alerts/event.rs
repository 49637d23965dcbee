//! What alerts can tell of: the registry of event kinds, and one event.

use super::Severity;
use crate::audit::Action;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A kind of event that rules can name; see [`EVENTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described in EVENTS")]
pub enum EventKind {
    RunFailed,
    RunPartiallySucceeded,
    RunStale,
    ControlPaused,
    ControlResumed,
    ControlExpired,
    AuditWriteFailed,
}

/// One row of the registry.
#[derive(Debug)]
pub struct EventInfo {
    /// The kind described.
    pub kind: EventKind,
    /// Short name.
    pub label: &'static str,
    /// When it happens, and how severe it is.
    pub description: &'static str,
}

/// Every kind of event.
pub const EVENTS: &[EventInfo] = &[
    EventInfo {
        kind: EventKind::RunFailed,
        label: "Run failed",
        description: "A run ended and did nothing of what it was started for. Error; critical when it was over all tenants.",
    },
    EventInfo {
        kind: EventKind::RunPartiallySucceeded,
        label: "Run partially succeeded",
        description: "A run ended, and some of its tenants failed. Warning.",
    },
    EventInfo {
        kind: EventKind::RunStale,
        label: "Run stale",
        description: "Nobody works on a run although somebody should. Error.",
    },
    EventInfo {
        kind: EventKind::ControlPaused,
        label: "Control paused",
        description: "An operator has paused a risky action. Warning.",
    },
    EventInfo { kind: EventKind::ControlResumed, label: "Control resumed", description: "An operator has ended a pause. Info." },
    EventInfo { kind: EventKind::ControlExpired, label: "Pause expired", description: "A pause has ended by itself. Info." },
    EventInfo {
        kind: EventKind::AuditWriteFailed,
        label: "Audit row missing",
        description: "Something went on whose audit row could not be written. Critical.",
    },
];

/// Sent to try a rule or a destination out; no rule names it.
pub const TEST: &str = "alerts.test";
/// Tells of what was held back during quiet hours; no rule names it.
pub const SUMMARY: &str = "alerts.summary";

impl EventKind {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::RunFailed => "operations.run.failed",
            Self::RunPartiallySucceeded => "operations.run.partially_succeeded",
            Self::RunStale => "operations.run.stale",
            Self::ControlPaused => Action::ControlPaused.info().id,
            Self::ControlResumed => Action::ControlResumed.info().id,
            Self::ControlExpired => Action::ControlExpired.info().id,
            Self::AuditWriteFailed => "audit.write_failed",
        }
    }

    /// The kind with this id.
    pub fn find(id: &str) -> Option<Self> {
        EVENTS.iter().map(|row| row.kind).find(|kind| kind.id() == id)
    }
}

/// The name of an event for people, whatever makes it.
pub(super) fn label(id: &str) -> &str {
    match id {
        TEST => "Test",
        SUMMARY => "Summary of quiet hours",
        id => EVENTS.iter().find(|row| row.kind.id() == id).map_or(id, |row| row.label),
    }
}

/// A kind of event as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertEventKind {
    /// Stable id, as rules name it.
    #[schema(example = "operations.run.failed")]
    pub id: &'static str,
    /// Short name.
    pub label: &'static str,
    /// When it happens, and how severe it is.
    pub description: &'static str,
}

/// Every kind of event that a rule can name.
pub fn list_alert_events() -> Vec<AlertEventKind> {
    EVENTS.iter().map(|row| AlertEventKind { id: row.kind.id(), label: row.label, description: row.description }).collect()
}

/// Something has happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// How urgent it is.
    pub severity: Severity,
    /// What the cooldown of a rule counts as the same.
    pub subject: String,
    /// What happened, in one sentence; nothing of a finding, no address of a person.
    pub title: String,
    /// Where; none: the whole installation.
    pub workspace_id: Option<i64>,
    /// In which of its tenants.
    pub tenant_id: Option<i64>,
    /// The run it is about.
    pub run_id: Option<i64>,
    /// What kinds of operations it concerns.
    pub operation_types: Vec<String>,
    /// Facts beside.
    pub metadata: Map<String, Value>,
}

impl Event {
    /// A fact beside the fixed ones; never a finding's text or a secret.
    pub fn fact(mut self, name: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value)
            && !value.is_null()
        {
            self.metadata.insert(name.to_owned(), value);
        }
        self
    }
}
