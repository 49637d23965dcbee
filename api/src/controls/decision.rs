//! Whether a controlled action may start now.

use super::Definition;
use super::activation::InForce;
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

/// A workspace that a start leaves out because it is paused individually (CTL-13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Excluded {
    /// `workspaces.id`.
    pub workspace_id: i64,
    /// Display name.
    pub name: String,
    /// Tenants left out.
    pub tenant_count: i64,
    /// Why.
    pub decision: Decision,
}

impl Decision {
    /// Nothing in force stops the action.
    pub(super) fn enabled(control: &Definition) -> Self {
        Self {
            control_key: control.key.to_owned(),
            effective_state: EffectiveState::Enabled,
            matched_scope_type: MatchedScope::None,
            workspace_id: None,
            reason_text: None,
            expires_at: None,
            source_activation_id: None,
        }
    }

    /// This pause stops the action.
    pub(super) fn paused(pause: &InForce) -> Self {
        Self {
            control_key: pause.control_key.clone(),
            effective_state: EffectiveState::Paused,
            matched_scope_type: pause.workspace_id.map_or(MatchedScope::Global, |_| MatchedScope::Workspace),
            workspace_id: pause.workspace_id,
            reason_text: Some(pause.reason_text.clone()),
            expires_at: pause.expires_at,
            source_activation_id: Some(pause.id),
        }
    }
}

/// ` from 2026-11-21 12:00 UTC on`.
pub(super) fn from(starts_at: OffsetDateTime) -> String {
    minute(starts_at).map(|start| format!(" from {start} on")).unwrap_or_default()
}

/// ` until 2026-11-21 12:00 UTC`, or nothing where no end is set.
pub(super) fn until(expires_at: Option<OffsetDateTime>) -> String {
    expires_at.and_then(minute).map(|end| format!(" until {end}")).unwrap_or_default()
}

fn minute(time: OffsetDateTime) -> Option<String> {
    const FORM: &[time::format_description::BorrowedFormatItem<'_>] =
        time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time.checked_to_offset(time::UtcOffset::UTC)?.format(FORM).ok()
}
