//! The queue side of deliveries: due, claimed, recorded, summarised, removed.

use super::deliveries::Due;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// Notes that jobs were created for the deliveries.
pub(in crate::alerts) fn set_queued(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<()> {
    diesel::sql_query("UPDATE alert_deliveries SET queued_at = db_now() WHERE id = ANY($1)")
        .bind::<Array<BigInt>, _>(ids)
        .execute(conn)
        .map(|_| ())
}

/// Makes deliveries due that would wait for longer than any does after as many attempts: the clock has stepped back since. The end
/// of quiet hours is a time of the day and stays. `waits` are those after each attempt, in seconds.
pub(in crate::alerts) fn bring_back(conn: &mut PgConnection, waits: &[i32]) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE alert_deliveries SET due_at = db_now(), queued_at = NULL
         WHERE state = 'pending' AND reason IS DISTINCT FROM 'quiet_hours'
           AND (due_at > (SELECT db_now()) + make_interval(secs => coalesce(($1)[attempts], 0) + 65)
                OR queued_at > (SELECT db_now()) + interval '5 seconds')",
    )
    .bind::<Array<Integer>, _>(waits)
    .execute(conn)
}

/// Deliveries that are due and for which no job was made of late, locked.
pub(in crate::alerts) fn list_unqueued(conn: &mut PgConnection, limit: i64) -> QueryResult<Vec<Due>> {
    diesel::sql_query(
        "SELECT id, destination_id FROM alert_deliveries
         WHERE state = 'pending' AND due_at <= (SELECT db_now()) AND reason IS DISTINCT FROM 'quiet_hours'
           AND (queued_at IS NULL OR queued_at < (SELECT db_now()) - interval '1 minute' OR queued_at < due_at)
         ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
}

/// The next delivery that is due, for who does all of them by hand.
pub(in crate::alerts) fn find_due(conn: &mut PgConnection) -> QueryResult<Option<Due>> {
    diesel::sql_query(
        "SELECT id, destination_id FROM alert_deliveries
         WHERE state = 'pending' AND due_at <= (SELECT db_now()) AND reason IS DISTINCT FROM 'quiet_hours' ORDER BY due_at, id LIMIT 1",
    )
    .get_result(conn)
    .optional()
}

/// A delivery in the hand of a worker, with all that sending needs.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::alerts) struct Claimed {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = SqlUuid)]
    pub uid: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub rule_name: Option<String>,
    #[diesel(sql_type = Text)]
    pub event: String,
    #[diesel(sql_type = Text)]
    pub severity: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub workspace_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub run_id: Option<i64>,
    #[diesel(sql_type = Jsonb)]
    pub metadata: Value,
    #[diesel(sql_type = Timestamptz)]
    pub occurred_at: OffsetDateTime,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// The clock of the product as the attempt began.
    #[diesel(sql_type = Timestamptz)]
    pub claimed_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub destination_id: Option<i64>,
    #[diesel(sql_type = Text)]
    pub destination_kind: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub destination_enabled: bool,
    #[diesel(sql_type = Jsonb)]
    pub settings: Value,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub sealed_secret: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub sealing_key: Option<String>,
}

/// Takes a due delivery for so many seconds: nobody else takes it meanwhile, and when nothing is recorded until then, it is
/// due again. None when it is not due, or somebody else has it.
pub(in crate::alerts) fn claim(conn: &mut PgConnection, id: i64, seconds: f64) -> QueryResult<Option<Claimed>> {
    diesel::sql_query(
        "WITH taken AS (
             UPDATE alert_deliveries SET attempts = attempts + 1, due_at = db_now() + make_interval(secs => $2)
             WHERE id = $1 AND state = 'pending' AND due_at <= db_now() RETURNING *)
         SELECT t.id, t.uid, t.rule_name, t.event, t.severity, t.title, t.workspace_id, t.tenant_id, t.run_id, t.metadata, t.occurred_at,
                t.attempts, t.due_at - make_interval(secs => $2) AS claimed_at, t.destination_id, t.destination_kind,
                coalesce(d.enabled, false) AS destination_enabled, coalesce(d.settings, '{}') AS settings, d.sealed_secret, d.sealing_key
         FROM taken t LEFT JOIN alert_destinations d ON d.id = t.destination_id",
    )
    .bind::<BigInt, _>(id)
    .bind::<Double, _>(seconds)
    .get_result(conn)
    .optional()
}

/// What became of an attempt.
pub(in crate::alerts) struct Ended<'a> {
    pub state: &'a str,
    pub reason: Option<&'a str>,
    pub response_status: Option<i32>,
    /// When the next attempt is due, of one that goes on.
    pub next_in_seconds: f64,
}

/// Writes down what became of the attempt. Nothing is written when another attempt has begun since, but for success: it has
/// arrived, whoever else is at it.
pub(in crate::alerts) fn record(conn: &mut PgConnection, id: i64, attempt: i32, ended: &Ended<'_>) -> QueryResult<bool> {
    diesel::sql_query(
        "UPDATE alert_deliveries SET state = $3, reason = $4, response_status = $5,
                due_at = CASE WHEN $3 = 'pending' THEN db_now() + make_interval(secs => $6) ELSE due_at END,
                queued_at = CASE WHEN $3 = 'pending' THEN NULL ELSE queued_at END,
                finished_at = CASE WHEN $3 <> 'pending' THEN db_now() END
         WHERE id = $1 AND state = 'pending' AND (attempts = $2 OR $3 = 'sent')",
    )
    .bind::<BigInt, _>(id)
    .bind::<Integer, _>(attempt)
    .bind::<Text, _>(ended.state)
    .bind::<Nullable<Text>, _>(ended.reason)
    .bind::<Nullable<Integer>, _>(ended.response_status)
    .bind::<Double, _>(ended.next_in_seconds)
    .execute(conn)
    .map(|rows| rows > 0)
}

/// What a rule has held back for one destination and may be told now. Of one that is gone the name is left.
#[derive(Debug, QueryableByName)]
pub(in crate::alerts) struct Held {
    #[diesel(sql_type = Array<BigInt>)]
    pub ids: Vec<i64>,
}

/// One such group whose quiet hours are over, locked against who removes its destination or rule meanwhile. Who asks is the only
/// one that does.
pub(in crate::alerts) fn lock_held(conn: &mut PgConnection) -> QueryResult<Option<Held>> {
    diesel::sql_query(
        "WITH first AS (SELECT rule_id, rule_name, destination_id FROM alert_deliveries
                        WHERE state = 'pending' AND reason = 'quiet_hours' AND due_at <= (SELECT db_now())
                        ORDER BY due_at, id LIMIT 1),
              held AS (SELECT d.id FROM alert_deliveries d JOIN first f
                         ON f.rule_id IS NOT DISTINCT FROM d.rule_id AND f.destination_id IS NOT DISTINCT FROM d.destination_id
                        AND (d.rule_id IS NOT NULL OR f.rule_name IS NOT DISTINCT FROM d.rule_name)
                       WHERE d.state = 'pending' AND d.reason = 'quiet_hours' AND d.due_at <= (SELECT db_now())
                       ORDER BY d.id FOR UPDATE OF d)
         SELECT array_agg(id ORDER BY id) AS ids FROM held HAVING count(*) > 0",
    )
    .get_result(conn)
    .optional()
}

/// One that was held back alone is told as it is.
pub(in crate::alerts) fn release(conn: &mut PgConnection, id: i64) -> QueryResult<Due> {
    diesel::sql_query("UPDATE alert_deliveries SET reason = NULL WHERE id = $1 RETURNING id, destination_id")
        .bind::<BigInt, _>(id)
        .get_result(conn)
}

/// Writes the one delivery that tells of several, most urgent first, and ends those.
pub(in crate::alerts) fn summarise(conn: &mut PgConnection, ids: &[i64]) -> QueryResult<Due> {
    let summary: Due = diesel::sql_query(
        "INSERT INTO alert_deliveries (rule_id, rule_name, destination_id, destination_name, destination_kind, event, severity, subject,
                                       title, metadata, occurred_at)
         SELECT min(d.rule_id), min(d.rule_name), min(d.destination_id), min(d.destination_name), min(d.destination_kind), $2,
                (array_agg(d.severity ORDER BY s.rank DESC))[1], $2, count(*) || ' alerts were held back during the quiet hours',
                jsonb_build_object('count', count(*), 'items', (
                    SELECT jsonb_agg(jsonb_build_object('id', i.uid, 'event', i.event, 'severity', i.severity, 'title', i.title,
                                                        'run_id', i.run_id, 'occurred_at', to_char(i.occurred_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) ORDER BY i.rank DESC, i.id)
                    FROM (SELECT x.*, array_position(ARRAY['info', 'warning', 'error', 'critical'], x.severity) AS rank
                          FROM alert_deliveries x WHERE x.id = ANY($1) ORDER BY rank DESC, x.id LIMIT 20) i)),
                db_now()
         FROM alert_deliveries d
              CROSS JOIN LATERAL (SELECT array_position(ARRAY['info', 'warning', 'error', 'critical'], d.severity) AS rank) s
         WHERE d.id = ANY($1) RETURNING id, destination_id",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Text, _>(crate::alerts::event::SUMMARY)
    .get_result(conn)?;
    diesel::sql_query(
        "UPDATE alert_deliveries SET state = 'suppressed', reason = $2, summary_id = $3, finished_at = db_now() WHERE id = ANY($1)",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Text, _>(crate::alerts::reason::SUMMARISED.code)
    .bind::<BigInt, _>(summary.id)
    .execute(conn)?;
    Ok(summary)
}

/// Notes that the run is told of as stale; false when it was before.
pub(in crate::alerts) fn note_stale(conn: &mut PgConnection, run_id: i64) -> QueryResult<bool> {
    diesel::sql_query("INSERT INTO alert_stale_runs (run_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind::<BigInt, _>(run_id)
        .execute(conn)
        .map(|rows| rows > 0)
}

/// Forgets runs that are not stale any more.
pub(in crate::alerts) fn forget_stale_but(conn: &mut PgConnection, run_ids: &[i64]) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM alert_stale_runs WHERE run_id <> ALL($1)").bind::<Array<BigInt>, _>(run_ids).execute(conn)
}

/// Removes old deliveries; the ones that a summary told of go before it.
pub(in crate::alerts) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM alert_deliveries d WHERE d.id IN (
             SELECT id FROM alert_deliveries WHERE created_at < (SELECT db_now()) - interval '90 days' AND state <> 'pending'
             ORDER BY created_at LIMIT 500)
           AND NOT EXISTS (SELECT FROM alert_deliveries x WHERE x.summary_id = d.id)",
    )
    .execute(conn)
}
