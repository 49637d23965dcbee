//! Writing a new run with its targets.

use crate::context::Ctx;
use crate::findings::lifecycle::Tenants;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use serde_json::Value;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

pub(in crate::runs) fn find_active_by_identity(conn: &mut PgConnection, identity: &str) -> QueryResult<Option<i64>> {
    let row: Option<Id> =
        diesel::sql_query("SELECT id FROM operation_runs WHERE run_identity_hash = $1 AND status <> 'completed'")
            .bind::<Text, _>(identity)
            .get_result(conn)
            .optional()?;
    Ok(row.map(|row| row.id))
}

/// A run to be written.
pub(in crate::runs) struct NewRun<'a> {
    pub workspace_id: i64,
    pub tenant_id: Option<i64>,
    pub ctx: &'a Ctx,
    pub kind: &'a str,
    pub identity: &'a str,
    pub context: Value,
}

pub(in crate::runs) fn insert_run(conn: &mut PgConnection, new: &NewRun<'_>) -> QueryResult<i64> {
    diesel::sql_query(
        "INSERT INTO operation_runs (workspace_id, tenant_id, platform_user_id, user_id, initiator_type, initiator_name, type, run_identity_hash, context, \
             initiator_ip, initiator_user_agent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
    )
    .bind::<BigInt, _>(new.workspace_id)
    .bind::<Nullable<BigInt>, _>(new.tenant_id)
    .bind::<Nullable<BigInt>, _>(new.ctx.actor.operator_id())
    .bind::<Nullable<BigInt>, _>(new.ctx.actor.user_id())
    .bind::<Text, _>(new.ctx.actor.kind())
    .bind::<Text, _>(new.ctx.actor.name())
    .bind::<Text, _>(new.kind)
    .bind::<Text, _>(new.identity)
    .bind::<Jsonb, _>(&new.context)
    .bind::<Nullable<Text>, _>(&new.ctx.ip)
    .bind::<Nullable<Text>, _>(&new.ctx.user_agent)
    .get_result::<Id>(conn)
    .map(|row| row.id)
}

/// One target per allowed tenant in question, less those of workspaces that are paused, in one statement.
pub(in crate::runs) fn insert_targets(
    conn: &mut PgConnection,
    run_id: i64,
    tenants: &Tenants,
    paused_workspaces: &[i64],
) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO run_targets (run_id, workspace_id, tenant_id, available_at) \
         SELECT $1, t.workspace_id, t.id, clock.now FROM allowed_tenants t CROSS JOIN (SELECT db_now() AS now) clock \
         WHERE ($2 IS NULL OR t.id = ANY($2)) AND t.workspace_id <> ALL($3) ORDER BY t.id",
    )
    .bind::<BigInt, _>(run_id)
    .bind::<Nullable<Array<BigInt>>, _>(tenants.ids())
    .bind::<Array<BigInt>, _>(paused_workspaces)
    .execute(conn)
}

#[derive(QueryableByName)]
struct TenantId {
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
}

/// Tenants of a run's failed targets that may still be targeted.
pub(in crate::runs) fn list_failed_tenants(conn: &mut PgConnection, run_id: i64) -> QueryResult<Vec<i64>> {
    let rows: Vec<TenantId> = diesel::sql_query(
        "SELECT x.tenant_id FROM run_targets x JOIN allowed_tenants t ON t.id = x.tenant_id \
         WHERE x.run_id = $1 AND x.state = 'failed' ORDER BY x.tenant_id",
    )
    .bind::<BigInt, _>(run_id)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.tenant_id).collect())
}
