//! Whom a pause or a resume would concern, before anything is changed (CTL-04).

use super::activation::InForce;
use super::impact::{self, ControlAction, Freed, Impact};
use super::{ActiveRuns, ControlScope, Definition, ScopeType, mutation, store};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::db::in_snapshot;
use crate::error::{Code, Error, Result};
use crate::text::counted;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

/// What a pause or a resume would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScopePreview {
    /// Key of the control.
    pub control_key: &'static str,
    /// pause or resume.
    pub action: ControlAction,
    /// global or workspace.
    pub scope_type: ScopeType,
    /// The workspace of a workspace scope.
    pub workspace_id: Option<i64>,
    /// Workspaces with at least one tenant that may be targeted.
    pub workspace_count: i64,
    /// Tenants that may be targeted; the platform tenant never is.
    pub tenant_count: i64,
    /// Runs with unfinished targets there; they are not touched.
    pub active_run_count: i64,
    /// For whom it becomes available again, where a pause is moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freed: Option<Freed>,
    /// Places where the action would be stopped, or would be available again.
    pub affected_surfaces: &'static [&'static str],
    /// Names of these places, for people.
    pub surface_labels: Vec<&'static str>,
    /// All of it in words.
    #[schema(example = "New starts of Findings lifecycle backfill will be stopped in 2 workspaces with 3 tenants.")]
    pub summary: String,
}

/// Action and scope of a preview.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// What is to be done.
    pub action: ControlAction,
    /// Over what.
    pub scope: ControlScope,
    /// The scope from which a pause is to be moved there.
    pub moved_from: Option<ControlScope>,
}

/// Counts it in one read-only snapshot. Errors: 422 on an unknown workspace.
pub fn preview_control(
    _permit: &Permit<ControlsManage>,
    conn: &mut PgConnection,
    active: &dyn ActiveRuns,
    control: &'static Definition,
    asked: Asked,
) -> Result<ScopePreview> {
    let Asked { action, scope, moved_from } = asked;
    in_snapshot(conn, |conn| {
        let workspace_name = mutation::find_workspace_name(conn, scope)?;
        let in_force: Vec<_> = store::list_in_force(conn, Some(control.key))?.iter().map(InForce::scope).collect();
        let mut impact = impact::count(conn, active, control, (action, scope), &in_force)?;
        if let Some(left) = moved_from {
            // A scheduled pause holds nobody yet.
            impact.freed = Some(match in_force.contains(&left) {
                true => impact::count_freed(conn, left, &after_move(&in_force, left, scope))?,
                false => Freed::NOBODY,
            });
        }
        Ok(preview_of(control, action, (scope, workspace_name.as_deref()), impact, &in_force))
    })
}

/// The scopes that are paused once a pause has been moved.
pub(super) fn after_move(in_force: &[ControlScope], left: ControlScope, taken: ControlScope) -> Vec<ControlScope> {
    in_force.iter().copied().filter(|scope| *scope != left).chain([taken]).collect()
}

/// Refuses a change that concerns more than the preview said that its caller confirms; without one nothing is refused, so that an
/// emergency stop goes through (CTL-15). Errors: 409 `preview-stale` with the fresh preview.
pub(super) fn ensure_as_previewed(
    previewed: Option<&Impact>,
    fresh: impl FnOnce() -> ScopePreview,
    impact: Impact,
) -> Result<()> {
    match previewed {
        Some(previewed) if impact.has_grown_since(previewed) => {
            let detail = "More workspaces or tenants are concerned now than in the preview. Nothing was changed.";
            Err(Error::new(Code::PreviewStale, detail).with("preview", fresh()))
        }
        _ => Ok(()),
    }
}

pub(super) fn preview_of(
    control: &'static Definition,
    action: ControlAction,
    (scope, workspace_name): (ControlScope, Option<&str>),
    impact: Impact,
    in_force: &[ControlScope],
) -> ScopePreview {
    ScopePreview {
        control_key: control.key,
        action,
        scope_type: scope.kind(),
        workspace_id: scope.workspace_id(),
        workspace_count: impact.workspace_count,
        tenant_count: impact.tenant_count,
        active_run_count: impact.active_run_count,
        freed: impact.freed,
        affected_surfaces: control.affected_surfaces,
        surface_labels: control.surface_labels(),
        summary: summary(control, action, (scope, workspace_name), impact, in_force),
    }
}

fn summary(
    control: &Definition,
    action: ControlAction,
    (scope, workspace_name): (ControlScope, Option<&str>),
    impact: Impact,
    in_force: &[ControlScope],
) -> String {
    let label = control.label;
    let tenants = counted(impact.tenant_count, "tenant");
    let place = match workspace_name {
        Some(name) => format!("the workspace {name} with {tenants}"),
        None => format!("{} with {tenants}", counted(impact.workspace_count, "workspace")),
    };
    let surfaces = format!("Affected: {}.", control.surface_labels().join(", "));
    let is_paused = in_force.contains(&scope);
    let is_covered = scope != ControlScope::Global && in_force.contains(&ControlScope::Global);
    let one = impact.active_run_count == 1;
    let runs =
        format!("{} under way there {} not touched.", counted(impact.active_run_count, "run"), if one { "is" } else { "are" });
    match action {
        ControlAction::Pause => {
            let freed = match impact.freed {
                None => String::new(),
                Some(Freed { tenant_count: 0, .. }) => " It becomes available again nowhere.".to_owned(),
                Some(Freed { workspace_count, tenant_count }) => {
                    let (workspaces, tenants) = (counted(workspace_count, "workspace"), counted(tenant_count, "tenant"));
                    format!(" It becomes available again for {workspaces} with {tenants}.")
                }
            };
            format!("New starts of {label} will be stopped in {place}.{freed} {runs} {surfaces}")
        }
        ControlAction::Resume if !is_paused => format!("{label} is not paused there. Nothing will change."),
        ControlAction::Resume if is_covered => {
            format!("{label} will stay paused there, because it is paused globally.")
        }
        ControlAction::Resume => format!("{label} will be available again for {place}. {surfaces}"),
    }
}
