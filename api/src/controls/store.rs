//! All SQL of controls.

use super::activation::{ControlScope, InForce, Pause};
use super::impact::Reached;
use crate::db::schema::workspaces;
use crate::db::{Moment, prepared};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use std::collections::HashMap;
use time::OffsetDateTime;

/// A pause that was written at once is in force from its commit on: a clock that steps back does not open it. Only one
/// written ahead waits for its time.
const BEGUN: &str = "(NOT a.is_scheduled OR a.starts_at <= clock.now)";
/// A pause that is over blocks nothing, whether its row is still there or not (CTL-12).
const NOT_OVER: &str = "(a.expires_at IS NULL OR a.expires_at > clock.now)";
/// The global one first; of two over one scope the one that lasts longer.
const ORDER: &str = "ORDER BY a.control_key, a.workspace_id NULLS FIRST, a.expires_at DESC NULLS FIRST, a.id";

/// Reads the pauses in a relation, at the moment bound as `$2`.
fn pauses_of(relation: &str) -> String {
    format!(
        "SELECT a.id, a.control_key, a.workspace_id, w.name AS workspace_name, a.reason_text, a.is_scheduled, \
                {BEGUN} AND {NOT_OVER} AS is_in_force, a.starts_at, a.expires_at, o.name AS owner_name, a.created_at, a.updated_at \
         FROM {relation} a CROSS JOIN (VALUES ($2::timestamptz)) clock (now) LEFT JOIN workspaces w ON w.id = a.workspace_id \
              JOIN platform_users o ON o.id = coalesce(a.updated_by, a.created_by)"
    )
}

/// Lists pauses that are in force now: what decides of them. The statement reads the clock and the rows together, so that a
/// start needs no other after its lock, and reads the clock once: by two readings a pause could be over and the one that
/// follows it not have begun.
pub(super) fn list_in_force(conn: &mut PgConnection, key: Option<&str>) -> QueryResult<Vec<InForce>> {
    let query = diesel::sql_query(format!(
        "WITH clock AS MATERIALIZED (SELECT db_now() AS now)
         SELECT a.id, a.control_key, a.workspace_id, a.reason_text, a.expires_at
         FROM operational_control_activations a CROSS JOIN clock
         WHERE ($1 IS NULL OR a.control_key = $1) AND {BEGUN} AND {NOT_OVER} {ORDER}"
    ));
    prepared(query.bind::<Nullable<Text>, _>(key)).load(conn)
}

/// Lists pauses that are not over at a moment: in force, or scheduled.
pub(super) fn list_not_over(conn: &mut PgConnection, key: Option<&str>, now: Moment) -> QueryResult<Vec<Pause>> {
    let select = pauses_of("operational_control_activations");
    diesel::sql_query(format!("{select} WHERE ($1 IS NULL OR a.control_key = $1) AND {NOT_OVER} {ORDER}"))
        .bind::<Nullable<Text>, _>(key)
        .bind::<Timestamptz, _>(now)
        .load(conn)
}

/// Removes pauses of one control that are over at a moment, and returns them; waits for whoever removes them at the same time.
pub(super) fn delete_expired_of(conn: &mut PgConnection, key: &str, now: Moment) -> QueryResult<Vec<Pause>> {
    delete_expired(conn, Some(key), now, "FOR UPDATE")
}

/// Names of workspaces by id.
pub(super) fn list_workspace_names(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> =
        workspaces::table.filter(workspaces::id.eq_any(ids)).select((workspaces::id, workspaces::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Removes pauses of all controls that are over at a moment, and returns them; passes over those that somebody else holds.
pub(super) fn delete_expired_idle(conn: &mut PgConnection, now: Moment) -> QueryResult<Vec<Pause>> {
    delete_expired(conn, None, now, "FOR UPDATE SKIP LOCKED")
}

fn delete_expired(conn: &mut PgConnection, key: Option<&str>, now: Moment, locking: &str) -> QueryResult<Vec<Pause>> {
    diesel::sql_query(format!(
        "WITH done AS (
             SELECT id FROM operational_control_activations
             WHERE expires_at <= $2 AND ($1 IS NULL OR control_key = $1) ORDER BY id {locking}),
         gone AS (DELETE FROM operational_control_activations WHERE id IN (SELECT id FROM done) RETURNING *)
         {} {ORDER}",
        pauses_of("gone")
    ))
    .bind::<Nullable<Text>, _>(key)
    .bind::<Timestamptz, _>(now)
    .load(conn)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// What a pause says.
pub(super) struct Terms<'a> {
    pub reason_text: &'a str,
    pub starts_at: Option<OffsetDateTime>,
    pub expires_at: Option<OffsetDateTime>,
}

/// Writes a new pause; with a start it is a scheduled one.
pub(super) fn insert_pause(
    conn: &mut PgConnection,
    key: &str,
    scope: ControlScope,
    terms: &Terms<'_>,
    (operator_id, now): (i64, Moment),
) -> QueryResult<i64> {
    diesel::sql_query(
        "INSERT INTO operational_control_activations
             (control_key, scope_type, workspace_id, reason_text, is_scheduled, starts_at, expires_at, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5 IS NOT NULL, coalesce($5, $8), $6, $7, $8, $8) RETURNING id",
    )
    .bind::<Text, _>(key)
    .bind::<Text, _>(scope.kind().as_str())
    .bind::<Nullable<BigInt>, _>(scope.workspace_id())
    .bind::<Text, _>(terms.reason_text)
    .bind::<Nullable<Timestamptz>, _>(terms.starts_at)
    .bind::<Nullable<Timestamptz>, _>(terms.expires_at)
    .bind::<BigInt, _>(operator_id)
    .bind::<Timestamptz, _>(now)
    .get_result::<Id>(conn)
    .map(|row| row.id)
}

/// Replaces what a pause says and where it holds; one in force keeps its start, unless the clock has been set back since.
pub(super) fn update_pause(
    conn: &mut PgConnection,
    id: i64,
    scope: ControlScope,
    terms: &Terms<'_>,
    (operator_id, now): (i64, Moment),
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE operational_control_activations
         SET scope_type = $7, workspace_id = $8, reason_text = $2, starts_at = coalesce($3, least(starts_at, $6)), expires_at = $4,
             updated_by = $5, updated_at = $6
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(terms.reason_text)
    .bind::<Nullable<Timestamptz>, _>(terms.starts_at)
    .bind::<Nullable<Timestamptz>, _>(terms.expires_at)
    .bind::<BigInt, _>(operator_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(scope.kind().as_str())
    .bind::<Nullable<BigInt>, _>(scope.workspace_id())
    .execute(conn)
    .map(|_| ())
}

/// A scheduled pause that has begun is one like any other.
pub(super) fn set_begun(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("UPDATE operational_control_activations SET is_scheduled = false WHERE id = $1")
        .bind::<BigInt, _>(id)
        .execute(conn)
        .map(|_| ())
}

pub(super) fn delete_pause(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("DELETE FROM operational_control_activations WHERE id = $1").bind::<BigInt, _>(id).execute(conn).map(|_| ())
}

/// Workspaces with allowed tenants, and those tenants, in a scope less some workspaces.
pub(super) fn count_reached(conn: &mut PgConnection, scope: ControlScope, without: &[i64]) -> QueryResult<Reached> {
    diesel::sql_query(
        "SELECT count(DISTINCT t.workspace_id) AS workspace_count, count(*) AS tenant_count FROM allowed_tenants t
         WHERE ($1 IS NULL OR t.workspace_id = $1) AND t.workspace_id <> ALL($2)",
    )
    .bind::<Nullable<BigInt>, _>(scope.workspace_id())
    .bind::<Array<BigInt>, _>(without)
    .get_result(conn)
}
