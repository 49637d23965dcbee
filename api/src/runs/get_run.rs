//! One run with its figures.

use super::actions;
use super::model::{Acknowledgement, FailureSummary, Initiator, Progress, Run, RunRef, SummaryCounts};
use super::pauses::RunPauses;
use super::state::{Outcome, Status};
use super::store::runs::{self as store, RunRefRow, RunRow};
use crate::auth::Permit;
use crate::auth::capability::{Capability, OpsView};
use crate::error::{Error, Result};
use crate::runbooks;
use crate::tenancy::{TenantRef, WorkspaceRef};
use diesel::PgConnection;

/// The run. Errors: 404.
pub fn get_run(permit: &Permit<OpsView>, conn: &mut PgConnection, id: i64) -> Result<Run> {
    find_run(permit, conn, id)
}

/// The run as an answer to whoever just acted on it.
pub(super) fn find_run<C: Capability>(permit: &Permit<C>, conn: &mut PgConnection, id: i64) -> Result<Run> {
    let run = find_bare_run(conn, id)?;
    let pauses = RunPauses::load(conn, &[id])?;
    Ok(with_actions(permit, run, &pauses))
}

/// The run without what may be done with it.
pub(super) fn find_bare_run(conn: &mut PgConnection, id: i64) -> Result<Run> {
    to_run(store::find(conn, id)?.ok_or_else(Error::not_found)?)
}

/// The active run of a type that concerns most people, if there is one.
pub fn find_active_run(conn: &mut PgConnection, kind: &str) -> Result<Option<RunRef>> {
    store::find_active_of_type(conn, kind)?.map(to_ref).transpose()
}

/// The last run of a type that has ended.
pub fn find_last_run(conn: &mut PgConnection, kind: &str) -> Result<Option<RunRef>> {
    store::find_last_of_type(conn, kind)?.map(to_ref).transpose()
}

pub(super) fn to_ref(row: RunRefRow) -> Result<RunRef> {
    let (status, outcome) = parse(&row.status, &row.outcome)?;
    Ok(RunRef { id: row.id, status, outcome, updated: row.updated, created_at: row.created_at, completed_at: row.completed_at })
}

fn parse(status: &str, outcome: &str) -> Result<(Status, Outcome)> {
    Status::parse(status).zip(Outcome::parse(outcome)).ok_or_else(|| Error::internal("unknown status or outcome"))
}

/// The run with what the holder of a permit to look at it may do with it.
pub(super) fn with_actions<C: Capability>(permit: &Permit<C>, run: Run, pauses: &RunPauses) -> Run {
    Run { actions: actions::states(permit, (run.id, &run.kind), run.flags(), pauses), ..run }
}

/// The run as it is shown, without what may be done with it.
pub(super) fn to_run(row: RunRow) -> Result<Run> {
    let (status, outcome) = parse(&row.status, &row.outcome)?;
    let failure_summary: Vec<FailureSummary> = serde_json::from_value(row.failure_summary.clone()).map_err(Error::internal)?;
    let summary_counts = counts(&row, status)?;
    let acknowledgement = acknowledgement(&row);
    Ok(Run {
        actions: Vec::new(),
        progress: progress(&row, status, outcome, summary_counts),
        acknowledgement,
        id: row.id,
        type_label: runbooks::find(&row.kind).map_or_else(|_| row.kind.clone(), |runbook| runbook.info().label.to_owned()),
        kind: row.kind,
        status,
        outcome,
        workspace: WorkspaceRef { id: row.workspace_id, name: row.workspace_name },
        tenant: row.tenant_id.map(|id| TenantRef { id, name: row.tenant_name.unwrap_or_default() }),
        initiator: Initiator { kind: row.initiator_type, id: row.initiator_id, name: row.initiator_name },
        summary_counts,
        failure_summary,
        context: row.context,
        stale: row.stale,
        paused_at: row.paused_at,
        cancel_requested_at: row.cancel_requested_at,
        held_reason: row.held_reason,
        held_since: row.held_since,
        created_at: row.created_at,
        started_at: row.started_at,
        completed_at: row.completed_at,
        deduplicated: None,
    })
}

fn acknowledgement(row: &RunRow) -> Option<Acknowledgement> {
    Some(Acknowledgement {
        operator_id: row.acknowledged_by?,
        operator_name: row.acknowledged_by_name.clone()?,
        note: row.acknowledgement_note.clone()?,
        at: row.acknowledged_at?,
    })
}

/// While a run is active its figures are the sum over its targets (RUN-06).
fn counts(row: &RunRow, status: Status) -> Result<SummaryCounts> {
    if status == Status::Completed {
        return serde_json::from_value(row.summary_counts.clone()).map_err(Error::internal);
    }
    Ok(SummaryCounts {
        total: row.total,
        processed: row.updated.saturating_add(row.skipped),
        updated: row.updated,
        skipped: row.skipped,
        failed: row.failed,
        tenants: row.targets,
    })
}

#[allow(clippy::cast_precision_loss, reason = "shares and rates do not need the last digit")]
fn progress(row: &RunRow, status: Status, outcome: Outcome, counts: SummaryCounts) -> Progress {
    let forecast = row.context.pointer("/preflight/total_count").and_then(serde_json::Value::as_i64).unwrap_or(0);
    let is_completed = status == Status::Completed;
    // Targets that succeeded have counted all their rows; of others the forecast alone may know.
    let rows_total = if outcome == Outcome::Succeeded { counts.total } else { counts.total.max(forecast) };
    let rows_done = if is_completed { counts.processed } else { row.done_rows }.min(rows_total);
    let fraction = match (outcome, rows_total) {
        (Outcome::Succeeded, _) => 1.0,
        (_, 0) => 0.0,
        _ => rows_done as f64 / rows_total as f64,
    };
    let targets_done = if is_completed { counts.tenants } else { row.done };
    let is_going = !is_completed && row.paused_at.is_none() && row.held_reason.is_none() && !row.stale;
    let rate = match is_completed {
        true => (row.seconds > 0.0).then(|| counts.processed as f64 / row.seconds),
        false => row.pace.filter(|_| row.paused_at.is_none()),
    };
    Progress {
        targets_total: counts.tenants,
        targets_done,
        targets_succeeded: targets_done - counts.failed - row.cancelled,
        targets_failed: counts.failed,
        targets_cancelled: row.cancelled,
        rows_total,
        rows_done,
        fraction,
        rows_per_second: rate,
        eta_seconds: rate
            .filter(|rate| is_going && row.cancel_requested_at.is_none() && *rate > 0.0)
            .map(|rate| rows_left(row, rows_total) / rate),
    }
}

/// Rows that open targets still have to go through. Rows that are known from the forecast alone are shared evenly among the
/// targets that have not counted theirs.
#[allow(clippy::cast_precision_loss, reason = "an estimate does not need the last digit")]
fn rows_left(row: &RunRow, rows_total: i64) -> f64 {
    let unknown = rows_total.saturating_sub(row.total).max(0) as f64;
    let share = if row.uncounted > 0 { row.uncounted_open as f64 / row.uncounted as f64 } else { 0.0 };
    row.left_rows as f64 + unknown * share
}
