//! Starting a runbook: the one way in for the web pages of both planes, API, command line and deploy hook (RB-07).
//!
//! Order of checks: idempotent replay, control, confirmation and reason, an active run of the same identity, preflight,
//! recount, nothing to do, stale, create. The recount happens before the locking transaction of [`super::create_run`];
//! inside it control and identity are decided again.

use super::confirmation::{self, Reason};
use super::context::{PlatformInitiator, PreflightContext, RunContext, RunbookContext, Source, TenantInitiator};
use super::create_run::{Created, Plan, create};
use super::identity::run_identity_hash;
use super::model::Run;
use super::starter::Starter;
use super::store::start as store;
use crate::context::Ctx;
use crate::controls::blocked::{Attempt, Blocked};
use crate::error::{Code, Error, Result};
use crate::findings::lifecycle::Extent;
use crate::idempotency::{self, IdempotentRequest, StoredAnswer};
use crate::runbooks::preflight::{self, Preflight, StoredPreflight, workspace_ids};
use crate::runbooks::{Runbook, Scope};
use crate::tenancy;
use diesel::PgConnection;
use serde_json::json;
use std::collections::BTreeSet;

/// A preflight may be outgrown by this share …
const GROWTH_PERCENT: i64 = 20;
/// … or by this many findings, whichever is more (RB-06).
const GROWTH_ROWS: i64 = 100;
/// Tries at a start whose identity's active run ends, or whose exclusions change, in the same instant.
const ATTEMPTS: u32 = 3;

/// What is asked for.
pub struct StartRun {
    /// The runbook.
    pub runbook: &'static dyn Runbook,
    /// Over which tenants.
    pub scope: Scope,
    /// The preflight that is confirmed; none: the service makes one itself.
    pub preflight_id: Option<i64>,
    /// What was typed.
    pub typed_confirmation: Option<String>,
    /// Why.
    pub reason: Option<Reason>,
    /// Which way it came in.
    pub source: Source,
    /// The request, if it may come again.
    pub idempotency: Option<IdempotentRequest>,
}

/// What came of it.
#[derive(Debug)]
pub enum Started {
    /// A new run.
    Created(Box<Run>),
    /// The run that was there already.
    Deduplicated(Box<Run>),
    /// The first answer to the same request.
    Replayed(StoredAnswer),
}

/// Starts a run. The caller holds no transaction.
///
/// Errors: 403 without the runbook's capability; 404 for a member outside of their tenant; 409 `operational-control-paused`, `nothing-to-do`, `preflight-stale` (with a
/// fresh `preflight`), `idempotency-key-in-flight`; 422 `unknown-tenant`, `confirmation-mismatch`, `reason-required`,
/// `preflight-unknown`, `idempotency-key-reused`.
pub fn start_run<'a>(ctx: &Ctx, starter: impl Into<Starter<'a>>, conn: &mut PgConnection, start: StartRun) -> Result<Started> {
    let (starter, info) = (starter.into(), start.runbook.info());
    starter.ensure_may_start(info, &start.scope)?;
    start.scope.ensure_supported(info)?;
    if let Some(answer) = replay(conn, start.idempotency.as_ref())? {
        return Ok(Started::Replayed(answer));
    }
    if let Some(blocked) = start.scope.decide(conn, info)?.forbids_start() {
        // The same request may have been accepted just before the pause.
        return match replay(conn, start.idempotency.as_ref())? {
            Some(answer) => Ok(Started::Replayed(answer)),
            None => Err(refuse(ctx, conn, &blocked, &start.scope, start.source)),
        };
    }
    let StartRun { runbook, scope, preflight_id, typed_confirmation, reason, source, idempotency } = start;
    let reach = scope.resolve(conn)?;
    let reason = confirmation::check(info, &scope, &ctx.actor, typed_confirmation.as_deref(), reason)?;
    let tenant_id = reach.tenant.as_ref().map(|tenant| tenant.id);
    let mut plan = Plan {
        starter,
        runbook,
        identity: run_identity_hash(info.key, reach.workspace.id, tenant_id, &json!({ "trigger": info.trigger })),
        context: RunContext {
            runbook: RunbookContext {
                key: info.key.to_owned(),
                scope: scope.mode().to_owned(),
                target_tenant_id: tenant_id,
                source,
            },
            preflight: None,
            excluded: Vec::new(),
            reason: reason.map(Into::into),
            platform_initiator: PlatformInitiator::of(&ctx.actor),
            tenant_initiator: TenantInitiator::of(&ctx.actor),
            command_line: ctx.command_line.clone(),
            retry_of_run_id: None,
        },
        reach,
        confirmed_exclusions: None,
        idempotency,
    };
    carry_out(
        ctx,
        conn,
        &mut plan,
        |conn, plan| confirmed_preflight(ctx, conn, plan, preflight_id, &scope),
        |conn, blocked| refuse(ctx, conn, blocked, &scope, source),
    )
}

/// Forecasts and creates what was planned, or meets the active run of the same identity. `confirm` gives the forecast that counts, and
/// the workspaces that it leaves out.
pub(super) fn carry_out<'p>(
    ctx: &Ctx,
    conn: &mut PgConnection,
    plan: &mut Plan<'p>,
    confirm: impl Fn(&mut PgConnection, &Plan<'p>) -> Result<(PreflightContext, BTreeSet<i64>)>,
    refuse: impl FnOnce(&mut PgConnection, &Blocked) -> Error,
) -> Result<Started> {
    // An active run that makes a preflight unnecessary may end before the locking transaction; then the preflight is due.
    // Where other workspaces are left out by then, it is due again.
    for _ in 0..ATTEMPTS {
        if store::find_active_by_identity(conn, &plan.identity)?.is_none() {
            match confirm(conn, plan) {
                Ok((preflight, excluded)) => {
                    plan.context.preflight = Some(preflight);
                    plan.confirmed_exclusions = Some(excluded);
                }
                Err(error) => return replay(conn, plan.idempotency.as_ref())?.map(Started::Replayed).ok_or(error),
            }
        }
        match create(ctx, conn, plan)? {
            Created::Started(started) => return Ok(started),
            Created::Blocked(blocked) => return Err(refuse(conn, &blocked)),
            Created::Outdated => {}
        }
    }
    Err(Error::new(Code::RunStateConflict, "Runs of this kind start and end, or workspaces are paused, too quickly. Try again.")
        .retry_after(1))
}

/// The first answer to the same request, if there is one by now.
pub(super) fn replay(conn: &mut PgConnection, request: Option<&IdempotentRequest>) -> Result<Option<StoredAnswer>> {
    Ok(request.map(|request| idempotency::replay(conn, request)).transpose()?.flatten())
}

/// The refusal of a start that a control stops, once it has been audited.
fn refuse(ctx: &Ctx, conn: &mut PgConnection, blocked: &Blocked, scope: &Scope, source: Source) -> Error {
    let tenant_id = scope.tenant_id();
    // A tenant that may not be targeted has no scope to be audited under.
    let tenant = tenant_id.and_then(|id| tenancy::find_allowed_tenant(conn, id).ok().flatten());
    let attempt = Attempt {
        source: json!(source),
        requested_scope: scope.mode().to_owned(),
        tenant: tenant.map(|tenant| (tenant.workspace.id, tenant.id)),
        target_tenant_id: tenant_id,
        run_id: None,
    };
    blocked.refuse(ctx, conn, &attempt)
}

/// The forecast that is confirmed, held against the figures of now, and the workspaces that it leaves out.
fn confirmed_preflight(
    ctx: &Ctx,
    conn: &mut PgConnection,
    plan: &Plan<'_>,
    id: Option<i64>,
    scope: &Scope,
) -> Result<(PreflightContext, BTreeSet<i64>)> {
    let Some(id) = id else {
        let fresh = preflight::forecast(ctx, conn, plan.runbook, scope)?;
        return match fresh.figures.affected_count {
            0 => Err(nothing_to_do(fresh.excluded.len())),
            _ => Ok((of_fresh(&fresh), workspace_ids(&fresh.excluded))),
        };
    };
    let stored = preflight::find_stored(conn, id)?;
    let (extent, excluded) = recount(conn, plan, scope, may_grow_to(&stored))?;
    if extent == Extent::Nothing {
        return Err(nothing_to_do(excluded.len()));
    }
    let mismatch = preflight::mismatch(&stored, &ctx.actor, plan.runbook.info().key, scope)?;
    let excludes_others = (stored.excluded != excluded).then_some("Other workspaces are left out now than in the preflight.");
    if let Some(why) = mismatch.or(excludes_others).or_else(|| outgrown(extent)) {
        let fresh = preflight::forecast(ctx, conn, plan.runbook, scope)?;
        return Err(Error::new(Code::PreflightStale, why).with("preflight", &fresh));
    }
    let confirmed = PreflightContext {
        id: stored.id,
        affected_count: stored.affected_count,
        total_count: stored.total_count,
        estimated_tenants: stored.estimated_tenants,
    };
    Ok((confirmed, stored.excluded))
}

/// Extent of what a start would target now, and the workspaces that it would leave out.
fn recount(conn: &mut PgConnection, plan: &Plan<'_>, scope: &Scope, limit: i64) -> Result<(Extent, BTreeSet<i64>)> {
    preflight::read_only(conn, |conn| {
        let excluded = match scope.tenant_id() {
            Some(_) => Vec::new(),
            None => scope.decide(conn, plan.runbook.info())?.excluded,
        };
        let tenants = plan.reach.tenants_without(conn, &excluded)?;
        Ok((plan.runbook.extent(conn, &tenants, limit)?, workspace_ids(&excluded)))
    })
}

fn of_fresh(fresh: &Preflight) -> PreflightContext {
    PreflightContext {
        id: fresh.id,
        affected_count: fresh.figures.affected_count,
        total_count: fresh.figures.total_count,
        estimated_tenants: fresh.estimated_tenants,
    }
}

/// The most affected findings for which a preflight still stands (RB-06).
fn may_grow_to(stored: &StoredPreflight) -> i64 {
    let share = stored.affected_count.saturating_mul(GROWTH_PERCENT) / 100;
    stored.affected_count.saturating_add(share.max(GROWTH_ROWS))
}

fn outgrown(extent: Extent) -> Option<&'static str> {
    (extent == Extent::Beyond).then_some("The number of affected findings has grown since the preflight.")
}

pub(super) fn nothing_to_do(paused_workspaces: usize) -> Error {
    let of_others = match paused_workspaces {
        0 => String::new(),
        1 => " outside of the workspace that is paused".to_owned(),
        n => format!(" outside of the {n} workspaces that are paused"),
    };
    Error::new(Code::NothingToDo, format!("No finding{of_others} needs this repair. No run was created."))
}
