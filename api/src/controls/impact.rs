//! Whom a pause or its end concerns (CTL-04).

use super::activation::ControlScope;
use super::{ActiveRuns, Definition, store};
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// What is done to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ControlAction {
    /// Stop new starts.
    Pause,
    /// Let them start again.
    Resume,
}

/// Whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// Workspaces with at least one tenant that may be targeted.
    #[validate(range(min = 0, message = "A number from 0 on is expected."))]
    #[schema(minimum = 0)]
    pub workspace_count: i64,
    /// Tenants that may be targeted; the platform tenant never is.
    #[validate(range(min = 0, message = "A number from 0 on is expected."))]
    #[schema(minimum = 0)]
    pub tenant_count: i64,
    /// Runs with unfinished targets there; they are not touched.
    #[validate(range(min = 0, message = "A number from 0 on is expected."))]
    #[schema(minimum = 0)]
    pub active_run_count: i64,
    /// For whom the action becomes available again, where a pause is moved.
    #[validate(nested)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed: Option<Freed>,
}

/// For whom an action becomes available again when a pause is moved to another scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Freed {
    /// Workspaces with at least one tenant that may be targeted.
    #[validate(range(min = 0, message = "A number from 0 on is expected."))]
    #[schema(minimum = 0)]
    pub workspace_count: i64,
    /// Tenants that may be targeted.
    #[validate(range(min = 0, message = "A number from 0 on is expected."))]
    #[schema(minimum = 0)]
    pub tenant_count: i64,
}

impl Freed {
    /// The pause that moves was not in force, or another one holds there as well.
    pub(super) const NOBODY: Self = Self { workspace_count: 0, tenant_count: 0 };
}

impl Impact {
    /// True when it concerns more workspaces or tenants than `previewed` says (CTL-15). Runs under way are not touched, so their
    /// number does not count.
    pub(super) fn has_grown_since(&self, previewed: &Self) -> bool {
        let frees_more = self
            .freed
            .zip(previewed.freed)
            .is_some_and(|(now, then)| now.workspace_count > then.workspace_count || now.tenant_count > then.tenant_count);
        self.workspace_count > previewed.workspace_count || self.tenant_count > previewed.tenant_count || frees_more
    }
}

/// Workspaces and tenants of a scope.
#[derive(Debug, QueryableByName)]
pub(super) struct Reached {
    #[diesel(sql_type = BigInt)]
    pub workspace_count: i64,
    #[diesel(sql_type = BigInt)]
    pub tenant_count: i64,
}

/// Counts it, given the scopes that are paused now. A pause concerns its whole scope; a resume what was paused and no other
/// pause still covers.
pub(super) fn count(
    conn: &mut PgConnection,
    active: &dyn ActiveRuns,
    control: &Definition,
    (action, scope): (ControlAction, ControlScope),
    in_force: &[ControlScope],
) -> Result<Impact> {
    let workspace = scope.workspace_id();
    let others = in_force.iter().filter(|other| **other != scope);
    let frees_nothing = !in_force.contains(&scope) || others.clone().any(|other| *other == ControlScope::Global);
    let without: Vec<i64> = match action {
        ControlAction::Pause => Vec::new(),
        ControlAction::Resume => others.filter_map(|other| other.workspace_id()).collect(),
    };
    let reached = match action == ControlAction::Resume && frees_nothing {
        true => Reached { workspace_count: 0, tenant_count: 0 },
        false => store::count_reached(conn, scope, &without)?,
    };
    Ok(Impact {
        workspace_count: reached.workspace_count,
        tenant_count: reached.tenant_count,
        active_run_count: active.count(conn, control.operation_types, workspace.as_ref().map(std::slice::from_ref))?,
        freed: None,
    })
}

/// Counts for whom the action becomes available again when a pause leaves a scope, given the scopes that are paused afterwards.
pub(super) fn count_freed(conn: &mut PgConnection, left: ControlScope, after: &[ControlScope]) -> Result<Freed> {
    if after.contains(&ControlScope::Global) {
        return Ok(Freed::NOBODY);
    }
    let without: Vec<i64> = after.iter().filter_map(|scope| scope.workspace_id()).collect();
    let Reached { workspace_count, tenant_count } = store::count_reached(conn, left, &without)?;
    Ok(Freed { workspace_count, tenant_count })
}
