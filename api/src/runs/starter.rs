//! Who starts a runbook: all that differs between the planes about one and the same start (RB-07).

use super::Run;
use super::get_run::{find_bare_run, find_run};
use super::operation::Operation;
use crate::auth::capability::RunbooksRun;
use crate::auth::tenant_capability::FindingsBackfill;
use crate::auth::{Permit, TenantPermit};
use crate::error::{Error, Result};
use crate::idempotency::StoredAnswer;
use crate::runbooks::{RunbookInfo, Scope};
use diesel::PgConnection;

/// Proof that its holder may start runbooks.
#[derive(Debug, Clone, Copy)]
pub enum Starter<'a> {
    /// An operator, or the product itself: everywhere.
    Platform(&'a Permit<RunbooksRun>),
    /// A member of a tenant: there.
    Member(&'a TenantPermit<FindingsBackfill>),
}

impl<'a> From<&'a Permit<RunbooksRun>> for Starter<'a> {
    fn from(permit: &'a Permit<RunbooksRun>) -> Self {
        Self::Platform(permit)
    }
}

impl<'a> From<&'a TenantPermit<FindingsBackfill>> for Starter<'a> {
    fn from(permit: &'a TenantPermit<FindingsBackfill>) -> Self {
        Self::Member(permit)
    }
}

impl Starter<'_> {
    /// Errors: 403 without the runbook's own capability; 404 for a member outside of their tenant.
    pub(super) fn ensure_may_start(self, info: &RunbookInfo, scope: &Scope) -> Result<()> {
        match self {
            Self::Platform(permit) => permit.require(info.capability),
            Self::Member(permit) if scope.tenant_id() == Some(permit.tenant_id()) => {
                permit.require(info.member_capability.ok_or_else(Error::not_found)?)
            }
            Self::Member(_) => Err(Error::not_found()),
        }
    }

    /// The run that was started or met.
    pub(super) fn find_run(self, conn: &mut PgConnection, id: i64) -> Result<Run> {
        match self {
            Self::Platform(permit) => find_run(permit, conn, id),
            Self::Member(_) => find_bare_run(conn, id),
        }
    }

    /// What the plane answers, to be kept for whoever asks again.
    pub(super) fn answer(self, run: &Run, created: bool) -> Result<StoredAnswer> {
        let (body, location) = match self {
            Self::Platform(_) => (serde_json::to_value(run), location(run.id)),
            Self::Member(_) => (serde_json::to_value(Operation::from(run.clone())), operation_location(run.id)),
        };
        Ok(StoredAnswer {
            status: if created { 201 } else { 200 },
            location: created.then_some(location),
            etag: None,
            body: body.map_err(Error::internal)?,
        })
    }
}

/// Address of a run in the system plane.
pub fn location(run_id: i64) -> String {
    format!("/api/v1/system/ops/runs/{run_id}")
}

/// Address of a run in the tenant plane.
pub fn operation_location(run_id: i64) -> String {
    format!("/api/v1/admin/operations/{run_id}")
}
