//! What runs still reach: whom a control has to be asked about.

use crate::tenancy::ReachedWorkspace;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use std::collections::HashMap;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Runs of these types with open targets in these workspaces; none named: anywhere.
pub(in crate::runs) fn count_in_flight(conn: &mut PgConnection, types: &[&str], workspaces: Option<&[i64]>) -> QueryResult<i64> {
    diesel::sql_query(
        "SELECT count(*) AS count FROM operation_runs r WHERE r.status <> 'completed' AND r.type = ANY($1) AND EXISTS (
             SELECT 1 FROM run_targets x WHERE x.run_id = r.id AND x.state IN ('queued', 'waiting', 'running')
                 AND ($2 IS NULL OR x.workspace_id = ANY($2)))",
    )
    .bind::<Array<Text>, _>(types)
    .bind::<Nullable<Array<BigInt>>, _>(workspaces)
    .get_result::<Count>(conn)
    .map(|row| row.count)
}

#[derive(QueryableByName)]
struct TenantId {
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
}

/// Tenants that a run has not done with.
pub(in crate::runs) fn list_open_tenants(conn: &mut PgConnection, run_id: i64) -> QueryResult<Vec<i64>> {
    let rows: Vec<TenantId> = diesel::sql_query(
        "SELECT tenant_id FROM run_targets WHERE run_id = $1 AND state IN ('queued', 'waiting', 'running') ORDER BY tenant_id",
    )
    .bind::<BigInt, _>(run_id)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.tenant_id).collect())
}

#[derive(QueryableByName)]
struct Reached {
    #[diesel(sql_type = BigInt)]
    run_id: i64,
    #[diesel(embed)]
    workspace: ReachedWorkspace,
}

/// Workspaces that the next step of each run would reach: of an active one those of its open targets, of a completed one
/// those of its failed targets.
pub(in crate::runs) fn list_reached(
    conn: &mut PgConnection,
    run_ids: &[i64],
) -> QueryResult<HashMap<i64, Vec<ReachedWorkspace>>> {
    let rows: Vec<Reached> = diesel::sql_query(
        "SELECT x.run_id, w.id, w.name, count(*) AS tenant_count
         FROM operation_runs r JOIN run_targets x ON x.run_id = r.id JOIN allowed_tenants t ON t.id = x.tenant_id
              JOIN workspaces w ON w.id = x.workspace_id
         WHERE r.id = ANY($1)
           AND CASE WHEN r.status = 'completed' THEN x.state = 'failed' ELSE x.state IN ('queued', 'waiting', 'running') END
         GROUP BY x.run_id, w.id ORDER BY x.run_id, w.id",
    )
    .bind::<Array<BigInt>, _>(run_ids)
    .load(conn)?;
    let mut by_run: HashMap<i64, Vec<ReachedWorkspace>> = HashMap::new();
    for row in rows {
        by_run.entry(row.run_id).or_default().push(row.workspace);
    }
    Ok(by_run)
}
