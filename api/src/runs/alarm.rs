//! What alerts are told of runs (RUN-15): that one ended badly, and that nobody works on one.

use super::model::SummaryCounts;
use super::state::Outcome;
use super::store::{lifecycle, sweep as store};
use crate::alerts::{self, Event, EventKind, Severity};
use crate::db::locks::{self, LockClass};
use crate::error::Result;
use crate::runbooks;
use diesel::prelude::*;
use serde_json::{Map, Value};

/// What is told of a run, however it is doing.
struct Told<'a> {
    run_id: i64,
    kind: &'a str,
    workspace_id: i64,
    tenant_id: Option<i64>,
    context: &'a Value,
}

/// A run has ended, in the transaction that ends it; of one that ended well nothing is told.
pub(super) fn tell_of_end(
    conn: &mut PgConnection,
    run_id: i64,
    run: &lifecycle::Closing,
    outcome: Outcome,
    counts: SummaryCounts,
) {
    let told = Told { run_id, kind: &run.kind, workspace_id: run.workspace_id, tenant_id: run.tenant_id, context: &run.context };
    let (kind, severity, verb) = match outcome {
        Outcome::Failed | Outcome::Blocked if run.tenant_id.is_none() => (EventKind::RunFailed, Severity::Critical, "failed"),
        Outcome::Failed | Outcome::Blocked => (EventKind::RunFailed, Severity::Error, "failed"),
        Outcome::PartiallySucceeded => (EventKind::RunPartiallySucceeded, Severity::Warning, "partially succeeded"),
        Outcome::Pending | Outcome::Succeeded | Outcome::Cancelled => return,
    };
    // Read where a failure of reading costs the alert a fact, and nothing more.
    let code = conn_safely(conn, |conn| lifecycle::find_first_failure(conn, run_id));
    let event = told
        .event(kind, severity, verb)
        .fact("outcome", outcome.as_str())
        .fact("failure_code", code)
        .fact("targets_failed", counts.failed)
        .fact("targets_total", counts.tenants);
    alerts::raise(conn, &event);
}

/// Tells of runs that have become stale. One at a time does so: who looked before another had written what it saw would take
/// a run for new that is told of already, or has gone on since.
pub(super) fn tell_of_stale(conn: &mut PgConnection) -> Result<()> {
    conn.transaction(|conn| {
        if !locks::try_lock(conn, LockClass::Singleton, "stale runs")? {
            return Ok(());
        }
        let stale = list_stale(conn)?;
        alerts::sweep::tell_of_stale(conn, stale)
    })
}

fn list_stale(conn: &mut PgConnection) -> Result<Vec<(i64, Event)>> {
    let rows = store::list_stale(conn)?;
    let event = |row: &store::StaleRow| {
        let (run_id, workspace_id, tenant_id) = (row.id, row.workspace_id, row.tenant_id);
        let told = Told { run_id, kind: &row.kind, workspace_id, tenant_id, context: &row.context };
        (row.id, told.event(EventKind::RunStale, Severity::Error, "is stale: nobody works on it").fact("outcome", &row.status))
    };
    Ok(rows.iter().map(event).collect())
}

impl Told<'_> {
    fn event(&self, kind: EventKind, severity: Severity, verb: &str) -> Event {
        let label = runbooks::find(self.kind).map_or(self.kind, |runbook| runbook.info().label);
        let scope = self.context.pointer("/runbook/scope").and_then(Value::as_str).unwrap_or_default();
        let place = match (scope, self.tenant_id) {
            ("all_tenants", _) => "over all tenants".to_owned(),
            ("failed_targets", _) => "over tenants that had failed before".to_owned(),
            _ => "over one tenant".to_owned(),
        };
        // The same operation over the same tenants is the same subject, whichever run it is.
        let subject = format!("{}:{}:{scope}:{}", kind.id(), self.kind, self.tenant_id.unwrap_or(0));
        let event = Event {
            kind,
            severity,
            subject,
            title: format!("{label} {place} {verb} (run {})", self.run_id),
            workspace_id: Some(self.workspace_id),
            tenant_id: self.tenant_id,
            run_id: Some(self.run_id),
            operation_types: vec![self.kind.to_owned()],
            metadata: Map::new(),
        };
        event.fact("type", self.kind).fact("scope", scope)
    }
}

/// Reads in a savepoint.
fn conn_safely<T>(conn: &mut PgConnection, read: impl FnOnce(&mut PgConnection) -> diesel::QueryResult<Option<T>>) -> Option<T> {
    conn.transaction(read).ok().flatten()
}
