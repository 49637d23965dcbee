//! All SQL of workspaces and tenants.

use super::model::{ReachedWorkspace, Tenant, Workspace, WorkspaceRef};
use crate::db::page::PageRequest;
use crate::db::schema::{tenants, workspaces};
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
    diesel::sql_query(
        "SELECT w.id, w.slug, w.name, (SELECT count(*) FROM allowed_tenants t WHERE t.workspace_id = w.id) AS tenant_count \
         FROM workspaces w WHERE w.id > $1 AND ($2 IS NULL OR w.name ILIKE $2 OR w.slug ILIKE $2) ORDER BY w.id LIMIT $3",
    )
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<Nullable<Text>, _>(search.map(contains))
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .load(conn)
}

pub(super) fn list_tenants(
    conn: &mut PgConnection,
    search: Option<&str>,
    workspace_id: Option<i64>,
    page: PageRequest,
) -> QueryResult<Vec<Tenant>> {
    diesel::sql_query(format!(
        "{TENANT_SELECT} WHERE t.id > $1 AND ($2 IS NULL OR t.name ILIKE $2 OR t.external_id ILIKE $2) \
         AND ($3 IS NULL OR t.workspace_id = $3) ORDER BY t.id LIMIT $4"
    ))
    .bind::<BigInt, _>(page.after.unwrap_or(0))
    .bind::<Nullable<Text>, _>(search.map(contains))
    .bind::<Nullable<BigInt>, _>(workspace_id)
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .load(conn)
}

/// A pattern that finds the text anywhere, taken literally.
fn contains(text: &str) -> String {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{literal}%")
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
