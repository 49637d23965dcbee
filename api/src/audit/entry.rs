//! One audit row in the making.

use super::action::Action;
use serde::Serialize;
use serde_json::{Map, Value};

/// With which result something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// A control, a limit or a rule stopped it.
    Blocked,
    /// It was tried and failed.
    Failed,
    /// The same was under way already.
    Deduplicated,
}

impl Outcome {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Deduplicated => "deduplicated",
        }
    }
}

/// What will be written. Scope is none (an event of the platform) until said otherwise.
#[derive(Debug)]
pub struct Entry {
    action: Action,
    pub(super) target: Option<(&'static str, String, String)>,
    pub(super) workspace_id: Option<i64>,
    pub(super) tenant_id: Option<i64>,
    pub(super) run_id: Option<i64>,
    pub(super) outcome: Outcome,
    pub(super) summary: String,
    pub(super) metadata: Map<String, Value>,
}

impl Entry {
    /// A successful action of the platform.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            target: None,
            workspace_id: None,
            tenant_id: None,
            run_id: None,
            outcome: Outcome::Success,
            summary: action.info().summary.to_owned(),
            metadata: Map::new(),
        }
    }

    /// The action.
    pub fn action(&self) -> Action {
        self.action
    }

    /// What was acted on, as it was called at the time.
    pub fn target(mut self, kind: &'static str, id: impl ToString, label: &str) -> Self {
        self.target = Some((kind, id.to_string(), label.to_owned()));
        self
    }

    /// In which workspace, and in which of its tenants.
    pub fn scope(mut self, workspace_id: Option<i64>, tenant_id: Option<i64>) -> Self {
        self.workspace_id = workspace_id;
        self.tenant_id = tenant_id.filter(|_| workspace_id.is_some());
        self
    }

    /// The run it belongs to.
    pub fn run(mut self, run_id: i64) -> Self {
        self.run_id = Some(run_id);
        self
    }

    /// Another result than success.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// A sentence of its own.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }

    /// A fact beside the fixed columns; never a password, token or SQL.
    pub fn metadata(mut self, key: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.metadata.insert(key.to_owned(), value);
        }
        self
    }
}
