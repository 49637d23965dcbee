//! Creating a tenant (ACC-11).

use super::create_workspace::checked_name;
use super::model::{PLATFORM_EXTERNAL_ID, Tenant};
use super::store;
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::OperatorsManage;
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::error::{Code, Error, Result};
use crate::text::is_one_line;
use diesel::PgConnection;

/// Creates a tenant in the workspace with this slug. Errors: 422 on a wrong field, an unknown workspace or the reserved
/// `platform`; 409 `name-taken` when the directory id exists.
pub fn create_tenant(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    workspace_slug: &str,
    external_id: &str,
    name: &str,
) -> Result<Tenant> {
    let external_id = external_id.trim();
    if external_id.is_empty() || external_id.chars().count() > 200 || !is_one_line(external_id) {
        return Err(Error::invalid_field(
            "/external_id",
            "length",
            "A directory id has 1 to 200 characters, none of them a control character.",
        ));
    }
    if external_id.eq_ignore_ascii_case(PLATFORM_EXTERNAL_ID) {
        return Err(Error::invalid_field(
            "/external_id",
            "reserved",
            "The directory id \"platform\" is reserved for the operators.",
        ));
    }
    let name = checked_name(name)?;
    let workspace_id = store::find_workspace_by_slug(conn, workspace_slug)?
        .ok_or_else(|| Error::invalid_field("/workspace", "unknown", format!("There is no workspace {workspace_slug}.")))?;
    let id = store::insert_tenant(conn, workspace_id, external_id, name).on_constraint("tenants_external_id_key", || {
        Error::new(Code::NameTaken, format!("A tenant with the directory id {external_id} exists already."))
    })?;
    let entry = Entry::new(Action::TenantCreated).target("tenant", id, name).scope(Some(workspace_id), Some(id));
    audit::record(conn, ctx, entry.metadata("external_id", external_id))?;
    store::find_allowed_tenant(conn, id)?.ok_or_else(Error::not_found)
}
