//! All SQL of workspaces and tenants.

use super::model::{Member, MyTenant, ReachedWorkspace, Tenant, Workspace, WorkspaceRef};
use crate::auth::Role;
use crate::db::page::PageRequest;
use crate::db::schema::{tenant_memberships, tenants, workspace_memberships, workspaces};
use crate::db::search::Sought;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

const TENANT_SELECT: &str = "SELECT t.id, t.external_id, t.name, t.workspace_id, w.name AS workspace_name \
                             FROM allowed_tenants t JOIN workspaces w ON w.id = t.workspace_id ";

/// The tenant, if it may be targeted (ACC-10).
pub fn find_allowed_tenant(conn: &mut PgConnection, id: i64) -> QueryResult<Option<Tenant>> {
    diesel::sql_query(format!("{TENANT_SELECT} WHERE t.id = $1")).bind::<BigInt, _>(id).get_result(conn).optional()
}

/// The tenant that a person means, if it may be targeted: by directory id, which is the same in any case where it is a GUID,
/// else by number.
pub fn find_allowed_tenant_by_reference(conn: &mut PgConnection, reference: &str) -> QueryResult<Option<Tenant>> {
    diesel::sql_query(format!(
        "{TENANT_SELECT} WHERE t.external_id = $1 OR t.id::text = $1
            OR (lower(t.external_id) = lower($1) AND $1 ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$')
         ORDER BY t.external_id = $1 DESC, t.id::text <> $1 DESC, t.id LIMIT 1"
    ))
    .bind::<Text, _>(reference)
    .get_result(conn)
    .optional()
}

/// The workspace that owns the platform tenant and runs over all tenants.
pub fn find_default_workspace(conn: &mut PgConnection) -> QueryResult<WorkspaceRef> {
    diesel::sql_query("SELECT id, name FROM workspaces WHERE slug = 'default'").get_result(conn)
}

/// The workspace with this id.
pub fn find_workspace(conn: &mut PgConnection, id: i64) -> QueryResult<Option<WorkspaceRef>> {
    diesel::sql_query("SELECT id, name FROM workspaces WHERE id = $1").bind::<BigInt, _>(id).get_result(conn).optional()
}

/// The workspace that a person means: by stable name, else by number.
pub fn find_workspace_by_reference(conn: &mut PgConnection, reference: &str) -> QueryResult<Option<WorkspaceRef>> {
    diesel::sql_query("SELECT id, name FROM workspaces WHERE slug = $1 OR id::text = $1 ORDER BY slug = $1 DESC LIMIT 1")
        .bind::<Text, _>(reference)
        .get_result(conn)
        .optional()
}

/// Workspaces that hold the allowed tenants in question (none named: all of them), with how many each holds.
pub fn list_reached_workspaces(conn: &mut PgConnection, tenants: Option<&[i64]>) -> QueryResult<Vec<ReachedWorkspace>> {
    diesel::sql_query(
        "SELECT w.id, w.name, t.tenant_count FROM workspaces w JOIN (
             SELECT workspace_id, count(*) AS tenant_count FROM allowed_tenants WHERE $1 IS NULL OR id = ANY($1) GROUP BY workspace_id) t
             ON t.workspace_id = w.id ORDER BY w.id",
    )
    .bind::<Nullable<Array<BigInt>>, _>(tenants)
    .load(conn)
}

/// Allowed tenants that belong to none of these workspaces.
pub fn list_allowed_tenants_outside(conn: &mut PgConnection, workspaces: &[i64]) -> QueryResult<Vec<i64>> {
    let rows: Vec<Id> = diesel::sql_query("SELECT id FROM allowed_tenants WHERE workspace_id <> ALL($1) ORDER BY id")
        .bind::<Array<BigInt>, _>(workspaces)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Name of the lock under which set-based work on a tenant's findings is done.
pub fn lock_name(tenant_id: i64) -> String {
    tenant_id.to_string()
}

pub(super) fn list_workspaces(conn: &mut PgConnection, search: Option<&str>, page: PageRequest) -> QueryResult<Vec<Workspace>> {
    let sought = search.map(Sought::of);
    diesel::sql_query(format!(
        "SELECT w.id, w.slug, w.name, (SELECT count(*) FROM allowed_tenants t WHERE t.workspace_id = w.id) AS tenant_count \
         FROM workspaces w WHERE w.id > $1 AND {} ORDER BY w.id LIMIT $2",
        holds(["w.name", "w.slug"], 3)
    ))
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.text))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.upper))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.lower))
    .load(conn)
}

pub(super) fn list_tenants(
    conn: &mut PgConnection,
    search: Option<&str>,
    workspace_id: Option<i64>,
    page: PageRequest,
) -> QueryResult<Vec<Tenant>> {
    let sought = search.map(Sought::of);
    diesel::sql_query(format!(
        "{TENANT_SELECT} WHERE t.id > $1 AND {} AND ($2 IS NULL OR t.workspace_id = $2) ORDER BY t.id LIMIT $3",
        holds(["t.name", "t.external_id"], 4)
    ))
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<Nullable<BigInt>, _>(workspace_id)
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.text))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.upper))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.lower))
    .load(conn)
}

/// Writes that one of the columns holds what is sought, whose three values begin at this place; or that nothing is sought.
fn holds<const N: usize>(columns: [&str; N], first: u8) -> String {
    let [text, upper, lower] = [0, 1, 2].map(|next: u8| format!("${}", first.saturating_add(next)));
    let within = columns.map(|column| Sought::within(column, &text, Some((&upper, &lower)))).join(" OR ");
    format!("({text} IS NULL OR {within})")
}

pub(super) fn insert_workspace(conn: &mut PgConnection, slug: &str, name: &str) -> QueryResult<i64> {
    diesel::insert_into(workspaces::table)
        .values((workspaces::slug.eq(slug), workspaces::name.eq(name)))
        .returning(workspaces::id)
        .get_result(conn)
}

pub(super) fn find_workspace_by_slug(conn: &mut PgConnection, slug: &str) -> QueryResult<Option<i64>> {
    workspaces::table.filter(workspaces::slug.eq(slug)).select(workspaces::id).first(conn).optional()
}

pub(super) fn insert_tenant(conn: &mut PgConnection, workspace_id: i64, external_id: &str, name: &str) -> QueryResult<i64> {
    diesel::insert_into(tenants::table)
        .values((tenants::workspace_id.eq(workspace_id), tenants::external_id.eq(external_id), tenants::name.eq(name)))
        .returning(tenants::id)
        .get_result(conn)
}

/// Workspaces that a user belongs to, or to one of whose allowed tenants, by id.
pub fn list_user_workspaces(conn: &mut PgConnection, user_id: i64) -> QueryResult<Vec<WorkspaceRef>> {
    diesel::sql_query(
        "SELECT w.id, w.name FROM workspaces w WHERE w.id IN (
             SELECT m.workspace_id FROM workspace_memberships m WHERE m.user_id = $1
             UNION SELECT t.workspace_id FROM tenant_memberships m JOIN allowed_tenants t ON t.id = m.tenant_id WHERE m.user_id = $1)
         ORDER BY w.id",
    )
    .bind::<BigInt, _>(user_id)
    .load(conn)
}

pub(super) fn list_user_tenants(
    conn: &mut PgConnection,
    user_id: i64,
    search: Option<&str>,
    page: PageRequest,
) -> QueryResult<Vec<MyTenant>> {
    let sought = search.map(Sought::of);
    diesel::sql_query(format!(
        "SELECT t.id, t.name, t.workspace_id, w.name AS workspace_name, m.role \
         FROM tenant_memberships m JOIN allowed_tenants t ON t.id = m.tenant_id JOIN workspaces w ON w.id = t.workspace_id \
         WHERE m.user_id = $1 AND m.tenant_id > $2 AND {} ORDER BY m.tenant_id LIMIT $3",
        holds(["t.name"], 4)
    ))
    .bind::<BigInt, _>(user_id)
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.text))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.upper))
    .bind::<Nullable<Text>, _>(sought.as_ref().map(|sought| &sought.lower))
    .load(conn)
}

pub(super) fn find_tenant_role(conn: &mut PgConnection, user_id: i64, tenant_id: i64) -> QueryResult<Option<String>> {
    tenant_memberships::table.find((user_id, tenant_id)).select(tenant_memberships::role).first(conn).optional()
}

pub(super) fn set_tenant_membership(
    conn: &mut PgConnection,
    user_id: i64,
    (tenant_id, workspace_id): (i64, i64),
    role: Role,
) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO tenant_memberships (user_id, tenant_id, workspace_id, role) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, tenant_id) DO UPDATE SET role = excluded.role, updated_at = db_now()",
    )
    .bind::<BigInt, _>(user_id)
    .bind::<BigInt, _>(tenant_id)
    .bind::<BigInt, _>(workspace_id)
    .bind::<Text, _>(role.as_str())
    .execute(conn)
    .map(|_| ())
}

/// Whether there was one.
pub(super) fn delete_tenant_membership(conn: &mut PgConnection, user_id: i64, tenant_id: i64) -> QueryResult<bool> {
    diesel::delete(tenant_memberships::table.find((user_id, tenant_id))).execute(conn).map(|rows| rows > 0)
}

/// Whether it was new.
pub(super) fn insert_workspace_membership(conn: &mut PgConnection, user_id: i64, workspace_id: i64) -> QueryResult<bool> {
    diesel::insert_into(workspace_memberships::table)
        .values((workspace_memberships::user_id.eq(user_id), workspace_memberships::workspace_id.eq(workspace_id)))
        .on_conflict_do_nothing()
        .execute(conn)
        .map(|rows| rows > 0)
}

/// Whether there was one.
pub(super) fn delete_workspace_membership(conn: &mut PgConnection, user_id: i64, workspace_id: i64) -> QueryResult<bool> {
    diesel::delete(workspace_memberships::table.find((user_id, workspace_id))).execute(conn).map(|rows| rows > 0)
}

pub(super) fn list_members(conn: &mut PgConnection, user_id: Option<i64>, tenant_id: Option<i64>) -> QueryResult<Vec<Member>> {
    diesel::sql_query(
        "SELECT u.id AS user_id, u.email, u.deactivated_at IS NULL AS active, w.id AS workspace_id, w.name AS workspace_name,
                m.tenant_id, t.name AS tenant_name, m.role
         FROM (SELECT user_id, workspace_id, NULL::bigint AS tenant_id, NULL::text AS role FROM workspace_memberships
               UNION ALL SELECT user_id, workspace_id, tenant_id, role FROM tenant_memberships) m
         JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id LEFT JOIN tenants t ON t.id = m.tenant_id
         WHERE ($1 IS NULL OR m.user_id = $1) AND ($2 IS NULL OR m.tenant_id = $2)
         ORDER BY u.email, m.tenant_id NULLS FIRST, w.id",
    )
    .bind::<Nullable<BigInt>, _>(user_id)
    .bind::<Nullable<BigInt>, _>(tenant_id)
    .load(conn)
}
