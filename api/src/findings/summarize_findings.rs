//! The findings of a tenant in figures, as its dashboard shows them.

use super::model::Severity;
use super::store;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsView;
use crate::error::Result;
use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date as SqlDate, Double, Text};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;

/// Open findings of one severity, without duplicates that were folded into others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, QueryableByName)]
pub struct FindingCount {
    /// Severity that the figures are of.
    #[diesel(sql_type = Text)]
    pub severity: Severity,
    /// All open findings.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Findings that nobody has triaged yet.
    #[diesel(sql_type = BigInt)]
    pub new: i64,
    /// Findings whose due date has passed.
    #[diesel(sql_type = BigInt)]
    pub overdue: i64,
    /// Findings that are due within the next seven days.
    #[diesel(sql_type = BigInt)]
    pub due_soon: i64,
    /// Findings that the newest scan that looked for them does not contain.
    #[diesel(sql_type = BigInt)]
    pub unobserved: i64,
    /// Days since they were first seen, added up.
    #[serde(skip)]
    #[diesel(sql_type = Double)]
    pub age_days: f64,
}

/// The scan whose observations are the newest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable)]
pub struct LastScan {
    /// Tool that made it.
    #[schema(example = "scubagear")]
    pub source: String,
    /// Time of its newest observation.
    #[serde(with = "time::serde::rfc3339")]
    pub scanned_at: OffsetDateTime,
    /// Time at which its file was imported.
    #[serde(with = "time::serde::rfc3339")]
    pub imported_at: OffsetDateTime,
}

/// One day (UTC) of the findings of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, QueryableByName)]
pub struct FindingDay {
    /// The day.
    #[diesel(sql_type = SqlDate)]
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    pub day: Date,
    /// Findings that were first seen on it.
    #[diesel(sql_type = BigInt)]
    pub opened: i64,
    /// Findings that were resolved, closed or accepted on it and are so still; of what older versions ended without a time nothing is
    /// known.
    #[diesel(sql_type = BigInt)]
    pub ended: i64,
}

/// The findings of a tenant in figures, all of one moment and without duplicates that were folded into others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FindingsSummary {
    /// Counts of open findings for every severity, the worst first.
    pub items: Vec<FindingCount>,
    /// Mean number of days since open findings were first seen; null where none is open.
    pub mean_age_days: Option<f64>,
    /// The newest scan; null before any was imported.
    pub last_scan: Option<LastScan>,
    /// The last thirty days (UTC), the oldest first; the last one is today, as far as it has gone.
    pub trend: Vec<FindingDay>,
}

/// Counts the findings of the permit's tenant.
pub fn summarize_findings(permit: &TenantPermit<FindingsView>, conn: &mut PgConnection) -> Result<FindingsSummary> {
    let tenant_id = permit.tenant_id();
    let counted = store::count_by_severity(conn, tenant_id)?;
    let none = |severity| FindingCount { severity, open: 0, new: 0, overdue: 0, due_soon: 0, unobserved: 0, age_days: 0.0 };
    let of = |severity: &Severity| {
        counted.iter().find(|count| count.severity == *severity).cloned().unwrap_or_else(|| none(*severity))
    };
    let open: i64 = counted.iter().map(|count| count.open).sum();
    let age: f64 = counted.iter().map(|count| count.age_days).sum();
    #[allow(clippy::cast_precision_loss, reason = "a mean does not need the last digit")]
    let mean_age_days = (open > 0).then(|| age / open as f64);
    Ok(FindingsSummary {
        items: Severity::ALL.iter().rev().map(of).collect(),
        mean_age_days,
        last_scan: store::find_last_scan(conn, tenant_id)?,
        trend: store::list_days(conn, tenant_id)?,
    })
}
