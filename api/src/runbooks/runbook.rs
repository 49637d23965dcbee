//! What every runbook brings along.

use crate::auth::capability::Entry;
use crate::auth::tenant_capability::TenantEntry;
use crate::db::Moment;
use crate::error::Result;
use crate::findings::lifecycle::{ChangeCounts, Extent, Pinned, Repaired, Residue, Sample, Slice, TenantFigures, Tenants};
use diesel::PgConnection;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What people read about a runbook, and what decides who may run it where.
#[derive(Debug)]
pub struct RunbookInfo {
    /// Stable key; also the operation type of its runs.
    pub key: &'static str,
    /// Short name.
    pub label: &'static str,
    /// What it does, in one or two sentences.
    pub description: &'static str,
    /// Capability needed beside `platform.runbooks.run`.
    pub capability: &'static Entry,
    /// Capability in a tenant that is needed to start it there, and to look at such runs; none: operators alone do.
    pub member_capability: Option<&'static TenantEntry>,
    /// Estimate, in seconds, of a run over all tenants, shown until there was one.
    pub estimated_duration_seconds: u32,
    /// Modes of [`super::Scope`] that it supports.
    pub scopes: &'static [&'static str],
    /// Word to type for a run over all tenants (RB-05).
    pub typed_confirmation: &'static str,
    /// Control that can pause it.
    pub control_key: &'static str,
    /// `trigger` of the run identity (RUN-04).
    pub trigger: &'static str,
    /// Whether deployments start it.
    pub deploy_hook: bool,
}

/// Forecast of a runbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// Findings that would change.
    pub affected_count: i64,
    /// Findings looked at.
    pub total_count: i64,
    /// Tenants with findings that would change.
    pub affected_tenants: i64,
    /// Open findings past their due date after the run.
    pub overdue_after: i64,
    /// How many findings change in which way; one can count in several.
    pub by_change: ChangeCounts,
    /// The 200 tenants with the most affected findings.
    pub by_tenant: Vec<TenantShare>,
    /// Up to 20 findings before and after.
    pub samples: Vec<Sample>,
}

/// A tenant's share of a forecast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantShare {
    /// `tenants.id`.
    pub tenant_id: i64,
    /// Display name.
    pub name: String,
    /// Findings that would change.
    pub affected_count: i64,
}

impl Figures {
    /// Most tenants named.
    const TENANTS_NAMED: usize = 200;

    /// Sums up tenants, which come with the most affected first.
    pub fn of(tenants: &[TenantFigures], samples: Vec<Sample>) -> Self {
        let mut by_change = ChangeCounts::default();
        tenants.iter().for_each(|tenant| by_change.add(&tenant.changes));
        let affected = || tenants.iter().filter(|tenant| tenant.affected > 0);
        let share = |t: &TenantFigures| TenantShare { tenant_id: t.tenant_id, name: t.name.clone(), affected_count: t.affected };
        Self {
            affected_count: tenants.iter().map(|tenant| tenant.affected).sum(),
            total_count: tenants.iter().map(|tenant| tenant.total).sum(),
            affected_tenants: i64::try_from(affected().count()).unwrap_or(i64::MAX),
            overdue_after: tenants.iter().map(|tenant| tenant.overdue_after).sum(),
            by_change,
            by_tenant: affected().take(Self::TENANTS_NAMED).map(share).collect(),
            samples,
        }
    }
}

/// A repair or backfill in code. Implementations hold no state; every method runs in the caller's transaction.
pub trait Runbook: Send + Sync + 'static {
    /// What it is.
    fn info(&self) -> &'static RunbookInfo;

    /// Full forecast at a moment. Only reads.
    fn inspect(&self, conn: &mut PgConnection, tenants: &Tenants, now: Moment) -> Result<Figures>;

    /// Whether the affected rows, by the same predicate, are more than `limit`. Only reads.
    fn extent(&self, conn: &mut PgConnection, tenants: &Tenants, limit: i64) -> Result<Extent>;

    /// Pins the scope of tenants' targets; with a limit, a tenant's total of `limit` means "that many or more".
    fn pin(&self, conn: &mut PgConnection, tenant_ids: &[i64], limit: Option<i64>) -> Result<Vec<Pinned>>;

    /// Cuts the next slice of about `rows` rows off a pinned scope, never through rows that change together.
    fn next_slice(&self, conn: &mut PgConnection, pinned: &Pinned, after: Option<&[u8]>, rows: i64) -> Result<Slice>;

    /// Repairs slices, at most one of a tenant; one result for each. What people changed since `since` keeps their values
    /// (FND-05).
    fn repair(&self, conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> Result<Vec<Repaired>>;

    /// Counts what is left of slices, at most one of a tenant; one result for each. What was changed since `since` is nobody's
    /// residue, only reported (RUN-16).
    fn residue(&self, conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> Result<Vec<Residue>>;
}
