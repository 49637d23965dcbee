//! Who belongs where: administration of memberships (ACC-04, ACC-11).

use super::model::{Member, Tenant, WorkspaceRef};
use super::store;
use crate::audit::{self, Action, Entry};
use crate::auth::capability::OperatorsManage;
use crate::auth::users;
use crate::auth::{Permit, Role};
use crate::context::Ctx;
use crate::error::Result;
use diesel::PgConnection;

/// Gives a user a role in a tenant, in place of another. Whether that changed anything. Errors: 404 without such a user.
pub fn set_tenant_membership(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    tenant: &Tenant,
    role: Role,
) -> Result<bool> {
    let user = users::find(conn, email)?;
    let previous = store::find_tenant_role(conn, user.id, tenant.id)?;
    if previous.as_deref() == Some(role.as_str()) {
        return Ok(false);
    }
    store::set_tenant_membership(conn, user.id, (tenant.id, tenant.workspace.id), role)?;
    let entry = Entry::new(Action::TenantMemberSet)
        .target("user", user.id, &user.email)
        .scope(Some(tenant.workspace.id), Some(tenant.id))
        .metadata("role", role)
        .metadata("previous_role", previous);
    audit::record(conn, ctx, entry)?;
    Ok(true)
}

/// Takes a user's role in a tenant away, at once on every node. Whether that changed anything. Errors: 404 without such a user.
pub fn remove_tenant_membership(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    tenant: &Tenant,
) -> Result<bool> {
    let user = users::find(conn, email)?;
    let previous = store::find_tenant_role(conn, user.id, tenant.id)?;
    let removed = store::delete_tenant_membership(conn, user.id, tenant.id)?;
    if removed {
        let entry = Entry::new(Action::TenantMemberRemoved)
            .target("user", user.id, &user.email)
            .scope(Some(tenant.workspace.id), Some(tenant.id))
            .metadata("previous_role", previous);
        audit::record(conn, ctx, entry)?;
    }
    Ok(removed)
}

/// Makes a user a member of a workspace. Whether that changed anything. Errors: 404 without such a user.
pub fn add_workspace_membership(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    workspace: &WorkspaceRef,
) -> Result<bool> {
    let user = users::find(conn, email)?;
    let added = store::insert_workspace_membership(conn, user.id, workspace.id)?;
    if added {
        let entry = Entry::new(Action::WorkspaceMemberAdded).target("user", user.id, &user.email);
        audit::record(conn, ctx, entry.scope(Some(workspace.id), None))?;
    }
    Ok(added)
}

/// Takes a user out of a workspace; their roles in its tenants stay. Whether that changed anything. Errors: 404 without such a
/// user.
pub fn remove_workspace_membership(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    workspace: &WorkspaceRef,
) -> Result<bool> {
    let user = users::find(conn, email)?;
    let removed = store::delete_workspace_membership(conn, user.id, workspace.id)?;
    if removed {
        let entry = Entry::new(Action::WorkspaceMemberRemoved).target("user", user.id, &user.email);
        audit::record(conn, ctx, entry.scope(Some(workspace.id), None))?;
    }
    Ok(removed)
}

/// Members by e-mail address, those of workspaces before those of tenants; of one user or one tenant, where that is asked.
pub fn list_members(
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: Option<&str>,
    tenant_id: Option<i64>,
) -> Result<Vec<Member>> {
    let user_id = email.map(|email| users::find(conn, email)).transpose()?.map(|user| user.id);
    Ok(store::list_members(conn, user_id, tenant_id)?)
}
