//! All SQL of the demo. Choices are hashes of the seed, of what is decided, and of a number.

use super::seed_demo::Seed;
use super::words::{CHECKPOINTS, CHECKS, Check, FIRST, REPORTS, SECOND, WORKSPACES};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text};
use std::sync::LazyLock;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Somebody's way to sign in.
#[derive(QueryableByName)]
pub(super) struct SignIn {
    /// Hash of the password.
    #[diesel(sql_type = Text)]
    pub(super) password_hash: String,
    /// Whether the account is active.
    #[diesel(sql_type = Bool)]
    pub(super) is_active: bool,
}

/// Directory id of tenant `number` under the seed `$1`.
fn external_id(number: &str) -> String {
    format!("md5('tenantatlas demo ' || $1 || ' ' || {number})::uuid::text")
}

/// A number from 0 up to 1, for one purpose, under the seed `$1`.
fn chance(key: &str, purpose: u32) -> String {
    format!("((hashint8extended({key}, hashint8extended({purpose}, $1)) & 2147483647) / 2147483648.0::float8)")
}

fn answer(conn: &mut PgConnection, sql: &str, seed: i64) -> QueryResult<bool> {
    diesel::sql_query(sql).bind::<BigInt, _>(seed).get_result::<Answer>(conn).map(|row| row.answer)
}

/// Whether data of this seed is there.
pub(super) fn is_seeded(conn: &mut PgConnection, seed: i64) -> QueryResult<bool> {
    let sql = format!("SELECT EXISTS (SELECT FROM tenants WHERE external_id = {}) AS answer", external_id("1"));
    answer(conn, &sql, seed)
}

/// Whether there are tenants beside the platform's.
pub(super) fn has_tenants(conn: &mut PgConnection) -> QueryResult<bool> {
    diesel::sql_query("SELECT EXISTS (SELECT FROM tenants WHERE external_id <> 'platform') AS answer")
        .get_result::<Answer>(conn)
        .map(|row| row.answer)
}

/// Whether there are operators.
pub(super) fn has_operators(conn: &mut PgConnection) -> QueryResult<bool> {
    diesel::sql_query("SELECT EXISTS (SELECT FROM platform_users) AS answer").get_result::<Answer>(conn).map(|row| row.answer)
}

/// How the operator with this address signs in.
pub(super) fn find_sign_in(conn: &mut PgConnection, email: &str) -> QueryResult<Option<SignIn>> {
    diesel::sql_query("SELECT password_hash, deactivated_at IS NULL AS is_active FROM platform_users WHERE email = $1")
        .bind::<Text, _>(email)
        .get_result(conn)
        .optional()
}

/// How the user with this address signs in.
pub(super) fn find_user_sign_in(conn: &mut PgConnection, email: &str) -> QueryResult<Option<SignIn>> {
    diesel::sql_query("SELECT password_hash, deactivated_at IS NULL AS is_active FROM users WHERE email = $1")
        .bind::<Text, _>(email)
        .get_result(conn)
        .optional()
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The first tenants of this seed that are in the allowed universe.
pub(super) fn list_first_tenants(conn: &mut PgConnection, seed: i64, count: i64) -> QueryResult<Vec<i64>> {
    let rows: Vec<Id> = diesel::sql_query(format!(
        "SELECT t.id FROM generate_series(1, $2) n JOIN allowed_tenants t ON t.external_id = {} ORDER BY n",
        external_id("n")
    ))
    .bind::<BigInt, _>(seed)
    .bind::<BigInt, _>(count)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Makes the workspaces that are not there; how many the demo has.
pub(super) fn insert_workspaces(conn: &mut PgConnection) -> QueryResult<usize> {
    for (slug, name) in WORKSPACES {
        diesel::sql_query("INSERT INTO workspaces (slug, name) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING")
            .bind::<Text, _>(slug)
            .bind::<Text, _>(name)
            .execute(conn)?;
    }
    Ok(WORKSPACES.len())
}

static TENANTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO tenants (workspace_id, external_id, name)
         SELECT w.id, {external_id}, t.name || CASE WHEN t.round > 0 THEN ' ' || (t.round + 1) ELSE '' END
         FROM (SELECT s.n, $3[1 + (s.turn % 20)::integer] || ' ' || $4[1 + (s.turn / 20 % 12 + s.turn % 20)::integer % 12] AS name,
                      s.n / 240 AS round, {workspace} AS lot
               FROM (SELECT n, n + abs(hashint8extended(0, $1)) % 240 AS turn FROM generate_series(1, $2::bigint) n) s) t
         JOIN workspaces w ON w.slug = $5[CASE WHEN t.lot < 0.5 THEN 1 WHEN t.lot < 0.8 THEN 2 ELSE 3 END]
         ORDER BY t.n",
        external_id = external_id("t.n"),
        workspace = chance("s.n", 1),
    )
});

/// Makes the tenants; how many.
pub(super) fn insert_tenants(conn: &mut PgConnection, seed: Seed) -> QueryResult<usize> {
    diesel::sql_query(TENANTS.as_str())
        .bind::<BigInt, _>(seed.seed)
        .bind::<Integer, _>(seed.tenants)
        .bind::<Array<Text>, _>(FIRST.as_slice())
        .bind::<Array<Text>, _>(SECOND.as_slice())
        .bind::<Array<Text>, _>(WORKSPACES.map(|(slug, _)| slug).as_slice())
        .execute(conn)
}

/// Tenants that the customers' users of the demo work in: they have findings, so that there is something to see.
const MEMBERS: i64 = 4;

/// How many findings each tenant has: few have many, most have some, one in ten of the others has none.
fn sizes() -> String {
    format!(
        "ranked AS (SELECT n, row_number() OVER (ORDER BY {lot}) AS rank FROM generate_series(1, $2::bigint) n),
         weighted AS (SELECT n, CASE WHEN n > {MEMBERS} AND rank > 1 AND rank * 10 > $2 * 9 THEN 0 ELSE power(rank, -0.9) END AS weight FROM ranked),
         bounded AS (SELECT n, round($3 * sum(weight) OVER (ORDER BY n) / sum(weight) OVER ())::bigint AS last FROM weighted),
         sized AS (SELECT n, lag(last, 1, 0::bigint) OVER (ORDER BY n) AS before, last - lag(last, 1, 0::bigint) OVER (ORDER BY n) AS size FROM bounded)",
        lot = chance("n", 2),
    )
}

/// One in ten rows repeats what an earlier row of its tenant is about; a row's check, resource and usual severity follow
/// from what it is about, the rest from its own number.
static FINDINGS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH {sizes},
         checks AS (SELECT * FROM unnest($4, $5, $6, $7, $8, $9) WITH ORDINALITY AS c(source, type, check_id, severity, kind, title, no)),
         numbered AS (
             SELECT t.id AS tenant_id, t.workspace_id, t.external_id, s.n, s.before + k AS row,
                    CASE WHEN k <= s.size - s.size / 10 THEN k ELSE 1 + floor({repeated} * (s.size - s.size / 10))::bigint END AS subject
             FROM sized s JOIN tenants t ON t.external_id = {external_id} CROSS JOIN LATERAL generate_series(1, s.size) k),
         drawn AS (
             SELECT r.*, c.source, c.type, c.check_id, c.title,
                    CASE WHEN {odd_severity} < 0.85 THEN c.severity
                         ELSE (ARRAY['critical', 'high', 'medium', 'low', 'informational'])[1 + floor({odd_severity} * 1000)::integer % 5] END AS severity,
                    CASE WHEN c.kind = 'tenant' AND r.subject <= {checks} THEN 'tenant'
                         WHEN c.kind = 'tenant' THEN 'configuration/' || lpad((1 + (r.subject - 1) / {checks})::text, 4, '0')
                         ELSE c.kind || '/' || lpad((1 + (r.subject - 1) / {checks})::text, 4, '0') END AS resource,
                    date_trunc('day', clock.now, 'UTC') AS today,
                    date_trunc('day', clock.now, 'UTC') - make_interval(days => 1 + floor(540 * power({age}, 1.3))::integer,
                        hours => (r.n % 5)::integer, mins => (r.n * 7 % 60)::integer) AS seen,
                    {lot} AS lot, {pause} AS pause, {late} AS late
             FROM (SELECT db_now() AS now) clock, numbered r JOIN checks c ON c.no = 1 + (r.subject - 1) % {checks}),
         told AS (
             SELECT d.*, CASE WHEN lot < 0.44 THEN 'new' WHEN lot < 0.60 THEN 'acknowledged' WHEN lot < 0.64 THEN 'triaged'
                              WHEN lot < 0.68 THEN 'in_progress' WHEN lot < 0.71 THEN 'reopened' WHEN lot < 0.89 THEN 'resolved'
                              WHEN lot < 0.96 THEN 'closed' ELSE 'risk_accepted' END AS status,
                    least(d.seen + make_interval(mins => 20 + floor(60 * 24 * 45 * pause)::integer), d.today) AS moved
             FROM drawn d)
         INSERT INTO findings (workspace_id, tenant_id, type, source, account, check_id, fingerprint, severity, status, title, resource, evidence,
                               detected_at, acknowledged_at, triaged_at, resolved_at, closed_at, closed_reason, due_at, due_source, created_at, updated_at)
         SELECT f.workspace_id, f.tenant_id, f.type, f.source, '', f.check_id,
                finding_fingerprint(f.external_id, f.source, '', f.check_id, f.resource), f.severity, f.status, f.title, f.resource,
                jsonb_build_object('setting', f.check_id, 'resource', f.resource, 'expected', 'as recommended',
                                   'actual', (ARRAY['off', 'not set', 'too open', 'outdated'])[1 + (f.row % 4)::integer]),
                CASE WHEN f.late < 0.99 THEN f.seen END,
                CASE WHEN f.status = 'acknowledged' AND f.late < 0.9 THEN f.moved END,
                CASE WHEN f.status IN ('triaged', 'in_progress') THEN f.moved END,
                CASE WHEN f.status = 'resolved' THEN f.moved END,
                CASE WHEN f.status IN ('closed', 'risk_accepted') THEN f.moved END,
                CASE f.status WHEN 'closed' THEN (ARRAY['remediated', 'not_applicable', 'false_positive'])[1 + (f.row % 3)::integer]
                              WHEN 'risk_accepted' THEN 'accepted' END,
                CASE WHEN f.late < 0.03 THEN f.today + make_interval(days => floor(f.pause * 90)::integer - 20)
                     WHEN f.late < 0.08 AND f.status IN ('resolved', 'closed', 'risk_accepted') THEN f.seen + interval '14 days' END,
                CASE WHEN f.late < 0.03 THEN 'person'
                     WHEN f.late < 0.08 AND f.status IN ('resolved', 'closed', 'risk_accepted') THEN 'sla' END,
                f.seen + make_interval(mins => floor(f.late * 15)::integer),
                CASE WHEN f.status IN ('new', 'reopened') THEN f.seen + make_interval(mins => floor(f.late * 15)::integer)
                     ELSE greatest(f.moved, f.seen + make_interval(mins => floor(f.late * 15)::integer)) END
         FROM told f ORDER BY f.tenant_id, f.seen, f.row",
        sizes = sizes(),
        external_id = external_id("s.n"),
        checks = CHECKS.len(),
        repeated = chance("s.before + k", 3),
        odd_severity = chance("r.n * 1000000007 + r.subject", 4),
        age = chance("r.row", 5),
        lot = chance("r.row", 6),
        pause = chance("r.row", 7),
        late = chance("r.row", 8),
    )
});

/// Makes the findings; how many.
pub(super) fn insert_findings(conn: &mut PgConnection, seed: Seed) -> QueryResult<usize> {
    let column = |of: fn(&Check) -> &'static str| CHECKS.iter().map(of).collect::<Vec<_>>();
    let rows = diesel::sql_query(FINDINGS.as_str())
        .bind::<BigInt, _>(seed.seed)
        .bind::<Integer, _>(seed.tenants)
        .bind::<BigInt, _>(seed.findings)
        .bind::<Array<Text>, _>(column(|check| check.source))
        .bind::<Array<Text>, _>(column(|check| check.kind))
        .bind::<Array<Text>, _>(column(|check| check.id))
        .bind::<Array<Text>, _>(column(|check| check.severity))
        .bind::<Array<Text>, _>(column(|check| check.resource))
        .bind::<Array<Text>, _>(column(|check| check.title))
        .execute(conn)?;
    diesel::sql_query("ANALYZE findings").execute(conn)?;
    Ok(rows)
}

/// Events of members who may do more than look, over sixty days: more on working days than at weekends, and more of late than
/// in the beginning. The onboarding is over by the third week.
static USAGE_EVENTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH actors AS (
             SELECT m.tenant_id, m.workspace_id, m.user_id, (n * 10 + row_number() OVER (PARTITION BY n ORDER BY m.role)) * 1000 AS place
             FROM generate_series(1, $2) n JOIN tenants t ON t.external_id = {external_id}
             JOIN tenant_memberships m ON m.tenant_id = t.id AND m.role <> 'readonly'),
         moments AS (
             SELECT a.*, day, a.place + day * 4 + k AS key,
                    date_trunc('hour', clock.now, 'UTC') - make_interval(days => day, mins => floor(1440 * {minute})::integer) AS at
             FROM (SELECT db_now() AS now) clock, actors a, generate_series(0, 59) day, generate_series(0, 3) k
             WHERE {lot} < 0.75 - day * 0.008),
         acts AS (
             SELECT m.*, {kind} AS kind, {detail} AS detail, 100 + m.key % 900 AS subject FROM moments m
             WHERE extract(isodow FROM at) < 6 OR {weekend} < 0.2)
         INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, occurred_at)
         SELECT workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, at
         FROM acts CROSS JOIN LATERAL (
             SELECT 'product.onboarding.checkpoint_completed' AS event_name, 'onboarding' AS feature_area, 'tenant_onboarding_session' AS subject_type,
                    subject AS subject_id,
                    jsonb_build_object('checkpoint_key', $3[1 + floor(detail * cardinality($3))::integer], 'lifecycle_state', 'in_progress',
                                       'completed_at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) AS metadata
             WHERE kind < 0.1 AND day > 38 OR kind < 0.04
             UNION ALL
             SELECT 'product.support_diagnostics.opened', 'support_diagnostics', 'tenant', tenant_id,
                    jsonb_build_object('source_surface', 'tenant_dashboard') WHERE kind >= 0.1 AND kind < 0.2
             UNION ALL
             SELECT 'product.operations.started', 'operations', 'operation_run', subject,
                    jsonb_build_object('operation_type', 'findings.lifecycle.backfill') WHERE kind >= 0.2 AND kind < 0.6
             UNION ALL
             SELECT 'product.stored_report.created', 'stored_reports', 'stored_report', subject,
                    jsonb_build_object('report_type', $4[1 + floor(detail * cardinality($4))::integer]) WHERE kind >= 0.6 AND kind < 0.85
             UNION ALL
             SELECT 'product.review_pack.requested', 'review_pack', 'review_pack', subject,
                    jsonb_build_object('source_surface', CASE WHEN detail < 0.6 THEN 'tenant' ELSE 'tenant_review' END,
                                       'include_operations', detail < 0.8, 'include_pii', false) WHERE kind >= 0.85) what
         ORDER BY at, key",
        external_id = external_id("n"),
        minute = chance("a.place + day * 4 + k", 9),
        lot = chance("a.place + day * 4 + k", 10),
        kind = chance("m.key", 11),
        detail = chance("m.key", 12),
        weekend = chance("m.key", 13),
    )
});

/// Makes what members of the seed's first tenants did; how many events.
pub(super) fn insert_usage_events(conn: &mut PgConnection, seed: i64, tenants: i64) -> QueryResult<usize> {
    diesel::sql_query(USAGE_EVENTS.as_str())
        .bind::<BigInt, _>(seed)
        .bind::<BigInt, _>(tenants)
        .bind::<Array<Text>, _>(CHECKPOINTS.as_slice())
        .bind::<Array<Text>, _>(REPORTS.as_slice())
        .execute(conn)
}
