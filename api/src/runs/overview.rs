//! Runs at a glance, for the dashboard: figures of a span of time, and of what is under way.

use super::get_run::to_ref;
use super::model::RunRef;
use super::store::overview as store;
use crate::auth::Permit;
use crate::auth::capability::{ConsoleView, RunbooksView};
use crate::error::Result;
use crate::tenancy::TenantRef;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What was started and what has ended in a span of time.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct Ended {
    /// Runs dispatched.
    #[diesel(sql_type = BigInt)]
    pub started: i64,
    /// Runs that ended well.
    #[diesel(sql_type = BigInt)]
    pub succeeded: i64,
    /// Runs of which some targets failed.
    #[diesel(sql_type = BigInt)]
    pub partially_succeeded: i64,
    /// Those of the partially succeeded that nobody has acknowledged (RUN-18).
    #[diesel(sql_type = BigInt)]
    pub unacknowledged_partial_successes: i64,
    /// Runs that ended by a cancel.
    #[diesel(sql_type = BigInt)]
    pub cancelled: i64,
    /// Runs of which nothing was done: failed, or blocked.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// Those of the failed that nobody has acknowledged.
    #[diesel(sql_type = BigInt)]
    pub unacknowledged_failures: i64,
    /// How long half of the runs took at most, but for cancelled ones; none without any.
    #[diesel(sql_type = Nullable<Double>)]
    pub duration_p50_seconds: Option<f64>,
    /// How long 95 in 100 took at most.
    #[diesel(sql_type = Nullable<Double>)]
    pub duration_p95_seconds: Option<f64>,
}

/// Pace of the last five runs of a type that processed rows and ended by themselves; those over most rows count most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct UsualPace {
    /// Runs that it was taken from, 1 to 5.
    pub runs: i64,
    /// Rows that they processed in a second.
    pub rows_per_second: f64,
}

/// Duration and pace that a run of a type may be expected to have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// Median duration in seconds of those of the last five runs that were over all tenants.
    pub all_tenants_seconds: Option<f64>,
    /// Their pace.
    pub pace: Option<UsualPace>,
}

/// Finds what the last runs of a type took.
pub fn find_usual(_permit: &Permit<RunbooksView>, conn: &mut PgConnection, kind: &str) -> Result<Usual> {
    let store::UsualRow { runs, rows_per_second, all_tenants_seconds } = store::find_usual(conn, kind)?;
    Ok(Usual { all_tenants_seconds, pace: rows_per_second.map(|rows_per_second| UsualPace { runs, rows_per_second }) })
}

/// How the runs stand that have not ended, whenever they began.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct Activity {
    /// Queued and running ones, paused ones too.
    #[diesel(sql_type = BigInt)]
    pub active: i64,
    /// Those that nobody works on although somebody should (RUN-14).
    #[diesel(sql_type = BigInt)]
    pub stale: i64,
    /// Those that workers hold back for the sake of the database (RUN-17).
    #[diesel(sql_type = BigInt)]
    pub held: i64,
    /// How long the oldest work that may be done has waited, of runs that nobody has begun; 0 where none waits.
    #[diesel(sql_type = Double)]
    pub queue_age_seconds: f64,
}

/// Where runs of one type fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offender {
    /// Operation type.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "findings.lifecycle.backfill")]
    pub kind: String,
    /// The tenant; null for failures of runs that are no tenant's.
    pub tenant: Option<TenantRef>,
    /// Targets that failed; a failed run without any counts as one.
    pub failures: i64,
}

/// A run that ended with failures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecentFailure {
    /// The run in short.
    #[serde(flatten)]
    pub run: RunRef,
    /// Operation type.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "findings.lifecycle.backfill")]
    pub kind: String,
    /// Tenant of a single-tenant run.
    pub tenant: Option<TenantRef>,
    /// Code of its most frequent kind of failure; null when no target failed.
    #[schema(example = "statement_timeout")]
    pub code: Option<String>,
    /// The same for people.
    pub message: Option<String>,
    /// Somebody has taken note of it.
    pub acknowledged: bool,
}

/// Failed targets of the runs that ended within the last hour, by the code of the failure, and of runs that failed without any.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct FailuresOfCode {
    /// Code of the failure.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Failed targets of the runs that ended within the last hour, by code.
pub fn count_recent_failures(_permit: &Permit<ConsoleView>, conn: &mut PgConnection) -> Result<Vec<FailuresOfCode>> {
    Ok(store::count_recent_failures(conn)?)
}

/// What was started and what has ended since a time.
pub fn find_ended(_permit: &Permit<ConsoleView>, conn: &mut PgConnection, since: OffsetDateTime) -> Result<Ended> {
    Ok(store::find_ended(conn, since)?)
}

/// How the runs stand that have not ended.
pub fn find_activity(_permit: &Permit<ConsoleView>, conn: &mut PgConnection) -> Result<Activity> {
    Ok(store::find_activity(conn)?)
}

/// Tenants with the most failed targets in runs that have ended since a time, by type of run.
pub fn list_offenders(
    _permit: &Permit<ConsoleView>,
    conn: &mut PgConnection,
    since: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Offender>> {
    let rows = store::list_offenders(conn, since, limit)?.into_iter();
    let offender = |row: store::OffenderRow| Offender {
        kind: row.kind,
        tenant: tenant(row.tenant_id, row.tenant_name),
        failures: row.failures,
    };
    Ok(rows.map(offender).collect())
}

/// Runs that have ended with failures since a time, the last one first.
pub fn list_failures(
    _permit: &Permit<ConsoleView>,
    conn: &mut PgConnection,
    since: OffsetDateTime,
    limit: i64,
) -> Result<Vec<RecentFailure>> {
    let rows = store::list_failures(conn, since, limit)?.into_iter();
    let failure = |row: store::FailureRow| {
        Ok(RecentFailure {
            run: to_ref(row.run)?,
            kind: row.kind,
            tenant: tenant(row.tenant_id, row.tenant_name),
            code: row.code,
            message: row.message,
            acknowledged: row.acknowledged,
        })
    };
    rows.map(failure).collect()
}

fn tenant(id: Option<i64>, name: Option<String>) -> Option<TenantRef> {
    id.map(|id| TenantRef { id, name: name.unwrap_or_default() })
}
