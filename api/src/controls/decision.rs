//! Whether a controlled action may start now.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// State of a control for one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EffectiveState {
    /// The action may start.
    Enabled,
    /// The action is stopped.
    Paused,
}

/// Which pause decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchedScope {
    /// None is in force.
    None,
    /// One over the whole installation.
    Global,
    /// One over a workspace.
    Workspace,
}

/// What a control says about one action in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Key of the control.
    pub control_key: String,
    /// enabled or paused.
    pub effective_state: EffectiveState,
    /// none, global or workspace.
    pub matched_scope_type: MatchedScope,
    /// The workspace of a workspace pause.
    pub workspace_id: Option<i64>,
    /// Why it is paused.
    pub reason_text: Option<String>,
    /// When the pause ends by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// The activation that decided.
    pub source_activation_id: Option<i64>,
}

impl Decision {
    /// Nothing in force stops the action.
    pub fn enabled(control_key: &str) -> Self {
        Self {
            control_key: control_key.to_owned(),
            effective_state: EffectiveState::Enabled,
            matched_scope_type: MatchedScope::None,
            workspace_id: None,
            reason_text: None,
            expires_at: None,
            source_activation_id: None,
        }
    }
}
