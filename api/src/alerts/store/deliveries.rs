//! Deliveries: written, read, filtered.

use crate::alerts::Event;
use crate::alerts::deliveries::DeliveryFilter;
use crate::alerts::reason::Reason;
use crate::db::page::PageRequest;
use crate::db::schema::alert_deliveries as deliveries;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// What becomes of an event for one rule.
pub(in crate::alerts) enum Decision {
    /// It is sent at once.
    Send,
    /// It waits until then.
    Hold(OffsetDateTime),
    /// It is written down and not sent.
    Suppress(Reason),
}

/// How a rule stands at this moment.
#[derive(Debug, QueryableByName)]
pub(in crate::alerts) struct Timing {
    #[diesel(sql_type = Bool)]
    pub is_cooling_down: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub quiet_until: Option<OffsetDateTime>,
}

/// None when there is no such rule any more.
pub(in crate::alerts) fn find_timing(conn: &mut PgConnection, rule_id: i64, subject: &str) -> QueryResult<Option<Timing>> {
    // What nobody got, nor is to get, keeps back nothing.
    diesel::sql_query(
        "SELECT EXISTS (SELECT FROM alert_deliveries d
                        WHERE d.rule_id = r.id AND d.subject = $2 AND (d.state IN ('pending', 'sent') OR d.reason = 'summarised')
                          AND d.created_at > clock.now - make_interval(secs => r.cooldown_seconds)) AS is_cooling_down,
                alert_quiet_until(clock.now, r.quiet_from, r.quiet_to, r.time_zone) AS quiet_until
         FROM alert_rules r CROSS JOIN (SELECT db_now() AS now) clock WHERE r.id = $1",
    )
    .bind::<BigInt, _>(rule_id)
    .bind::<Text, _>(subject)
    .get_result(conn)
    .optional()
}

/// A delivery that may be tried at once.
#[derive(Debug, QueryableByName)]
pub(in crate::alerts) struct Due {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub destination_id: Option<i64>,
}

/// Writes a delivery for each destination of the rule; returns those that may be tried at once. A run in a workspace, but in no
/// tenant of it, is in all of them and belongs to the platform tenant. Rule and destinations are held: one that is being
/// removed is waited for, and drops out when it has gone.
pub(in crate::alerts) fn insert(
    conn: &mut PgConnection,
    rule_id: i64,
    event: &Event,
    decision: &Decision,
) -> QueryResult<Vec<Due>> {
    let (state, reason, due_at) = match decision {
        Decision::Send => ("pending", None, None),
        Decision::Hold(until) => ("pending", Some(crate::alerts::reason::QUIET_HOURS.code), Some(*until)),
        Decision::Suppress(reason) => ("suppressed", Some(reason.code), None),
    };
    diesel::sql_query(
        "WITH written AS (
             INSERT INTO alert_deliveries (rule_id, rule_name, destination_id, destination_name, destination_kind, event, severity,
                                           subject, title, workspace_id, tenant_id, run_id, metadata, occurred_at, state, reason,
                                           due_at, created_at, finished_at)
             SELECT r.id, r.name, d.id, d.name, d.kind, $2, $3, $4, $5, $6, t.id, $8,
                    $9 || jsonb_strip_nulls(jsonb_build_object('workspace_name', w.name, 'tenant_name', t.name)),
                    clock.now, f.state, f.reason, coalesce($12, clock.now), clock.now,
                    CASE WHEN f.state <> 'pending' THEN clock.now END
             FROM alert_rules r JOIN alert_rule_destinations j ON j.rule_id = r.id JOIN alert_destinations d ON d.id = j.destination_id
                  CROSS JOIN (SELECT db_now() AS now) clock
                  CROSS JOIN LATERAL (SELECT CASE WHEN d.enabled THEN $10 ELSE 'suppressed' END AS state,
                                             CASE WHEN d.enabled OR $10 = 'suppressed' THEN $11 ELSE $13 END AS reason) f
                  LEFT JOIN workspaces w ON w.id = $6
                  LEFT JOIN tenants t ON CASE WHEN $7 IS NULL THEN $6 IS NOT NULL AND $8 IS NOT NULL AND t.external_id = $14 ELSE t.id = $7 END
             WHERE r.id = $1 ORDER BY d.id FOR KEY SHARE OF r, d
             RETURNING id, destination_id, state, due_at, created_at)
         SELECT id, destination_id FROM written WHERE state = 'pending' AND due_at <= created_at ORDER BY id",
    )
    .bind::<BigInt, _>(rule_id)
    .bind::<Text, _>(event.kind.id())
    .bind::<Text, _>(event.severity.as_str())
    .bind::<Text, _>(&event.subject)
    .bind::<Text, _>(&event.title)
    .bind::<Nullable<BigInt>, _>(event.workspace_id)
    .bind::<Nullable<BigInt>, _>(event.tenant_id)
    .bind::<Nullable<BigInt>, _>(event.run_id)
    .bind::<Jsonb, _>(Value::Object(event.metadata.clone()))
    .bind::<Text, _>(state)
    .bind::<Nullable<Text>, _>(reason)
    .bind::<Nullable<Timestamptz>, _>(due_at)
    .bind::<Text, _>(crate::alerts::reason::DESTINATION_DISABLED.code)
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
