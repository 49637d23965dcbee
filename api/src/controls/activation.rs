//! Over what a pause goes, and the row that keeps it.

use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Kind of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScopeType {
    /// The whole installation.
    Global,
    /// One workspace.
    Workspace,
}

impl ScopeType {
    /// As stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Workspace => "workspace",
        }
    }
}

/// Over what a pause goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlScope {
    /// The whole installation.
    Global,
    /// One workspace.
    Workspace(i64),
}

impl ControlScope {
    /// From a request. Errors: 422 when the workspace is missing, or too much.
    pub fn of(scope_type: ScopeType, workspace_id: Option<i64>) -> Result<Self> {
        match (scope_type, workspace_id) {
            (ScopeType::Global, None) => Ok(Self::Global),
            (ScopeType::Workspace, Some(id)) => Ok(Self::Workspace(id)),
            (ScopeType::Global, Some(_)) => {
                Err(Error::invalid_field("/workspace_id", "value", "A global scope has no workspace; leave it out."))
            }
            (ScopeType::Workspace, None) => {
                Err(Error::invalid_field("/workspace_id", "required", "The id of the workspace is expected."))
            }
        }
    }

    /// Its kind.
    pub fn kind(self) -> ScopeType {
        match self {
            Self::Global => ScopeType::Global,
            Self::Workspace(_) => ScopeType::Workspace,
        }
    }

    /// The workspace of a workspace scope.
    pub fn workspace_id(self) -> Option<i64> {
        match self {
            Self::Global => None,
            Self::Workspace(id) => Some(id),
        }
    }
}

/// What decides of a pause that is in force. Starts read this: one small row and nothing joined to it.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct InForce {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub control_key: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub workspace_id: Option<i64>,
    #[diesel(sql_type = Text)]
    pub reason_text: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<OffsetDateTime>,
}

/// A pause that is not over: in force, or scheduled.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct Pause {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub control_key: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub workspace_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub workspace_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub reason_text: String,
    #[diesel(sql_type = Bool)]
    pub is_scheduled: bool,
    #[diesel(sql_type = Bool)]
    pub is_in_force: bool,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Text)]
    pub owner_name: String,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: OffsetDateTime,
}

impl InForce {
    pub(super) fn scope(&self) -> ControlScope {
        self.workspace_id.map_or(ControlScope::Global, ControlScope::Workspace)
    }
}

impl Pause {
    pub(super) fn scope(&self) -> ControlScope {
        self.workspace_id.map_or(ControlScope::Global, ControlScope::Workspace)
    }
}
