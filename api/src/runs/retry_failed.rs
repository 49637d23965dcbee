//! A new run over the failed targets of a completed one (RUN-11), with control, reason, forecast, audit and identity as any start.

use super::actions::{self, RunAction, RunFlags};
use super::confirmation::{self, Reason};
use super::context::{PlatformInitiator, PreflightContext, RunContext, RunbookContext, Source};
use super::create_run::Plan;
use super::identity::run_identity_hash;
use super::start_run::{Started, carry_out, nothing_to_do, replay};
use super::state::{Outcome, Status};
use super::store::runs::RunRow;
use super::store::{runs, start};
use crate::auth::Permit;
use crate::auth::capability::RunbooksRun;
use crate::context::Ctx;
use crate::controls::blocked::Attempt;
use crate::controls::{self, gate};
use crate::error::{Code, Error, Result};
use crate::findings::lifecycle::Tenants;
use crate::idempotency::{self, IdempotentRequest};
use crate::runbooks::preflight::{self, FailedTargets, workspace_ids};
use crate::runbooks::{self, Figures, Reach};
use crate::tenancy::{TenantRef, WorkspaceRef};
use diesel::PgConnection;
use serde_json::json;
use std::collections::BTreeSet;

/// Starts the run; failed targets of workspaces that are paused are left out (CTL-13). Errors: 404, 403, 409
/// `operational-control-paused`, `run-state-conflict` or `nothing-to-do`, 422 `reason-required`.
pub fn retry_failed(
    ctx: &Ctx,
    permit: &Permit<RunbooksRun>,
    conn: &mut PgConnection,
    run_id: i64,
    reason: Option<Reason>,
    source: Source,
    idempotency: Option<IdempotentRequest>,
) -> Result<Started> {
    let run = runs::find(conn, run_id)?.ok_or_else(Error::not_found)?;
    actions::ensure_may_start(permit, &run.kind)?;
    if let Some(request) = &idempotency
        && let Some(answer) = idempotency::replay(conn, request)?
    {
        return Ok(Started::Replayed(answer));
    }
    let attempt = attempt(&run, source);
    let tenants = start::list_failed_tenants(conn, run_id)?;
    let runbook = runbooks::find(&run.kind)?;
    let control = controls::find(runbook.info().control_key)?;
    if let Some(blocked) = gate::decide(conn, control, Some(&tenants))?.forbids_start() {
        // The same request may have been accepted before the pause, while this one looked.
        if let Some(answer) = replay(conn, idempotency.as_ref())? {
            return Ok(Started::Replayed(answer));
        }
        return Err(blocked.refuse(ctx, conn, &attempt));
    }
    let reason = reason.ok_or_else(confirmation::reason_required)?.checked()?;
    let unknown = || Error::internal("unknown status or outcome");
    let status = Status::parse(&run.status).ok_or_else(unknown)?;
    let outcome = Outcome::parse(&run.outcome).ok_or_else(unknown)?;
    let has_failed = run.summary_counts.get("failed").and_then(serde_json::Value::as_i64).unwrap_or(0) > 0;
    let flags = RunFlags { status, outcome, paused: false, cancel_requested: false, has_failed, acknowledged: false };
    actions::ensure_allowed(RunAction::RetryFailed, flags)?;
    if tenants.is_empty() {
        return Err(Error::new(Code::NothingToDo, "No tenant that failed may be worked on any more. No run was created."));
    }
    let inputs = json!({ "trigger": runbook.info().trigger, "retry_of_run_id": run_id });
    let mut plan = Plan {
        starter: permit.into(),
        runbook,
        identity: run_identity_hash(&run.kind, run.workspace_id, run.tenant_id, &inputs),
        reach: Reach {
            workspace: WorkspaceRef { id: run.workspace_id, name: run.workspace_name },
            tenant: run.tenant_id.map(|id| TenantRef { id, name: run.tenant_name.unwrap_or_default() }),
            tenants: Tenants::Of(tenants),
        },
        context: RunContext {
            runbook: RunbookContext {
                key: run.kind,
                scope: "failed_targets".to_owned(),
                target_tenant_id: run.tenant_id,
                source,
            },
            preflight: None,
            excluded: Vec::new(),
            reason: Some(reason.into()),
            platform_initiator: PlatformInitiator::of(&ctx.actor),
            tenant_initiator: None,
            command_line: ctx.command_line.clone(),
            retry_of_run_id: Some(run_id),
        },
        confirmed_exclusions: None,
        idempotency,
    };
    carry_out(
        ctx,
        conn,
        &mut plan,
        |conn, plan| forecast(ctx, conn, plan, run_id),
        |conn, blocked| blocked.refuse(ctx, conn, &attempt),
    )
}

/// The forecast of the failed targets, and the workspaces that it leaves out.
fn forecast(ctx: &Ctx, conn: &mut PgConnection, plan: &Plan<'_>, run_id: i64) -> Result<(PreflightContext, BTreeSet<i64>)> {
    let FailedTargets { id, estimated_tenants, figures, excluded } =
        preflight::forecast_failed_targets(ctx, conn, plan.runbook, run_id, &plan.reach)?;
    let Figures { affected_count, total_count, .. } = figures;
    match affected_count {
        0 => Err(nothing_to_do(excluded.len())),
        _ => Ok((PreflightContext { id, affected_count, total_count, estimated_tenants }, workspace_ids(&excluded))),
    }
}

fn attempt(run: &RunRow, source: Source) -> Attempt {
    Attempt {
        source: json!(source),
        requested_scope: "failed_targets".to_owned(),
        tenant: run.tenant_id.map(|tenant_id| (run.workspace_id, tenant_id)),
        target_tenant_id: run.tenant_id,
        run_id: Some(run.id),
    }
}
