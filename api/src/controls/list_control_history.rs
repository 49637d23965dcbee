//! What was done to a control, and what it stopped (CTL-09): its rows of the audit log.

use super::Definition;
use crate::audit::list_audit_events::list_audit_events;
use crate::audit::{AuditEvent, AuditFilter};
use crate::auth::Permit;
use crate::auth::capability::ControlsManage;
use crate::db::page::{Page, PageRequest};
use crate::error::Result;
use diesel::PgConnection;

/// One page of it, newest first.
pub fn list_control_history(
    permit: &Permit<ControlsManage>,
    conn: &mut PgConnection,
    control: &Definition,
    page: PageRequest,
) -> Result<Page<AuditEvent>> {
    let filter = AuditFilter { control_key: Some(control.key.to_owned()), ..AuditFilter::default() };
    list_audit_events(permit, conn, &filter, page)
}
