//! Which members see runs of which type (ACC-04): exactly those who may start one; verifications, everybody.

use crate::auth::tenant_capability::{TenantCapability, TenantEntry, VerificationView};
use crate::runbooks::CATALOG;

/// What members see beside the runs of runbooks.
const BESIDE_RUNBOOKS: [(&str, &TenantEntry); 1] = [("provider.verification", VerificationView::ENTRY)];

/// Every type that members may see, with the capability that it takes.
pub fn shown_to_members() -> impl Iterator<Item = (&'static str, &'static TenantEntry)> {
    let of_runbooks = CATALOG.iter().filter_map(|runbook| Some((runbook.info().key, runbook.info().member_capability?)));
    of_runbooks.chain(BESIDE_RUNBOOKS)
}

/// The capability that it takes to see runs of this type; none: no member does.
pub fn needed_to_see(kind: &str) -> Option<&'static TenantEntry> {
    shown_to_members().find(|(shown, _)| *shown == kind).map(|(_, needed)| needed)
}
