//! What a scan has looked at (FND-08): the checks of which it says something somewhere in its account, and for checks that it does not
//! list the products of these. A scan never touches what it did not look at.

use std::sync::LazyLock;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz};

use super::apply::AppliedCount;
use crate::db::Moment;
use crate::findings::lifecycle::rules::{self, LAST_SEEN, LIVE};

/// Records what the scans of the file looked at, where it was not recorded before; returns for how many. Scans that earlier versions
/// imported learn it when they are imported again. A scan of which parts could not be read, or that is imported as earlier versions
/// did, claims nothing.
pub(in crate::findings::import) fn insert_coverage(conn: &mut PgConnection, is_whole: bool) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE finding_scans s
         SET account = i.account, started_at = i.since, silent = coalesce(l.silent, '{}'), checks = coalesce(l.checks, '{}'),
             silent_checks = coalesce(l.silent_checks, '{}'), products = coalesce(l.products, '{}')
         FROM import_scans i
         LEFT JOIN (SELECT c.tenant_id, c.source, c.account,
                           array_agg(DISTINCT c.check_id) FILTER (WHERE $1 AND c.is_open IS NOT NULL) AS checks,
                           array_agg(DISTINCT c.check_id) FILTER (WHERE $1 AND c.is_open IS NULL) AS silent_checks,
                           array_agg(DISTINCT c.product) FILTER (WHERE $1 AND c.is_open IS NOT NULL AND c.product IS NOT NULL) AS products,
                           array_agg(c.fingerprint) FILTER (WHERE c.is_open IS NULL) AS silent
                    FROM import_chosen c GROUP BY c.tenant_id, c.source, c.account) l
                ON l.tenant_id = i.tenant_id AND l.source = i.source AND l.account = i.account
         WHERE s.checks IS NULL AND (s.id = i.scan_id OR s.id = i.earlier_id AND NOT EXISTS (
             SELECT FROM import_scans o WHERE o.earlier_id = i.earlier_id AND o.account <> i.account))",
    )
    .bind::<Bool, _>(is_whole)
    .execute(conn)
}

/// Lists what these scans looked at, and what later ones did that were imported before: a file that arrives late meets them.
fn insert_checks(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO import_checks
         SELECT s.id, s.tenant_id, s.source, s.account, s.started_at, s.scanned_at, c.check_id, c.is_silent, c.product
         FROM import_scans i
         JOIN finding_scans s ON s.tenant_id = i.tenant_id AND s.source = i.source AND s.account = i.account AND s.scanned_at >= i.scanned_at
         CROSS JOIN LATERAL (SELECT unnest(s.checks) AS check_id, false AS is_silent, NULL AS product
                             UNION ALL SELECT unnest(s.silent_checks), true, NULL
                             UNION ALL SELECT NULL, false, unnest(s.products)) c",
    )
    .execute(conn)?;
    diesel::sql_query("ANALYZE import_checks").execute(conn).map(|_| ())
}

static MISSING: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO import_missing
         SELECT m.id, m.tenant_id, m.source, m.account, m.fingerprint, m.check_id, coalesce(r.product, check_product(m.source, m.check_id)),
                m.last_seen, m.unobserved_since
         FROM (SELECT f.id, f.fingerprint, f.check_id, f.unobserved_since, {LAST_SEEN} AS last_seen, i.tenant_id, i.source, i.account
               FROM import_scans i
               JOIN findings f ON f.tenant_id = i.tenant_id AND f.source = i.source
                    AND coalesce(f.account, CASE WHEN starts_with(f.resource, '/subscriptions/' || i.account || '/') THEN i.account ELSE '' END) = i.account
               LEFT JOIN import_chosen c ON c.tenant_id = f.tenant_id AND c.fingerprint = f.fingerprint AND c.is_open
               WHERE {LIVE} AND {open} AND (c.tenant_id IS NULL OR i.is_followed OR f.unobserved_since IS NOT NULL) OFFSET 0) m
         LEFT JOIN renamed_checks r ON r.source = m.source AND r.check_id = m.check_id",
        open = rules::is_open("f.status"),
    )
});

/// Lists the open findings that these scans do not contain as failures, and those of which a later scan or an earlier mark may say
/// something else. With statistics of their own, they are joined as what they are: there may be very many.
fn insert_missing(conn: &mut PgConnection) -> QueryResult<usize> {
    let count = diesel::sql_query(MISSING.as_str()).execute(conn)?;
    diesel::sql_query("ANALYZE import_missing").execute(conn)?;
    Ok(count)
}

/// `looked`: the newest scan that looked at each check of these findings, or at the product of a check that it does not know any
/// more. `contained`: when a scan contained a finding and did not say that it fails. What fails in a scan was last seen between its
/// beginning and its end.
const STATES: &str = "
    INSERT INTO import_states
    WITH looked AS (
        SELECT DISTINCT ON (k.tenant_id, k.source, k.account, k.check_id) k.tenant_id, k.source, k.account, k.check_id, s.started_at, s.scanned_at
        FROM (SELECT DISTINCT m.tenant_id, m.source, m.account, m.check_id, m.product FROM import_missing m) k
        JOIN (SELECT DISTINCT x.scan_id, x.tenant_id, x.source, x.account, x.started_at, x.scanned_at FROM import_checks x) s
             ON s.tenant_id = k.tenant_id AND s.source = k.source AND s.account = k.account
        LEFT JOIN (SELECT x.scan_id, x.check_id, bool_or(NOT x.is_silent) AS is_looked_at FROM import_checks x
                   WHERE x.check_id IS NOT NULL GROUP BY x.scan_id, x.check_id) l
             ON l.scan_id = s.scan_id AND l.check_id = k.check_id
        LEFT JOIN (SELECT DISTINCT x.scan_id, x.product FROM import_checks x WHERE x.product IS NOT NULL) p
             ON p.scan_id = s.scan_id AND p.product = k.product
        WHERE coalesce(l.is_looked_at, p.product IS NOT NULL)
        ORDER BY k.tenant_id, k.source, k.account, k.check_id, s.scanned_at DESC),
    contained AS (
        SELECT s.tenant_id, s.source, s.account, u.fingerprint, max(s.scanned_at) AS at
        FROM import_scans i
        JOIN finding_scans s ON s.tenant_id = i.tenant_id AND s.source = i.source AND s.account = i.account AND s.scanned_at >= i.scanned_at
        CROSS JOIN LATERAL unnest(s.passed || s.silent) u(fingerprint)
        GROUP BY s.tenant_id, s.source, s.account, u.fingerprint)
    SELECT m.id, m.tenant_id, m.source, m.account, l.scanned_at IS NOT NULL,
           CASE WHEN l.scanned_at IS NULL AND greatest(m.last_seen, n.at) >= m.unobserved_since THEN NULL
                WHEN l.scanned_at IS NULL THEN m.unobserved_since
                WHEN m.last_seen < l.started_at AND coalesce(n.at < l.scanned_at, true) THEN l.scanned_at END
    FROM import_missing m
    LEFT JOIN looked l ON l.tenant_id = m.tenant_id AND l.source = m.source AND l.account = m.account AND l.check_id = m.check_id
    LEFT JOIN contained n ON n.tenant_id = m.tenant_id AND n.source = m.source AND n.account = m.account AND n.fingerprint = m.fingerprint";

/// Works out since when each of the missing findings is not observed. All of it is joined by equality of sets that may be large,
/// of which the planner knows too little to be left the choice of nested loops.
fn insert_states(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(&format!(
        "SET LOCAL enable_nestloop = off; {STATES}; SET LOCAL enable_nestloop TO DEFAULT; ANALYZE import_states"
    ))
}

/// Says of open findings which scan no longer contains them.
static MARK: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH written AS (
             UPDATE findings f SET unobserved_since = s.unobserved_since, updated_at = $1
             FROM import_states s WHERE f.id = s.id AND f.unobserved_since IS DISTINCT FROM s.unobserved_since AND {open})
         SELECT s.tenant_id, s.source, s.account, count(*) AS count FROM import_states s
         WHERE s.is_looked_at AND s.unobserved_since IS NOT NULL GROUP BY s.tenant_id, s.source, s.account",
        open = rules::is_open("f.status"),
    )
});

/// Resolves them as well, at the time of that scan.
static RESOLVE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH written AS (
             UPDATE findings f
             SET unobserved_since = s.unobserved_since, updated_at = $1,
                 status = CASE WHEN {gone} THEN 'resolved' ELSE f.status END,
                 resolved_at = CASE WHEN {gone} THEN s.unobserved_since ELSE f.resolved_at END,
                 closed_reason = CASE WHEN {gone} THEN 'not_observed' ELSE f.closed_reason END,
                 due_at = CASE WHEN {gone} THEN {due} ELSE f.due_at END,
                 due_source = CASE WHEN {gone} THEN {due_source} ELSE f.due_source END
             FROM import_states s
             WHERE f.id = s.id AND (f.unobserved_since IS DISTINCT FROM s.unobserved_since OR {gone}) AND {open}
             RETURNING s.tenant_id, s.source, s.account, {gone} AS is_gone)
         SELECT w.tenant_id, w.source, w.account, count(*) AS count FROM written w
         WHERE w.is_gone GROUP BY w.tenant_id, w.source, w.account",
        gone = "(s.is_looked_at AND s.unobserved_since IS NOT NULL)",
        due = rules::due_after("'resolved'", "f.severity", "f.first_seen_at"),
        due_source = rules::due_source_after("'resolved'", "f.severity"),
        open = rules::is_open("f.status"),
    )
});

/// Notes of the open findings of these scans' accounts since which scan they are not observed any more, and resolves them if
/// `resolve`; returns how many there are of each scan. The findings that were observed have been merged.
pub(in crate::findings::import) fn update_unobserved(
    conn: &mut PgConnection,
    now: Moment,
    resolve: bool,
) -> QueryResult<Vec<AppliedCount>> {
    if insert_missing(conn)? == 0 {
        return Ok(Vec::new());
    }
    insert_checks(conn)?;
    insert_states(conn)?;
    let statement = if resolve { &RESOLVE } else { &MARK };
    diesel::sql_query(statement.as_str()).bind::<Timestamptz, _>(now).load(conn)
}
