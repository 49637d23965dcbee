//! How many findings of a tenant there are, by severity: the figures of its dashboard.

use super::model::Severity;
use super::store;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::FindingsView;
use crate::error::Result;
use diesel::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;
use utoipa::ToSchema;

/// Open findings of one severity, without duplicates that were folded into others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, QueryableByName)]
pub struct FindingCount {
    /// How bad they are.
    #[diesel(sql_type = Text)]
    pub severity: Severity,
    /// All that are open.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Those that nobody has looked at yet.
    #[diesel(sql_type = BigInt)]
    pub new: i64,
    /// Those whose due date has passed.
    #[diesel(sql_type = BigInt)]
    pub overdue: i64,
    /// Those that the newest scan that looked for them does not contain.
    #[diesel(sql_type = BigInt)]
    pub unobserved: i64,
}

/// Counts the open findings of the permit's tenant, for every severity, the worst first.
pub fn count_findings(permit: &TenantPermit<FindingsView>, conn: &mut PgConnection) -> Result<Vec<FindingCount>> {
    let counted = store::count_by_severity(conn, permit.tenant_id())?;
    let of = |severity: &Severity| {
        let none = FindingCount { severity: *severity, open: 0, new: 0, overdue: 0, unobserved: 0 };
        counted.iter().find(|count| count.severity == *severity).cloned().unwrap_or(none)
    };
    Ok(Severity::ALL.iter().rev().map(of).collect())
}
