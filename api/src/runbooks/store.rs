//! All SQL of preflights.

use super::preflight::{Seen, StoredPreflight, workspace_ids};
use crate::context::Actor;
use crate::controls::Excluded;
use crate::error::{Error, Result};
use crate::findings::lifecycle::Tenants;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

#[derive(QueryableByName)]
pub(super) struct Stored {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Timestamptz)]
    pub computed_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: OffsetDateTime,
}

pub(super) fn insert(
    conn: &mut PgConnection,
    actor: &Actor,
    key: &str,
    scope: &impl Serialize,
    seen: &Seen,
    valid_minutes: i32,
) -> Result<Stored> {
    Ok(diesel::sql_query(
        "INSERT INTO runbook_preflights (runbook_key, scope, platform_user_id, user_id, affected_count, total_count, estimated_tenants, figures, excluded, computed_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $11 + make_interval(mins => $10)) \
         RETURNING id, computed_at, expires_at",
    )
    .bind::<Text, _>(key)
    .bind::<Jsonb, _>(serde_json::to_value(scope).map_err(Error::internal)?)
    .bind::<Nullable<BigInt>, _>(actor.operator_id())
    .bind::<Nullable<BigInt>, _>(actor.user_id())
    .bind::<BigInt, _>(seen.figures.affected_count)
    .bind::<BigInt, _>(seen.figures.total_count)
    .bind::<BigInt, _>(seen.estimated_tenants)
    .bind::<Jsonb, _>(serde_json::to_value(&seen.figures).map_err(Error::internal)?)
    .bind::<Jsonb, _>(serde_json::to_value(&seen.excluded).map_err(Error::internal)?)
    .bind::<Integer, _>(valid_minutes)
    .bind::<Timestamptz, _>(seen.now)
    .get_result(conn)?)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    runbook_key: String,
    #[diesel(sql_type = Jsonb)]
    scope: Value,
    #[diesel(sql_type = Nullable<BigInt>)]
    platform_user_id: Option<i64>,
    #[diesel(sql_type = BigInt)]
    affected_count: i64,
    #[diesel(sql_type = BigInt)]
    total_count: i64,
    #[diesel(sql_type = BigInt)]
    estimated_tenants: i64,
    #[diesel(sql_type = Jsonb)]
    excluded: Value,
    #[diesel(sql_type = Bool)]
    is_expired: bool,
}

pub(super) fn find(conn: &mut PgConnection, id: i64) -> Result<Option<StoredPreflight>> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT id, runbook_key, scope, platform_user_id, affected_count, total_count, estimated_tenants, excluded, expires_at <= db_now() OR computed_at > db_now() AS is_expired \
         FROM runbook_preflights WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .optional()?;
    row.map(stored).transpose()
}

fn stored(row: Row) -> Result<StoredPreflight> {
    let excluded: Vec<Excluded> = serde_json::from_value(row.excluded).map_err(Error::internal)?;
    Ok(StoredPreflight {
        id: row.id,
        runbook_key: row.runbook_key,
        scope: row.scope,
        platform_user_id: row.platform_user_id,
        affected_count: row.affected_count,
        total_count: row.total_count,
        estimated_tenants: row.estimated_tenants,
        excluded: workspace_ids(&excluded),
        is_expired: row.is_expired,
    })
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub(super) fn count_tenants(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<i64> {
    diesel::sql_query("SELECT count(*) AS count FROM allowed_tenants WHERE $1 IS NULL OR id = ANY($1)")
        .bind::<Nullable<Array<BigInt>>, _>(tenants.ids())
        .get_result::<Count>(conn)
        .map(|row| row.count)
}

/// Removes preflights older than a day (RB-06).
pub fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM runbook_preflights WHERE computed_at < (SELECT db_now()) - interval '24 hours'").execute(conn)
}
