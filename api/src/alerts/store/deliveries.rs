//! Deliveries: written, read, filtered.

use crate::alerts::Event;
use crate::alerts::deliveries::DeliveryFilter;
use crate::alerts::reason;
use crate::db::page::PageRequest;
use crate::db::schema::alert_deliveries as deliveries;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// A delivery that may be tried at once.
#[derive(Debug, QueryableByName)]
pub(in crate::alerts) struct Due {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub destination_id: Option<i64>,
}

/// Writes a delivery for each destination of each rule; returns those that may be tried at once, for which the caller creates
/// jobs: they are written as queued. A run in a workspace, but in no tenant of it, is in all of them and belongs to the platform
/// tenant. Rules are held before destinations, each in the order of their ids: one that is being removed is waited for, and drops
/// out when it has gone. Nothing is kept back by what nobody got, nor is to get.
pub(in crate::alerts) fn insert(conn: &mut PgConnection, rule_ids: &[i64], event: &Event) -> QueryResult<Vec<Due>> {
    diesel::sql_query(
        "WITH clock AS MATERIALIZED (SELECT db_now() AS now),
         place AS MATERIALIZED (
             SELECT w.name AS workspace_name, t.id AS tenant_id, t.name AS tenant_name
             FROM (SELECT 1) one LEFT JOIN workspaces w ON w.id = $6
                  LEFT JOIN tenants t ON CASE WHEN $7 IS NULL THEN $6 IS NOT NULL AND $8 IS NOT NULL AND t.external_id = $13 ELSE t.id = $7 END),
         timing AS MATERIALIZED (
             SELECT r.id, r.name,
                    EXISTS (SELECT FROM alert_deliveries d
                            WHERE d.rule_id = r.id AND d.subject = $4
                              AND (d.state IN ('pending', 'sent') OR d.reason = 'summarised')
                              AND d.created_at BETWEEN clock.now - make_interval(secs => r.cooldown_seconds) AND clock.now) AS is_cooling_down,
                    alert_quiet_until(clock.now, r.quiet_from, r.quiet_to, r.time_zone) AS quiet_until
             FROM alert_rules r CROSS JOIN clock WHERE r.id = ANY($1) ORDER BY r.id FOR KEY SHARE OF r),
         written AS (
             INSERT INTO alert_deliveries (rule_id, rule_name, destination_id, destination_name, destination_kind, event, severity,
                                           subject, title, workspace_id, tenant_id, run_id, metadata, occurred_at, state, reason,
                                           due_at, queued_at, created_at, finished_at)
             SELECT r.id, r.name, d.id, d.name, d.kind, $2, $3, $4, $5, $6, p.tenant_id, $8,
                    $9 || jsonb_strip_nulls(jsonb_build_object('workspace_name', p.workspace_name, 'tenant_name', p.tenant_name)),
                    clock.now, CASE WHEN f.reason IS NULL OR f.reason = $11 THEN 'pending' ELSE 'suppressed' END, f.reason,
                    CASE WHEN f.reason = $11 THEN r.quiet_until ELSE clock.now END,
                    CASE WHEN f.reason IS NULL THEN clock.now END, clock.now,
                    CASE WHEN f.reason <> $11 THEN clock.now END
             FROM timing r JOIN alert_rule_destinations j ON j.rule_id = r.id JOIN alert_destinations d ON d.id = j.destination_id
                  CROSS JOIN clock CROSS JOIN place p
                  CROSS JOIN LATERAL (SELECT CASE WHEN r.is_cooling_down THEN $10 WHEN NOT d.enabled THEN $12
                                                  WHEN r.quiet_until IS NOT NULL THEN $11 END AS reason) f
             ORDER BY d.id, r.id FOR KEY SHARE OF d
             RETURNING id, destination_id, reason)
         SELECT id, destination_id FROM written WHERE reason IS NULL ORDER BY id",
    )
    .bind::<Array<BigInt>, _>(rule_ids)
    .bind::<Text, _>(event.kind.id())
    .bind::<Text, _>(event.severity.as_str())
    .bind::<Text, _>(&event.subject)
    .bind::<Text, _>(&event.title)
    .bind::<Nullable<BigInt>, _>(event.workspace_id)
    .bind::<Nullable<BigInt>, _>(event.tenant_id)
    .bind::<Nullable<BigInt>, _>(event.run_id)
    .bind::<Jsonb, _>(Value::Object(event.metadata.clone()))
    .bind::<Text, _>(reason::COOLDOWN.code)
    .bind::<Text, _>(reason::QUIET_HOURS.code)
    .bind::<Text, _>(reason::DESTINATION_DISABLED.code)
    .bind::<Text, _>(crate::tenancy::PLATFORM_EXTERNAL_ID)
    .load(conn)
}

/// Writes a delivery that only tries something out: of a rule to all its destinations, or to one destination.
pub(in crate::alerts) fn insert_test(
    conn: &mut PgConnection,
    rule_id: Option<i64>,
    destination_ids: &[i64],
    title: &str,
) -> QueryResult<Vec<Due>> {
    diesel::sql_query(
        "INSERT INTO alert_deliveries (rule_id, rule_name, destination_id, destination_name, destination_kind, event, severity, subject,
                                       title, metadata, occurred_at)
         SELECT r.id, r.name, d.id, d.name, d.kind, $4, 'info', $4, $3, '{}', db_now()
         FROM alert_destinations d LEFT JOIN alert_rules r ON r.id = $1 WHERE d.id = ANY($2) ORDER BY d.id
         RETURNING id, destination_id",
    )
    .bind::<Nullable<BigInt>, _>(rule_id)
    .bind::<Array<BigInt>, _>(destination_ids)
    .bind::<Text, _>(title)
    .bind::<Text, _>(crate::alerts::event::TEST)
    .load(conn)
}

/// A delivery as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = crate::db::schema::alert_deliveries)]
pub(in crate::alerts) struct DeliveryRow {
    pub id: i64,
    pub uid: Uuid,
    pub rule_id: Option<i64>,
    pub rule_name: Option<String>,
    pub destination_id: Option<i64>,
    pub destination_name: String,
    pub destination_kind: String,
    pub event: String,
    pub severity: String,
    pub title: String,
    pub workspace_id: Option<i64>,
    pub tenant_id: Option<i64>,
    pub run_id: Option<i64>,
    pub metadata: Value,
    pub occurred_at: OffsetDateTime,
    pub state: String,
    pub reason: Option<String>,
    pub response_status: Option<i32>,
    pub summary_id: Option<i64>,
    pub attempts: i32,
    pub due_at: OffsetDateTime,
    pub created_at: OffsetDateTime,
    pub finished_at: Option<OffsetDateTime>,
}

/// Newest first.
pub(in crate::alerts) fn list(
    conn: &mut PgConnection,
    filter: &DeliveryFilter,
    page: PageRequest,
) -> QueryResult<Vec<DeliveryRow>> {
    let mut query = deliveries::table
        .select(DeliveryRow::as_select())
        .order(deliveries::id.desc())
        .limit(page.limit.saturating_add(1))
        .into_boxed();
    if let Some(after) = page.after {
        query = query.filter(deliveries::id.lt(after));
    }
    if let Some(state) = filter.state {
        query = query.filter(deliveries::state.eq(state.as_str()));
    }
    if let Some(event) = &filter.event {
        query = query.filter(deliveries::event.eq(event));
    }
    if let Some(rule_id) = filter.rule_id {
        query = query.filter(deliveries::rule_id.eq(rule_id));
    }
    if let Some(destination_id) = filter.destination_id {
        query = query.filter(deliveries::destination_id.eq(destination_id));
    }
    if let Some(run_id) = filter.run_id {
        query = query.filter(deliveries::run_id.eq(run_id));
    }
    query.load(conn)
}

pub(in crate::alerts) fn find(conn: &mut PgConnection, id: i64) -> QueryResult<Option<DeliveryRow>> {
    deliveries::table.find(id).select(DeliveryRow::as_select()).first(conn).optional()
}

pub(in crate::alerts) fn list_by_ids(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<Vec<DeliveryRow>> {
    deliveries::table.filter(deliveries::id.eq_any(ids)).order(deliveries::id).select(DeliveryRow::as_select()).load(conn)
}

/// The same, locked against workers and other retries.
pub(in crate::alerts) fn lock(conn: &mut PgConnection, id: i64) -> QueryResult<Option<DeliveryRow>> {
    deliveries::table.find(id).select(DeliveryRow::as_select()).for_update().first(conn).optional()
}

/// Due again at once, with all its attempts.
pub(in crate::alerts) fn set_due_again(conn: &mut PgConnection, id: i64) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE alert_deliveries SET state = 'pending', reason = NULL, response_status = NULL, attempts = 0, due_at = db_now(),
                queued_at = NULL, finished_at = NULL
         WHERE id = $1",
    )
    .bind::<BigInt, _>(id)
    .execute(conn)
    .map(|_| ())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub(in crate::alerts) fn count_overdue(conn: &mut PgConnection) -> QueryResult<i64> {
    diesel::sql_query(
        "SELECT count(*) AS count FROM alert_deliveries
         WHERE state = 'pending' AND due_at < (SELECT db_now()) - interval '1 minute' AND reason IS DISTINCT FROM 'quiet_hours'",
    )
    .get_result::<Count>(conn)
    .map(|row| row.count)
}
