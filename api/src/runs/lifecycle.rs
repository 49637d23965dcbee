//! The only place where a run's status and outcome change (RUN-02).

use super::alarm;
use super::failure::Failure;
use super::model::SummaryCounts;
use super::state::{self, Event, Outcome, Status, TargetCounts, TargetState};
use super::store::lifecycle as store;
use super::store::targets::{self, Leased};
use crate::audit::{self, Action, Entry};
use crate::context::{Actor, Ctx, SystemUser};
use crate::error::{Error, Result};
use crate::notifications;
use crate::text::counted;
use diesel::PgConnection;
use serde::Deserialize;
use time::OffsetDateTime;

/// A worker claimed a target, now or at a time just past: a queued run becomes running.
pub(super) fn first_target_claimed(conn: &mut PgConnection, run_id: i64, at: Option<OffsetDateTime>) -> Result<()> {
    debug_assert!(state::after(Status::Queued, Event::FirstTargetClaimed).is_some());
    store::begin(conn, run_id, at)?;
    Ok(())
}

/// A target that ends.
pub(super) struct EndedTarget<'a> {
    pub id: i64,
    pub run_id: i64,
    pub tenant_id: i64,
    pub state: TargetState,
    pub failure: Option<Failure>,
    /// Figures of its last step, not yet written.
    pub figures: Option<&'a Leased>,
}

/// Ends a target, lets others that waited for the tenant go, and completes the run if it was the last one.
pub(super) fn finish_target(conn: &mut PgConnection, ctx: &Ctx, target: &EndedTarget<'_>) -> Result<()> {
    if let Some(failure) = target.failure {
        metrics::counter!("run_target_failures_total", "code" => failure.code).increment(1);
    }
    targets::finish(conn, target.id, target.state, target.failure, target.figures)?;
    targets::wake_waiting(conn, &[target.tenant_id])?;
    metrics::counter!("run_targets_finished_total", "state" => target.state.as_str()).increment(1);
    complete_if_done(conn, ctx, target.run_id)
}

/// Completes the run when no target is open. The run is locked before open targets are looked for, so of several that
/// finish at once exactly the last one completes.
pub(super) fn complete_if_done(conn: &mut PgConnection, ctx: &Ctx, run_id: i64) -> Result<()> {
    let Some(run) = store::lock(conn, run_id)? else { return Ok(()) };
    if store::has_open_targets(conn, run_id)? {
        return Ok(());
    }
    let sums = store::sum_targets(conn, run_id)?;
    let outcome = TargetCounts { succeeded: sums.succeeded, failed: sums.failed, cancelled: sums.cancelled }.outcome();
    let status = Status::parse(&run.status).ok_or_else(|| Error::internal("unknown status"))?;
    let (_, outcome) = state::after(status, Event::TargetsDone(outcome))
        .ok_or_else(|| Error::internal(format!("run {run_id}: {status:?} cannot end as {outcome:?}")))?;
    let counts = SummaryCounts {
        total: sums.total,
        processed: sums.updated.saturating_add(sums.skipped),
        updated: sums.updated,
        skipped: sums.skipped,
        failed: sums.failed,
        tenants: sums.targets,
    };
    let stored = serde_json::to_value(counts).map_err(Error::internal)?;
    store::complete(conn, run_id, outcome.as_str(), &stored, sums.cancelled)?;
    notifications::insert_for_initiator(conn, run_id)?;
    audit_end(conn, ctx, run_id, &run, outcome, counts);
    alarm::tell_of_end(conn, run_id, &run, outcome, counts);
    store::notify(conn, run_id)?;
    tracing::info!(run.id = run_id, outcome = outcome.as_str(), updated = counts.updated, "run completed");
    Ok(())
}

/// Writes the row of a run's end. Whoever ends it at once by cancelling is its actor, and nobody has the client of another.
fn audit_end(conn: &mut PgConnection, ctx: &Ctx, run_id: i64, run: &store::Closing, outcome: Outcome, counts: SummaryCounts) {
    let failed = outcome.is_failure();
    let action = if failed { Action::RunbookFailed } else { Action::RunbookCompleted };
    let result = if failed { audit::Outcome::Failed } else { audit::Outcome::Success };
    let initiator = |plane: &str, field: &str| run.context.get(plane).and_then(|initiator| initiator.get(field));
    let entry = Entry::new(action)
        .target("run", run_id, &run.kind)
        .scope(run.tenant_id.map(|_| run.workspace_id), run.tenant_id)
        .run(run_id)
        .outcome(result)
        .summary(format!(
            "Run {run_id} ended: {}, {} updated, {} failed.",
            outcome.as_str().replace('_', " "),
            counted(counts.updated, "row"),
            counted(counts.failed, "target")
        ))
        .metadata("runbook_key", &run.kind)
        .metadata("scope", run.context.pointer("/runbook/scope"))
        .metadata("affected_count", run.context.pointer("/preflight/affected_count"))
        .metadata("outcome", outcome.as_str())
        .metadata("summary_counts", counts)
        .metadata("operator_id", initiator("platform_initiator", "platform_user_id"))
        .metadata("operator_email", initiator("platform_initiator", "email"))
        .metadata("user_id", initiator("tenant_initiator", "user_id"))
        .metadata("user_email", initiator("tenant_initiator", "email"));
    match ctx.actor {
        Actor::System => audit::record_fail_safe(conn, &as_started(ctx, run), entry),
        _ => audit::record_fail_safe(conn, ctx, entry),
    }
}

/// Gives the product's own context the client of whoever started the run (RB-10): a worker has none.
fn as_started(ctx: &Ctx, run: &store::Closing) -> Ctx {
    Ctx {
        ip: run.initiator_ip.clone(),
        user_agent: run.initiator_user_agent.clone(),
        command_line: run.context.get("command_line").and_then(|typed| SystemUser::deserialize(typed).ok()),
        ..ctx.clone()
    }
}
