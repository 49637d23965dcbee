//! The read-only forecast of a runbook (RB-03, RB-04), kept as a row that a start names (RB-06).

use super::store::{self, Stored};
use super::{Figures, Reach, Runbook, Scope};
use crate::audit::{self, Action, Entry};
use crate::auth::capability::RunbooksView;
use crate::auth::tenant_capability::FindingsBackfill;
use crate::auth::{Permit, TenantPermit};
use crate::context::{Actor, Ctx};
use crate::controls::{self, Decision, Excluded, gate};
use crate::db::{Moment, allow_large_sorts, clock, in_snapshot};
use crate::error::{Error, Result};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Minutes for which a preflight may be confirmed.
pub const VALID_MINUTES: i32 = 15;

/// A forecast.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preflight {
    /// Name it to start.
    pub id: i64,
    /// Key of the runbook.
    pub runbook_key: String,
    /// Scope it was made for.
    pub scope: Scope,
    /// Tenants that a start would target.
    pub estimated_tenants: i64,
    /// What would change.
    #[serde(flatten)]
    pub figures: Figures,
    /// Workspaces left out.
    pub excluded: Vec<Excluded>,
    /// What the control says.
    pub control: Decision,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub computed_at: OffsetDateTime,
    /// Until when it can be confirmed.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// A stored forecast, as a start needs it.
#[derive(Debug, Clone)]
pub struct StoredPreflight {
    /// `runbook_preflights.id`.
    pub id: i64,
    /// Key of the runbook.
    pub runbook_key: String,
    /// Scope it was made for.
    pub scope: serde_json::Value,
    /// Operator who made it.
    pub platform_user_id: Option<i64>,
    /// Findings that would change.
    pub affected_count: i64,
    /// Findings looked at.
    pub total_count: i64,
    /// Tenants that a start would target.
    pub estimated_tenants: i64,
    /// Workspaces left out.
    pub excluded: BTreeSet<i64>,
    /// Whether it is too old to be confirmed.
    pub is_expired: bool,
}

/// Counts what the runbook would change, keeps the figures and audits. Never blocked by a control.
/// Errors: 422 `unknown-tenant`.
pub fn preflight(
    ctx: &Ctx,
    _permit: &Permit<RunbooksView>,
    conn: &mut PgConnection,
    runbook: &dyn Runbook,
    scope: &Scope,
) -> Result<Preflight> {
    forecast(ctx, conn, runbook, scope)
}

/// The same for a member of a tenant, of that tenant. Errors: 404 when it has just left the allowed universe, or members do not
/// start this runbook.
pub fn preflight_as_member(
    ctx: &Ctx,
    permit: &TenantPermit<FindingsBackfill>,
    conn: &mut PgConnection,
    runbook: &dyn Runbook,
) -> Result<Preflight> {
    permit.require(runbook.info().member_capability.ok_or_else(Error::not_found)?)?;
    forecast(ctx, conn, runbook, &Scope::SingleTenant { tenant_id: permit.tenant_id() }).map_err(Error::hiding_tenant)
}

/// The same for callers that confirm at once: command line, deploy hook, and a start that found its preflight stale.
pub(crate) fn forecast(ctx: &Ctx, conn: &mut PgConnection, runbook: &dyn Runbook, scope: &Scope) -> Result<Preflight> {
    let seen = read_only(conn, |conn| look(conn, runbook, scope))?;
    let Stored { id, computed_at, expires_at } = keep(ctx, conn, runbook, scope, &seen)?;
    Ok(Preflight {
        id,
        runbook_key: runbook.info().key.to_owned(),
        scope: scope.clone(),
        estimated_tenants: seen.estimated_tenants,
        figures: seen.figures,
        excluded: seen.excluded,
        control: seen.control,
        computed_at,
        expires_at,
    })
}

/// What a retry would change in the failed targets of a run.
pub(crate) struct FailedTargets {
    /// The stored forecast.
    pub id: i64,
    /// Tenants that the retry would target.
    pub estimated_tenants: i64,
    /// What would change.
    pub figures: Figures,
    /// Workspaces left out.
    pub excluded: Vec<Excluded>,
}

/// The forecast of a retry, which is confirmed at once (RUN-11).
pub(crate) fn forecast_failed_targets(
    ctx: &Ctx,
    conn: &mut PgConnection,
    runbook: &dyn Runbook,
    run_id: i64,
    reach: &Reach,
) -> Result<FailedTargets> {
    let seen = read_only(conn, |conn| {
        let control = controls::find(runbook.info().control_key)?;
        let verdict = gate::decide(conn, control, reach.tenants.ids())?;
        let (control, excluded) = (verdict.decision(), verdict.excluded);
        inspect(conn, runbook, reach.clone(), control, excluded)
    })?;
    let scope = json!({ "mode": "failed_targets", "run_id": run_id });
    let stored = keep(ctx, conn, runbook, &scope, &seen)?;
    let Seen { figures, excluded, estimated_tenants, .. } = seen;
    Ok(FailedTargets { id: stored.id, estimated_tenants, figures, excluded })
}

/// Stores a forecast and audits it.
fn keep(ctx: &Ctx, conn: &mut PgConnection, runbook: &dyn Runbook, scope: &impl Serialize, seen: &Seen) -> Result<Stored> {
    conn.transaction(|conn| {
        let key = runbook.info().key;
        let stored = store::insert(conn, &ctx.actor, key, scope, seen, VALID_MINUTES)?;
        let tenant_scope = seen.reach.tenant.as_ref().map(|tenant| (seen.reach.workspace.id, tenant.id));
        let entry = Entry::new(Action::RunbookPreflight)
            .target("runbook", key, runbook.info().label)
            .scope(tenant_scope.map(|(workspace, _)| workspace), tenant_scope.map(|(_, tenant)| tenant))
            .summary(format!("Preflight: {} of {} findings would change.", seen.figures.affected_count, seen.figures.total_count))
            .metadata("runbook_key", key)
            .metadata("scope", scope)
            .metadata("preflight_id", stored.id)
            .metadata("affected_count", seen.figures.affected_count)
            .metadata("total_count", seen.figures.total_count)
            .metadata("excluded_workspace_ids", workspace_ids(&seen.excluded))
            .metadata("operator_id", ctx.actor.operator_id())
            .metadata("user_id", ctx.actor.user_id());
        audit::record_fail_safe(conn, ctx, entry);
        Ok(stored)
    })
}

/// What a forecast found, all of it in one snapshot.
pub(super) struct Seen {
    pub reach: Reach,
    pub control: Decision,
    pub excluded: Vec<Excluded>,
    pub figures: Figures,
    pub estimated_tenants: i64,
    pub now: Moment,
}

fn look(conn: &mut PgConnection, runbook: &dyn Runbook, scope: &Scope) -> Result<Seen> {
    scope.ensure_supported(runbook.info())?;
    let reach = scope.resolve(conn)?;
    let verdict = scope.decide(conn, runbook.info())?;
    // Looking at one tenant is never stopped by its workspace's pause; over all, what a start leaves out is left out here.
    let (control, excluded) = match reach.tenant {
        Some(_) => (verdict.decision_of_one(), Vec::new()),
        None => (verdict.decision(), verdict.excluded),
    };
    inspect(conn, runbook, reach, control, excluded)
}

fn inspect(
    conn: &mut PgConnection,
    runbook: &dyn Runbook,
    reach: Reach,
    control: Decision,
    excluded: Vec<Excluded>,
) -> Result<Seen> {
    let now = clock::read(conn)?;
    let tenants = reach.tenants_without(conn, &excluded)?;
    let figures = runbook.inspect(conn, &tenants, now)?;
    let estimated_tenants = store::count_tenants(conn, &tenants)?;
    Ok(Seen { reach, control, excluded, figures, estimated_tenants, now })
}

/// Ids of the workspaces that are left out: what two exclusions are compared by.
pub fn workspace_ids(excluded: &[Excluded]) -> BTreeSet<i64> {
    excluded.iter().map(|workspace| workspace.workspace_id).collect()
}

/// One snapshot in which nothing can be written.
pub(crate) fn read_only<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    in_snapshot(conn, |conn| {
        allow_large_sorts(conn)?;
        work(conn)
    })
}

/// The stored forecast with this id. Errors: 422 `preflight-unknown`.
pub(crate) fn find_stored(conn: &mut PgConnection, id: i64) -> Result<StoredPreflight> {
    store::find(conn, id)?.ok_or_else(|| {
        Error::new(crate::error::Code::PreflightUnknown, format!("There is no preflight {id}.")).with_field(
            "/preflight_id",
            "unknown",
            "The id of a preflight of the last 24 hours is expected.",
        )
    })
}

/// Why a stored forecast cannot be confirmed by this caller for this runbook and scope, if so.
pub(crate) fn mismatch(stored: &StoredPreflight, actor: &Actor, key: &str, scope: &Scope) -> Result<Option<&'static str>> {
    let same_scope = stored.runbook_key == key && stored.scope == serde_json::to_value(scope).map_err(Error::internal)?;
    Ok(if !same_scope {
        Some("The preflight was made for another runbook or scope.")
    } else if stored.platform_user_id != actor.operator_id() {
        Some("The preflight was made by somebody else.")
    } else if stored.is_expired {
        Some("The preflight is older than 15 minutes.")
    } else {
        None
    })
}
