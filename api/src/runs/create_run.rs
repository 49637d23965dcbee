//! The locking transaction of a start: claims the request, asks the control, decides identity again, and writes run, targets,
//! audit and answer together.

use super::context::RunContext;
use super::start_run::{Started, nothing_to_do};
use super::starter::Starter;
use super::store::{lifecycle, start as store};
use crate::audit::{self, Action, Entry, Outcome};
use crate::context::Ctx;
use crate::controls::blocked::Blocked;
use crate::controls::gate::{self, Verdict};
use crate::controls::{self, Excluded};
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use crate::idempotency::{self, IdempotentRequest};
use crate::runbooks::preflight::workspace_ids;
use crate::runbooks::{Reach, Runbook};
use crate::telemetry::{self, Person, UsageEvent};
use diesel::prelude::*;
use std::collections::BTreeSet;

/// What a start is about, once it has been found out.
pub(super) struct Plan<'a> {
    pub starter: Starter<'a>,
    pub runbook: &'static dyn Runbook,
    pub reach: Reach,
    pub identity: String,
    pub context: RunContext,
    /// Workspaces that were left out of the figures that are confirmed; none as long as there are no figures.
    pub confirmed_exclusions: Option<BTreeSet<i64>>,
    pub idempotency: Option<IdempotentRequest>,
}

/// How the locking transaction ended.
pub(super) enum Created {
    Started(Started),
    /// A control stops the start; nothing was written.
    Blocked(Blocked),
    /// What was found out before does not hold any more; nothing was written.
    Outdated,
}

/// Does it. The control is asked as late as possible, before every lock that is waited for (see the lock order).
pub(super) fn create(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>) -> Result<Created> {
    conn.transaction(|conn| {
        if let Some(request) = &plan.idempotency
            && let Some(answer) = idempotency::claim(conn, request)?
        {
            return Ok(Created::Started(Started::Replayed(answer)));
        }
        let control = controls::find(plan.runbook.info().control_key)?;
        let verdict = gate::ask(conn, control, plan.reach.tenants.ids())?;
        if let Some(blocked) = verdict.forbids_start() {
            return Ok(Created::Blocked(blocked));
        }
        locks::lock(conn, LockClass::Scope, &plan.identity)?;
        let (run_id, created) = match store::find_active_by_identity(conn, &plan.identity)? {
            Some(run_id) => (run_id, false),
            None if is_outdated(plan, &verdict) => return Ok(Created::Outdated),
            None => (insert(ctx, conn, plan, &verdict)?, true),
        };
        audit_start(ctx, conn, plan, (run_id, created), &verdict.excluded);
        let mut run = plan.starter.find_run(conn, run_id)?;
        run.deduplicated = Some(!created);
        if let Some(request) = &plan.idempotency {
            idempotency::keep(conn, request, &plan.starter.answer(&run, created)?)?;
        }
        let run = Box::new(run);
        Ok(Created::Started(if created { Started::Created(run) } else { Started::Deduplicated(run) }))
    })
}

/// The active run that made a preflight unnecessary has just ended, or other workspaces are paused than in the figures that
/// are confirmed (CTL-13).
fn is_outdated(plan: &Plan<'_>, verdict: &Verdict) -> bool {
    plan.context.preflight.is_none()
        || plan.confirmed_exclusions.as_ref().is_some_and(|ids| *ids != workspace_ids(&verdict.excluded))
}

fn insert(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>, verdict: &Verdict) -> Result<i64> {
    let context = RunContext { excluded: verdict.excluded.clone(), ..plan.context.clone() };
    let run_id = store::insert_run(
        conn,
        &store::NewRun {
            workspace_id: plan.reach.workspace.id,
            tenant_id: plan.reach.tenant.as_ref().map(|tenant| tenant.id),
            ctx,
            kind: plan.runbook.info().key,
            identity: &plan.identity,
            context: serde_json::to_value(&context).map_err(Error::internal)?,
        },
    )?;
    if store::insert_targets(conn, run_id, &plan.reach.tenants, &verdict.paused_workspaces)? == 0 {
        return Err(nothing_to_do(verdict.excluded.len()));
    }
    lifecycle::notify(conn, run_id)?;
    record_usage(ctx, conn, plan, run_id);
    Ok(run_id)
}

/// A start by a customer's user is product usage (TEL-04); meeting an active run, being answered again, or a program's is none.
fn record_usage(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>, run_id: i64) {
    let tenant = plan.reach.tenant.as_ref();
    if let Some(person) = tenant.and_then(|tenant| Person::of(ctx, plan.reach.workspace.id, tenant.id)) {
        telemetry::record(conn, person, UsageEvent::operation_started(run_id, plan.runbook.info().key));
    }
}

fn audit_start(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>, (run_id, created): (i64, bool), excluded: &[Excluded]) {
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
        .metadata("excluded_workspace_ids", workspace_ids(excluded))
        .metadata("reason", &plan.context.reason)
        .metadata("retry_of_run_id", plan.context.retry_of_run_id)
        .metadata("operator_id", ctx.actor.operator_id())
        .metadata("operator_email", plan.context.platform_initiator.as_ref().map(|initiator| &initiator.email))
        .metadata("user_id", ctx.actor.user_id())
        .metadata("user_email", plan.context.tenant_initiator.as_ref().map(|initiator| &initiator.email));
    audit::record_fail_safe(conn, ctx, entry);
}
