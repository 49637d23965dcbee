//! Which tenants a file is about.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

/// The name in the file behind a name in the staging table: findings that name none are those of the header's tenant.
const NAMED: &str = "SELECT n.named, coalesce(nullif(n.named, ''), $1) AS name \
                     FROM (SELECT DISTINCT s.named FROM import_staged s UNION SELECT '' WHERE $1 IS NOT NULL) n";

/// A directory id is the same in any case where it is a GUID; readers give those in lower case.
const SAME_TENANT: &str =
    "lower(t.external_id) = lower(n.name) AND (t.external_id = n.name OR n.name ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Names in the file that are no allowed tenant's, the first so many in order.
pub(in crate::findings::import) fn list_unknown(
    conn: &mut PgConnection,
    header: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<String>> {
    let names: Vec<Name> = diesel::sql_query(format!(
        "SELECT DISTINCT n.name FROM ({NAMED}) n
         WHERE n.name IS NOT NULL AND NOT EXISTS (SELECT FROM allowed_tenants t WHERE {SAME_TENANT}) ORDER BY n.name LIMIT $2"
    ))
    .bind::<Nullable<Text>, _>(header)
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(names.into_iter().map(|row| row.name).collect())
}

/// Whether some finding has a tenant neither of its own nor from the header.
pub(in crate::findings::import) fn is_unattributed(conn: &mut PgConnection, header: Option<&str>) -> QueryResult<bool> {
    diesel::sql_query("SELECT $1 IS NULL AND EXISTS (SELECT FROM import_staged WHERE named = '') AS found")
        .bind::<Nullable<Text>, _>(header)
        .get_result::<Found>(conn)
        .map(|row| row.found)
}

/// Attributes every name to the allowed tenant that bears it.
pub(in crate::findings::import) fn insert_named_tenants(conn: &mut PgConnection, header: Option<&str>) -> QueryResult<()> {
    diesel::sql_query(format!(
        "INSERT INTO import_tenants
         SELECT DISTINCT ON (n.named) n.named, t.id, t.workspace_id, t.external_id, t.name
         FROM ({NAMED}) n JOIN allowed_tenants t ON {SAME_TENANT}
         ORDER BY n.named, t.external_id = n.name DESC, t.id"
    ))
    .bind::<Nullable<Text>, _>(header)
    .execute(conn)
    .map(|_| ())
}

/// Attributes everything to one tenant, if it is allowed; says whether it is.
pub(in crate::findings::import) fn insert_one_tenant(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<bool> {
    diesel::sql_query(
        "INSERT INTO import_tenants
         SELECT n.named, t.id, t.workspace_id, t.external_id, t.name
         FROM (SELECT '' AS named UNION SELECT s.named FROM import_staged s) n CROSS JOIN allowed_tenants t WHERE t.id = $1",
    )
    .bind::<BigInt, _>(tenant_id)
    .execute(conn)
    .map(|rows| rows > 0)
}

/// Whether the file names anybody but the tenant with this id.
pub(in crate::findings::import) fn names_another_tenant(
    conn: &mut PgConnection,
    header: Option<&str>,
    tenant_id: i64,
) -> QueryResult<bool> {
    diesel::sql_query(format!(
        "SELECT EXISTS (SELECT FROM ({NAMED}) n WHERE n.name IS NOT NULL
                        AND NOT EXISTS (SELECT FROM allowed_tenants t WHERE t.id = $2 AND {SAME_TENANT})) AS found"
    ))
    .bind::<Nullable<Text>, _>(header)
    .bind::<BigInt, _>(tenant_id)
    .get_result::<Found>(conn)
    .map(|row| row.found)
}
