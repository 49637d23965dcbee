//! Starting a runbook: the one way in for web page, API, command line and deploy hook (RB-07).
//!
//! Order of checks: idempotent replay, control, confirmation and reason, an active run of the same identity, preflight,
//! recount, nothing to do, stale, create. The recount happens before the locking transaction; inside it identity is
//! decided again.

use super::confirmation::{self, Reason};
use super::context::{PlatformInitiator, PreflightContext, RunContext, RunbookContext, Source};
use super::get_run::find_run;
use super::identity::run_identity_hash;
use super::model::Run;
use super::store::{lifecycle, start as store};
use crate::audit::{self, Action, Entry, Outcome};
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::db::locks::{self, LockClass};
use crate::error::{Code, Error, Result};
use crate::idempotency::{self, IdempotentRequest, StoredAnswer};
use crate::runbooks::preflight::{self, Preflight, StoredPreflight};
use crate::runbooks::{Reach, Runbook, Scope};
use diesel::prelude::*;
use serde_json::json;

/// A preflight may be outgrown by this share …
const GROWTH_SHARE: f64 = 0.20;
/// … or by this many findings, whichever is more (RB-06).
const GROWTH_ROWS: i64 = 100;
/// Tries at a start whose identity's active run ends in the same instant.
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

/// What a start is about, once it has been found out.
pub(super) struct Plan<'a> {
    pub permit: &'a Permit<RunbooksRun>,
    pub runbook: &'static dyn Runbook,
    pub reach: Reach,
    pub identity: String,
    pub context: RunContext,
    pub idempotency: Option<IdempotentRequest>,
}

/// Starts a run. The caller holds no transaction.
///
/// Errors: 403 without the runbook's capability; 409 `nothing-to-do`, `preflight-stale` (with a fresh `preflight`),
/// `idempotency-key-in-flight`; 422 `unknown-tenant`, `confirmation-mismatch`, `reason-required`, `preflight-unknown`,
/// `idempotency-key-reused`.
pub fn start_run(ctx: &Ctx, permit: &Permit<RunbooksRun>, conn: &mut PgConnection, start: StartRun) -> Result<Started> {
    let info = start.runbook.info();
    permit.require(info.capability)?;
    if let Some(request) = &start.idempotency
        && let Some(answer) = idempotency::replay(conn, request)?
    {
        return Ok(Started::Replayed(answer));
    }
    let reach = start.scope.resolve(conn, info)?;
    let reason = confirmation::check(info, &start.scope, start.typed_confirmation.as_deref(), start.reason)?;
    let tenant_id = reach.tenant.as_ref().map(|tenant| tenant.id);
    let identity = run_identity_hash(info.key, reach.workspace.id, tenant_id, &json!({ "trigger": info.trigger }));
    let mut plan = Plan {
        permit,
        runbook: start.runbook,
        context: RunContext {
            runbook: RunbookContext {
                key: info.key.to_owned(),
                scope: start.scope.mode().to_owned(),
                target_tenant_id: tenant_id,
                source: start.source,
            },
            preflight: None,
            excluded: Vec::new(),
            reason: reason.map(Into::into),
            platform_initiator: PlatformInitiator::of(&ctx.actor),
            retry_of_run_id: None,
        },
        reach,
        identity,
        idempotency: start.idempotency,
    };
    // An active run that makes a preflight unnecessary may end before the locking transaction; then the preflight is due.
    for _ in 0..ATTEMPTS {
        if store::find_active_by_identity(conn, &plan.identity)?.is_none() {
            match confirmed_preflight(ctx, conn, &plan, start.preflight_id, &start.scope) {
                Ok(preflight) => plan.context.preflight = Some(preflight),
                Err(error) => return replay_or(conn, &plan, error),
            }
        }
        match create(ctx, conn, &plan) {
            Err(error) if error.code() == Code::RunStateConflict => {}
            result => return result,
        }
    }
    Err(Error::new(Code::RunStateConflict, "Runs of this kind start and end too quickly. Try again.").retry_after(1))
}

/// The same request may have been answered while this one was counting.
fn replay_or(conn: &mut PgConnection, plan: &Plan<'_>, error: Error) -> Result<Started> {
    let answer = plan.idempotency.as_ref().map(|request| idempotency::replay(conn, request)).transpose()?.flatten();
    answer.map(Started::Replayed).ok_or(error)
}

/// The forecast that is confirmed, held against the figures of now.
fn confirmed_preflight(
    ctx: &Ctx,
    conn: &mut PgConnection,
    plan: &Plan<'_>,
    id: Option<i64>,
    scope: &Scope,
) -> Result<PreflightContext> {
    let Some(id) = id else {
        let fresh = preflight::forecast(ctx, conn, plan.runbook, scope)?;
        return match fresh.figures.affected_count {
            0 => Err(nothing_to_do()),
            _ => Ok(of_fresh(&fresh)),
        };
    };
    let stored = preflight::find_stored(conn, id)?;
    let affected = preflight::read_only(conn, |conn| plan.runbook.count(conn, &plan.reach.tenants))?;
    if affected == 0 {
        return Err(nothing_to_do());
    }
    let mismatch = preflight::mismatch(&stored, &ctx.actor, plan.runbook.info().key, scope)?;
    if let Some(why) = mismatch.or_else(|| outgrown(&stored, affected)) {
        let fresh = preflight::forecast(ctx, conn, plan.runbook, scope)?;
        return Err(Error::new(Code::PreflightStale, why).with("preflight", &fresh));
    }
    Ok(PreflightContext {
        id: stored.id,
        affected_count: stored.affected_count,
        total_count: stored.total_count,
        estimated_tenants: stored.estimated_tenants,
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

fn outgrown(stored: &StoredPreflight, affected: i64) -> Option<&'static str> {
    let growth = affected.saturating_sub(stored.affected_count);
    #[allow(clippy::cast_precision_loss, reason = "a share does not need the last digit")]
    let is_large = growth as f64 > stored.affected_count as f64 * GROWTH_SHARE;
    (growth > GROWTH_ROWS && is_large).then_some("The number of affected findings has grown since the preflight.")
}

pub(super) fn nothing_to_do() -> Error {
    Error::new(Code::NothingToDo, "No finding needs this repair. No run was created.")
}

/// The locking transaction: claims the request, decides identity again, writes run, targets, audit and answer together.
pub(super) fn create(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>) -> Result<Started> {
    conn.transaction(|conn| {
        if let Some(request) = &plan.idempotency
            && let Some(answer) = idempotency::claim(conn, request)?
        {
            return Ok(Started::Replayed(answer));
        }
        locks::lock(conn, LockClass::Scope, &plan.identity)?;
        let (run_id, created) = match store::find_active_by_identity(conn, &plan.identity)? {
            Some(run_id) => (run_id, false),
            None => (insert(ctx, conn, plan)?, true),
        };
        audit_start(ctx, conn, plan, run_id, created);
        let mut run = find_run(plan.permit, conn, run_id)?;
        run.deduplicated = Some(!created);
        if let Some(request) = &plan.idempotency {
            idempotency::keep(conn, request, &answer(&run, created)?)?;
        }
        Ok(if created { Started::Created(Box::new(run)) } else { Started::Deduplicated(Box::new(run)) })
    })
}

fn insert(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>) -> Result<i64> {
    if plan.context.preflight.is_none() && plan.context.retry_of_run_id.is_none() {
        // The active run that made the preflight unnecessary has just ended.
        return Err(
            Error::new(Code::RunStateConflict, "The run that was active has just ended. Run a preflight again.").retry_after(1)
        );
    }
    let run_id = store::insert_run(
        conn,
        &store::NewRun {
            workspace_id: plan.reach.workspace.id,
            tenant_id: plan.reach.tenant.as_ref().map(|tenant| tenant.id),
            actor: &ctx.actor,
            kind: plan.runbook.info().key,
            identity: &plan.identity,
            context: serde_json::to_value(&plan.context).map_err(Error::internal)?,
        },
    )?;
    if store::insert_targets(conn, run_id, &plan.reach.tenants)? == 0 {
        return Err(nothing_to_do());
    }
    lifecycle::notify(conn, run_id)?;
    Ok(run_id)
}

fn answer(run: &Run, created: bool) -> Result<StoredAnswer> {
    Ok(StoredAnswer {
        status: if created { 201 } else { 200 },
        location: created.then(|| location(run.id)),
        body: serde_json::to_value(run).map_err(Error::internal)?,
    })
}

/// Address of a run.
pub fn location(run_id: i64) -> String {
    format!("/api/v1/system/ops/runs/{run_id}")
}

fn audit_start(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>, run_id: i64, created: bool) {
    let info = plan.runbook.info();
    let tenant = plan.reach.tenant.as_ref();
    let summary = match created {
        true => format!("Started run {run_id}: {}.", info.label),
        false => format!("Start met run {run_id}, which is active: {}.", info.label),
    };
    let entry = Entry::new(Action::RunbookStart)
        .target("run", run_id, info.label)
        .scope(tenant.map(|_| plan.reach.workspace.id), tenant.map(|tenant| tenant.id))
        .run(run_id)
        .outcome(if created { Outcome::Success } else { Outcome::Deduplicated })
        .summary(summary)
        .metadata("runbook_key", info.key)
        .metadata("scope", &plan.context.runbook.scope)
        .metadata("source", plan.context.runbook.source)
        .metadata("affected_count", plan.context.preflight.as_ref().map(|preflight| preflight.affected_count))
        .metadata("reason", &plan.context.reason)
        .metadata("retry_of_run_id", plan.context.retry_of_run_id)
        .metadata("operator_id", ctx.actor.id())
        .metadata("operator_email", plan.context.platform_initiator.as_ref().map(|initiator| &initiator.email));
    audit::record_fail_safe(conn, ctx, entry);
}
