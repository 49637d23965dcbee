//! Rules.

use crate::alerts::Severity;
use crate::alerts::matching::Criteria;
use crate::alerts::rule::RuleTerms;
use crate::db::page::PageRequest;
use crate::db::prepared;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

/// A rule with its destinations.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::alerts) struct RuleRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    #[diesel(sql_type = Array<Text>)]
    pub events: Vec<String>,
    #[diesel(sql_type = Text)]
    pub minimum_severity: String,
    #[diesel(sql_type = Array<BigInt>)]
    pub workspace_ids: Vec<i64>,
    #[diesel(sql_type = Array<Text>)]
    pub operation_types: Vec<String>,
    #[diesel(sql_type = Integer)]
    pub cooldown_seconds: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub quiet_from: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub quiet_to: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub time_zone: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: OffsetDateTime,
    #[diesel(sql_type = Array<BigInt>)]
    pub destination_ids: Vec<i64>,
    #[diesel(sql_type = Array<Text>)]
    pub destination_names: Vec<String>,
}

const SELECT: &str = "\
    SELECT r.id, r.name, r.enabled, r.events, r.minimum_severity, r.workspace_ids, r.operation_types, r.cooldown_seconds,
           to_char(r.quiet_from, 'HH24:MI') AS quiet_from, to_char(r.quiet_to, 'HH24:MI') AS quiet_to, r.time_zone,
           r.version, r.created_at, r.updated_at,
           coalesce(d.ids, '{}') AS destination_ids, coalesce(d.names, '{}') AS destination_names
    FROM alert_rules r LEFT JOIN LATERAL (
        SELECT array_agg(x.id ORDER BY x.id) AS ids, array_agg(x.name ORDER BY x.id) AS names
        FROM alert_rule_destinations j JOIN alert_destinations x ON x.id = j.destination_id WHERE j.rule_id = r.id) d ON true";

/// Criteria by which an enabled rule chooses events.
#[derive(Debug, QueryableByName)]
pub(in crate::alerts) struct CriteriaRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Array<Text>)]
    events: Vec<String>,
    #[diesel(sql_type = Text)]
    minimum_severity: String,
    #[diesel(sql_type = Array<BigInt>)]
    workspace_ids: Vec<i64>,
    #[diesel(sql_type = Array<Text>)]
    operation_types: Vec<String>,
}

impl CriteriaRow {
    pub(in crate::alerts) fn criteria(self) -> Criteria {
        Criteria {
            events: self.events,
            // A CHECK holds what can be stored.
            minimum_severity: Severity::parse(&self.minimum_severity).unwrap_or(Severity::Info),
            workspace_ids: self.workspace_ids,
            operation_types: self.operation_types,
        }
    }
}

/// Lists what the enabled rules ask, in the order of their ids.
pub(in crate::alerts) fn list_criteria(conn: &mut PgConnection) -> QueryResult<Vec<CriteriaRow>> {
    let query = "SELECT id, events, minimum_severity, workspace_ids, operation_types FROM alert_rules WHERE enabled ORDER BY id";
    prepared(diesel::sql_query(query)).load(conn)
}

pub(in crate::alerts) fn list(conn: &mut PgConnection, page: PageRequest) -> QueryResult<Vec<RuleRow>> {
    diesel::sql_query(format!("{SELECT} WHERE r.id > $1 ORDER BY r.id LIMIT $2"))
        .bind::<BigInt, _>(page.after.unwrap_or(0))
        .bind::<BigInt, _>(page.limit.saturating_add(1))
        .load(conn)
}

pub(in crate::alerts) fn find(conn: &mut PgConnection, id: i64) -> QueryResult<Option<RuleRow>> {
    diesel::sql_query(format!("{SELECT} WHERE r.id = $1")).bind::<BigInt, _>(id).get_result(conn).optional()
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Locks the rule against other changes; false when there is none.
pub(in crate::alerts) fn lock(conn: &mut PgConnection, id: i64) -> QueryResult<bool> {
    let locked = diesel::sql_query("SELECT id FROM alert_rules WHERE id = $1 FOR UPDATE").bind::<BigInt, _>(id).execute(conn)?;
    Ok(locked > 0)
}

pub(in crate::alerts) fn insert(conn: &mut PgConnection, terms: &RuleTerms) -> QueryResult<i64> {
    let id = diesel::sql_query(
        "INSERT INTO alert_rules (name, enabled, events, minimum_severity, workspace_ids, operation_types, cooldown_seconds,
                                  quiet_from, quiet_to, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8::time, $9::time, $10) RETURNING id",
    )
    .bind::<Text, _>(&terms.name)
    .bind::<Bool, _>(terms.enabled)
    .bind::<Array<Text>, _>(&terms.events)
    .bind::<Text, _>(terms.minimum_severity.as_str())
    .bind::<Array<BigInt>, _>(&terms.workspace_ids)
    .bind::<Array<Text>, _>(&terms.operation_types)
    .bind::<Integer, _>(terms.cooldown_seconds)
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.from))
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.to))
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.time_zone))
    .get_result::<Id>(conn)?
    .id;
    set_destinations(conn, id, &terms.destination_ids)?;
    Ok(id)
}

pub(in crate::alerts) fn update(conn: &mut PgConnection, id: i64, terms: &RuleTerms) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE alert_rules SET name = $2, enabled = $3, events = $4, minimum_severity = $5, workspace_ids = $6, operation_types = $7,
                cooldown_seconds = $8, quiet_from = $9::time, quiet_to = $10::time, time_zone = $11,
                version = version + 1, updated_at = db_now()
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .bind::<Text, _>(&terms.name)
    .bind::<Bool, _>(terms.enabled)
    .bind::<Array<Text>, _>(&terms.events)
    .bind::<Text, _>(terms.minimum_severity.as_str())
    .bind::<Array<BigInt>, _>(&terms.workspace_ids)
    .bind::<Array<Text>, _>(&terms.operation_types)
    .bind::<Integer, _>(terms.cooldown_seconds)
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.from))
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.to))
    .bind::<Nullable<Text>, _>(terms.quiet_hours.as_ref().map(|quiet| &quiet.time_zone))
    .execute(conn)?;
    set_destinations(conn, id, &terms.destination_ids)
}

fn set_destinations(conn: &mut PgConnection, id: i64, destination_ids: &[i64]) -> QueryResult<()> {
    diesel::sql_query("DELETE FROM alert_rule_destinations WHERE rule_id = $1").bind::<BigInt, _>(id).execute(conn)?;
    diesel::sql_query("INSERT INTO alert_rule_destinations (rule_id, destination_id) SELECT $1, unnest($2)")
        .bind::<BigInt, _>(id)
        .bind::<Array<BigInt>, _>(destination_ids)
        .execute(conn)
        .map(|_| ())
}

pub(in crate::alerts) fn delete(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query("DELETE FROM alert_rules WHERE id = $1").bind::<BigInt, _>(id).execute(conn).map(|_| ())
}

/// Those of the ids that name no workspace.
pub(in crate::alerts) fn list_unknown_workspaces(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<Vec<i64>> {
    list_unknown(conn, "workspaces", ids)
}

/// Those of the ids that name no destination; the others are held, so that none of them goes meanwhile.
pub(in crate::alerts) fn list_unknown_destinations(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<Vec<i64>> {
    diesel::sql_query("SELECT id FROM alert_destinations WHERE id = ANY($1) ORDER BY id FOR KEY SHARE")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)?;
    list_unknown(conn, "alert_destinations", ids)
}

fn list_unknown(conn: &mut PgConnection, table: &str, ids: &[i64]) -> QueryResult<Vec<i64>> {
    let sql = format!("SELECT g.id FROM unnest($1) g (id) WHERE NOT EXISTS (SELECT FROM {table} x WHERE x.id = g.id) ORDER BY 1");
    let rows: Vec<Id> = diesel::sql_query(sql).bind::<Array<BigInt>, _>(ids).load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Whether the database knows the time zone by this name.
pub(in crate::alerts) fn is_time_zone(conn: &mut PgConnection, name: &str) -> QueryResult<bool> {
    diesel::sql_query("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1) AS answer")
        .bind::<Text, _>(name)
        .get_result::<Answer>(conn)
        .map(|row| row.answer)
}
