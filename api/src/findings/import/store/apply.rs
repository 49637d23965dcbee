//! What the chosen observations make of findings. Values are computed after the rows are locked.

use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};

use crate::db::Moment;
use crate::db::schema::findings;
use crate::findings::lifecycle::rules::{self, FIRST_SEEN, LAST_SEEN, LIVE, TIMES_SEEN};
use crate::findings::model::Severity;

/// Rows written of one scan.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(in crate::findings::import) struct AppliedCount {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub(in crate::findings::import) tenant_id: i64,
    /// The tool.
    #[diesel(sql_type = Text)]
    pub(in crate::findings::import) source: String,
    /// Account or subscription within the tenant.
    #[diesel(sql_type = Text)]
    pub(in crate::findings::import) account: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub(in crate::findings::import) count: i64,
}

/// The place of a severity in their order: the worse, the greater.
pub(super) fn severity_rank(severity: &str) -> String {
    let words: Vec<_> = Severity::ALL.iter().map(|known| known.as_str()).collect();
    format!("array_position('{{{}}}'::text[], {severity})", words.join(","))
}

static LOCK: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH locked AS (
             SELECT f.id FROM import_chosen c JOIN findings f ON f.tenant_id = c.tenant_id AND f.fingerprint = c.fingerprint
             WHERE {LIVE} AND c.is_open IS NOT NULL ORDER BY f.tenant_id, f.fingerprint, f.id FOR NO KEY UPDATE OF f)
         SELECT count(*) FROM locked"
    )
});

/// Locks the findings that were observed, in the order of tenant, fingerprint and id.
pub(in crate::findings::import) fn lock_findings(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(LOCK.as_str()).execute(conn).map(|_| ())
}

/// The finding that an observation is about, as the rules of the lifecycle complete it: of duplicates the one seen last,
/// which decides on the status when they are consolidated. A computed due date is left out, so that it is computed anew.
fn facts() -> String {
    format!(
        "facts AS (
             SELECT DISTINCT ON (f.tenant_id, f.fingerprint)
                    f.id, f.tenant_id, f.fingerprint, f.status, f.severity, f.sla_days, f.resolved_at,
                    {FIRST_SEEN} AS first_seen, {LAST_SEEN} AS last_seen, {TIMES_SEEN} AS times,
                    CASE WHEN f.due_source = 'person' THEN f.due_at END AS due_at,
                    CASE WHEN f.due_source = 'person' THEN f.due_source END AS due_source,
                    c.is_open, c.seen_at, c.next_pass, c.severity AS seen_severity,
                    c.is_open AND CASE WHEN c.seen_at = {LAST_SEEN}
                        THEN ({seen_rank}, c.title, c.evidence) > ({known_rank}, f.title, f.evidence)
                        ELSE c.seen_at > {LAST_SEEN} END AS is_newest
             FROM import_chosen c JOIN findings f ON f.tenant_id = c.tenant_id AND f.fingerprint = c.fingerprint
             WHERE {LIVE} AND c.is_open IS NOT NULL
             ORDER BY f.tenant_id, f.fingerprint, {LAST_SEEN} DESC, f.id DESC)",
        seen_rank = severity_rank("c.severity"),
        known_rank = severity_rank("f.severity"),
    )
}

/// Of two observations at one moment, the one that finds things in order counts as the earlier.
const STATUS_AFTER: &str = "CASE
    WHEN f.status IN ('closed', 'risk_accepted') THEN f.status
    WHEN f.status = 'resolved' THEN CASE
        WHEN f.is_open AND f.seen_at > f.last_seen AND (f.resolved_at IS NULL OR f.seen_at >= f.resolved_at) AND f.next_pass IS NULL
        THEN 'reopened' ELSE 'resolved' END
    WHEN f.is_open THEN CASE WHEN f.status = 'new' AND f.next_pass <= f.last_seen THEN 'reopened' ELSE f.status END
    WHEN f.seen_at > f.last_seen THEN 'resolved'
    WHEN f.status = 'new' AND f.seen_at > f.first_seen THEN 'reopened'
    ELSE f.status END";

/// When a finding that is resolved now was: at the first sight in order after the last failure.
const RESOLVED_AFTER: &str = "CASE
    WHEN f.status_after = 'reopened' THEN NULL
    WHEN f.status_after <> 'resolved' OR f.seen_at <= f.last_seen THEN f.resolved_at
    WHEN f.is_open THEN CASE WHEN f.resolved_at > f.seen_at THEN f.resolved_at ELSE f.next_pass END
    WHEN f.status <> 'resolved' OR f.seen_at < f.resolved_at THEN f.seen_at
    ELSE f.resolved_at END";

/// Updates known findings. Long columns of an observation do not go through the sorts of [`facts`];
/// they are put beside them by a full join, which is never a nested loop, and the observations without a finding drop out.
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH {facts},
         moved AS (
             SELECT f.*, {STATUS_AFTER} AS status_after,
                    CASE WHEN f.is_newest THEN f.seen_severity ELSE f.severity END AS severity_after,
                    CASE WHEN f.is_open THEN least(f.first_seen, f.seen_at) ELSE f.first_seen END AS first_after,
                    CASE WHEN f.is_open THEN greatest(f.last_seen, f.seen_at) ELSE f.last_seen END AS last_after
             FROM facts f),
         after AS (
             SELECT f.id, f.tenant_id, f.fingerprint, f.is_newest, f.status_after, f.severity_after, f.first_after, f.last_after,
                    f.times + f.is_open::integer AS times_after, {RESOLVED_AFTER} AS resolved_after,
                    CASE WHEN f.status_after IN ('closed', 'risk_accepted') THEN f.sla_days ELSE {days} END AS sla_after,
                    {due} AS due_after, {due_source} AS due_source_after
             FROM moved f
             WHERE f.is_open OR f.status_after <> f.status OR (f.status = 'resolved' AND {RESOLVED_AFTER} IS DISTINCT FROM f.resolved_at)),
         written AS (
             UPDATE findings t
             SET first_seen_at = a.first_after, last_seen_at = a.last_after, times_seen = a.times_after, status = a.status_after,
                 resolved_at = a.resolved_after, sla_days = a.sla_after, due_at = a.due_after, due_source = a.due_source_after,
                 severity = a.severity_after, account = a.account,
                 unobserved_since = CASE WHEN a.status_after <> 'resolved' THEN t.unobserved_since END,
                 closed_reason = CASE WHEN a.status_after = 'reopened' THEN NULL ELSE t.closed_reason END,
                 type = CASE WHEN a.is_newest THEN a.type ELSE t.type END,
                 title = CASE WHEN a.is_newest THEN a.title ELSE t.title END,
                 evidence = CASE WHEN a.is_newest THEN a.evidence ELSE t.evidence END,
                 updated_at = $1
             FROM (SELECT a.*, c.account, c.type, c.title, c.evidence
                   FROM after a FULL JOIN import_chosen c ON c.tenant_id = a.tenant_id AND c.fingerprint = a.fingerprint OFFSET 0) a
             WHERE t.id = a.id
             RETURNING t.tenant_id, t.source, t.account)
         SELECT w.tenant_id, w.source, w.account, count(*) FROM written w GROUP BY w.tenant_id, w.source, w.account",
        facts = facts(),
        days = rules::sla_days("f.severity_after"),
        due = rules::due_after("f.status_after", "f.severity_after", "f.first_after"),
        due_source = rules::due_source_after("f.status_after", "f.severity_after"),
    )
});

/// Merges the observations into the findings that are there.
pub(in crate::findings::import) fn update_known(conn: &mut PgConnection, now: Moment) -> QueryResult<Vec<AppliedCount>> {
    diesel::sql_query(UPDATE.as_str()).bind::<Timestamptz, _>(now).load(conn)
}

static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH written AS (
             INSERT INTO findings (workspace_id, tenant_id, type, source, account, check_id, fingerprint, severity, status, title, resource,
                                   evidence, detected_at, first_seen_at, last_seen_at, times_seen, sla_days, due_at, due_source,
                                   resolved_at, created_at, updated_at)
             SELECT f.workspace_id, f.tenant_id, f.type, f.source, f.account, f.check_id, f.fingerprint, f.severity, f.status, f.title, f.resource,
                    f.evidence, f.seen_at, f.seen_at, f.seen_at, 1, {days}, {due}, {due_source}, f.next_pass, $1, $1
             FROM (SELECT c.*, CASE WHEN c.next_pass IS NULL THEN 'new' ELSE 'resolved' END AS status,
                          NULL::timestamptz AS due_at, NULL::text AS due_source
                   FROM import_chosen c
                   WHERE c.is_open AND NOT EXISTS (
                       SELECT FROM findings f WHERE f.tenant_id = c.tenant_id AND f.fingerprint = c.fingerprint AND {LIVE})) f
             ORDER BY f.tenant_id, f.fingerprint
             RETURNING tenant_id, source, account)
         SELECT w.tenant_id, w.source, w.account, count(*) FROM written w GROUP BY w.tenant_id, w.source, w.account",
        days = rules::sla_days("f.severity"),
        due = rules::due_after("f.status", "f.severity", "f.seen_at"),
        due_source = rules::due_source_after("f.status", "f.severity"),
    )
});

/// Creates findings for failing observations that have none; after [`update_known`].
pub(in crate::findings::import) fn insert_missing(conn: &mut PgConnection, now: Moment) -> QueryResult<Vec<AppliedCount>> {
    diesel::sql_query(INSERT.as_str()).bind::<Timestamptz, _>(now).load(conn)
}

/// Counts all findings of a tenant.
pub(in crate::findings::import) fn count_findings(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<i64> {
    findings::table.filter(findings::tenant_id.eq(tenant_id)).count().get_result(conn)
}

/// Creates a finding for every failing observation, as versions without a lifecycle did.
pub(in crate::findings::import) fn append_legacy(conn: &mut PgConnection) -> QueryResult<Vec<AppliedCount>> {
    diesel::sql_query(
        "WITH written AS (
             INSERT INTO findings (workspace_id, tenant_id, type, source, account, check_id, fingerprint, severity, status, title, resource,
                                   evidence, detected_at, created_at, updated_at)
             SELECT c.workspace_id, c.tenant_id, c.type, c.source, c.account, c.check_id, c.fingerprint, c.severity, 'new', c.title, c.resource,
                    c.evidence, c.seen_at, c.seen_at, c.seen_at
             FROM import_chosen c WHERE c.is_open ORDER BY c.tenant_id, c.fingerprint
             RETURNING tenant_id, source, account)
         SELECT w.tenant_id, w.source, w.account, count(*) FROM written w GROUP BY w.tenant_id, w.source, w.account",
    )
    .load(conn)
}
