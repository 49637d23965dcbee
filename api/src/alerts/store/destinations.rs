//! Destinations.

use crate::db::page::PageRequest;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use time::OffsetDateTime;

/// A destination as stored, with the rules that use it.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::alerts) struct DestinationRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Jsonb)]
    pub settings: Value,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub sealed_secret: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: OffsetDateTime,
    #[diesel(sql_type = Array<Text>)]
    pub rule_names: Vec<String>,
}

const SELECT: &str = "\
    SELECT d.id, d.name, d.kind, d.enabled, d.address, d.settings, d.sealed_secret, d.version, d.created_at, d.updated_at,
           coalesce((SELECT array_agg(r.name ORDER BY r.id) FROM alert_rule_destinations j JOIN alert_rules r ON r.id = j.rule_id
                     WHERE j.destination_id = d.id), '{}') AS rule_names
    FROM alert_destinations d";

pub(in crate::alerts) fn list(conn: &mut PgConnection, page: PageRequest) -> QueryResult<Vec<DestinationRow>> {
    diesel::sql_query(format!("{SELECT} WHERE d.id > $1 ORDER BY d.id LIMIT $2"))
        .bind::<BigInt, _>(page.after.unwrap_or(0))
        .bind::<BigInt, _>(page.limit.saturating_add(1))
        .load(conn)
}

pub(in crate::alerts) fn find(conn: &mut PgConnection, id: i64) -> QueryResult<Option<DestinationRow>> {
    diesel::sql_query(format!("{SELECT} WHERE d.id = $1")).bind::<BigInt, _>(id).get_result(conn).optional()
}

/// The same, locked against other changes.
pub(in crate::alerts) fn lock(conn: &mut PgConnection, id: i64) -> QueryResult<Option<DestinationRow>> {
    diesel::sql_query("SELECT id FROM alert_destinations WHERE id = $1 FOR UPDATE").bind::<BigInt, _>(id).execute(conn)?;
    find(conn, id)
}

/// What is written of a destination beside its secret.
pub(in crate::alerts) struct Written<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub enabled: bool,
    pub address: &'a str,
    pub settings: &'a Value,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

pub(in crate::alerts) fn insert(conn: &mut PgConnection, written: &Written<'_>) -> QueryResult<i64> {
    diesel::sql_query(
        "INSERT INTO alert_destinations (name, kind, enabled, address, settings) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind::<Text, _>(written.name)
    .bind::<Text, _>(written.kind)
    .bind::<Bool, _>(written.enabled)
    .bind::<Text, _>(written.address)
    .bind::<Jsonb, _>(written.settings)
    .get_result::<Id>(conn)
    .map(|row| row.id)
}

pub(in crate::alerts) fn update(conn: &mut PgConnection, id: i64, written: &Written<'_>) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE alert_destinations SET name = $2, kind = $3, enabled = $4, address = $5, settings = $6,
                version = version + 1, updated_at = db_now()
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(written.name)
    .bind::<Text, _>(written.kind)
    .bind::<Bool, _>(written.enabled)
    .bind::<Text, _>(written.address)
    .bind::<Jsonb, _>(written.settings)
    .execute(conn)
    .map(|_| ())
}

/// Puts the sealed secret in place of the one before; none takes it away.
pub(in crate::alerts) fn set_secret(conn: &mut PgConnection, id: i64, sealed: Option<(&str, &[u8])>) -> QueryResult<()> {
    diesel::sql_query("UPDATE alert_destinations SET sealing_key = $2, sealed_secret = $3 WHERE id = $1")
        .bind::<BigInt, _>(id)
        .bind::<Nullable<Text>, _>(sealed.map(|(key, _)| key))
        .bind::<Nullable<Bytea>, _>(sealed.map(|(_, secret)| secret))
        .execute(conn)
        .map(|_| ())
}

/// Ends what was to be sent there.
pub(in crate::alerts) fn suppress_pending(conn: &mut PgConnection, id: i64, reason: &str) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE alert_deliveries SET state = 'suppressed', reason = $2, finished_at = db_now() WHERE destination_id = $1 AND state = 'pending'",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(reason)
    .execute(conn)
}

pub(in crate::alerts) fn delete(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("DELETE FROM alert_destinations WHERE id = $1").bind::<BigInt, _>(id).execute(conn).map(|_| ())
}
