//! "Rebuild findings lifecycle" (RB-02, FND-03, FND-04).

use crate::auth::capability::{Capability, FindingsLifecycleBackfill as Needed};
use crate::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use crate::db::Moment;
use crate::error::Result;
use crate::findings::lifecycle::{self, Extent, Pinned, Repaired, Residue, Slice, Tenants};
use crate::runbooks::{Figures, Runbook, RunbookInfo};
use diesel::PgConnection;
use time::OffsetDateTime;

/// Fills the lifecycle of findings that older versions wrote, and folds duplicates together.
#[derive(Debug)]
pub struct FindingsLifecycleBackfill;

static INFO: RunbookInfo = RunbookInfo {
    key: "findings.lifecycle.backfill",
    label: "Rebuild findings lifecycle",
    description: "Fills first seen, last seen, times seen and due dates of findings that older versions wrote, turns acknowledged \
                  into triaged, and folds findings that are the same into one.",
    capability: Needed::ENTRY,
    member_capability: Some(FindingsBackfill::ENTRY),
    estimated_duration_seconds: 120,
    scopes: &["all_tenants", "single_tenant"],
    typed_confirmation: "BACKFILL",
    control_key: "findings.lifecycle.backfill",
    trigger: "backfill",
    deploy_hook: true,
};

impl Runbook for FindingsLifecycleBackfill {
    fn info(&self) -> &'static RunbookInfo {
        &INFO
    }

    fn inspect(&self, conn: &mut PgConnection, tenants: &Tenants, now: Moment) -> Result<Figures> {
        let by_tenant = lifecycle::inspect(conn, tenants, now)?;
        Ok(Figures::of(&by_tenant, lifecycle::samples(conn, tenants)?))
    }

    fn extent(&self, conn: &mut PgConnection, tenants: &Tenants, limit: i64) -> Result<Extent> {
        Ok(lifecycle::extent(conn, tenants, limit)?)
    }

    fn pin(&self, conn: &mut PgConnection, tenant_ids: &[i64], limit: Option<i64>) -> Result<Vec<Pinned>> {
        Ok(lifecycle::pin(conn, tenant_ids, limit)?)
    }

    fn next_slice(&self, conn: &mut PgConnection, pinned: &Pinned, after: Option<&[u8]>, rows: i64) -> Result<Slice> {
        Ok(lifecycle::next_slice(conn, pinned, after, rows)?)
    }

    fn repair(&self, conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> Result<Vec<Repaired>> {
        Ok(lifecycle::repair(conn, slices, since)?)
    }

    fn residue(&self, conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> Result<Vec<Residue>> {
        Ok(lifecycle::residue(conn, slices, since)?)
    }
}
