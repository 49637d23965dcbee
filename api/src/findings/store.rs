//! All SQL of what people see and change of findings. Import and lifecycle have stores of their own.

use super::edit::Decided;
use super::lifecycle::rules::{self, FIRST_SEEN, LIVE};
use super::list_findings::FindingFilter;
use super::model::{DueSource, FindingType, Severity, Status};
use super::summarize_findings::{FindingCount, FindingDay, LastScan};
use super::view::FindingRecord;
use crate::db::Moment;
use crate::db::page::PageRequest;
use crate::db::schema::finding_scans;
use crate::db::search::Sought;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use std::sync::LazyLock;

/// Reads words that the CHECK constraints limit to the members of a set.
macro_rules! read_words {
    ($($set:ty),+) => {
        $(impl FromSql<Text, Pg> for $set {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(<String as FromSql<Text, Pg>>::from_sql(value)?.parse()?)
            }
        })+
    };
}
read_words!(FindingType, Severity, Status, DueSource);

/// The present of a statement that only looks, read once for all of it: what is asked for is what is shown.
const NOW: &str = "WITH clock AS MATERIALIZED (SELECT db_now() AS now)";

/// A row `f` is open and its due date has passed at the present that `clock` says.
static OVERDUE: LazyLock<String> =
    LazyLock::new(|| format!("({} AND coalesce(f.due_at < (SELECT now FROM clock), false))", rules::is_open("f.status")));

/// A row `f` is open and the newest scan that looked for it does not contain it.
static UNOBSERVED: LazyLock<String> =
    LazyLock::new(|| format!("({} AND f.unobserved_since IS NOT NULL)", rules::is_open("f.status")));

/// What is shown of a row `f`.
static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "f.id, f.type, f.source, nullif(f.account, '') AS account, f.check_id, encode(f.fingerprint, 'hex') AS fingerprint, f.severity, f.status, f.title, f.resource,
         f.evidence, f.detected_at, f.acknowledged_at, f.first_seen_at, f.last_seen_at,
         CASE WHEN {unobserved} THEN f.unobserved_since END AS unobserved_since, f.times_seen, f.sla_days, f.due_at,
         f.due_source, {overdue} AS overdue, f.triaged_at, f.resolved_at, f.closed_at, f.closed_reason, f.consolidated_into_id,
         f.created_at, f.updated_at",
        overdue = *OVERDUE,
        unobserved = *UNOBSERVED
    )
});

/// Bytes of evidence after which a page ends, whatever its limit says. A page of two hundred findings with all the evidence that
/// they may have would take 25 MiB, and each of its readers holds one.
const MOST_EVIDENCE: i64 = 1024 * 1024;

/// Findings that are held against the filters for one page. A page that has found too few by then ends there and leads on, so
/// that the time of an answer does not grow with the tenant.
const MOST_EXAMINED: i64 = 20_000;

/// The findings of a page in their order, from the cursor on: newest first, along the index of (tenant, id). Below row-level
/// security an index is asked only for what cannot tell of other rows, as comparisons of numbers; everything else is held
/// against the rows one by one. One tenant among one keeps both columns in the order, which the primary key then does not have:
/// it would lead past the findings of all others.
fn newest(columns: &str, page: PageRequest) -> String {
    let on = if page.after.is_some() { "AND f.id < $2" } else { "" };
    format!(
        "SELECT {columns} FROM findings f WHERE f.tenant_id = ANY (ARRAY[$1]::bigint[]) {on} ORDER BY f.tenant_id DESC, f.id DESC"
    )
}

/// Bytes of the evidence of a row `f` as text. Only what is compressed has to be read for it.
const EVIDENCE_SIZE: &str = "CASE WHEN pg_column_compression(f.evidence) IS NULL THEN pg_column_size(f.evidence) \
     ELSE octet_length(f.evidence::text) END";

/// A finding of a list.
#[derive(Debug, QueryableByName)]
pub(super) struct Listed {
    #[diesel(embed)]
    pub record: FindingRecord,
    /// True when the list goes on after it.
    #[diesel(sql_type = Bool)]
    pub is_followed: bool,
}

/// Lists those of the next [`MOST_EXAMINED`] findings that the filter lets pass; [`examined_to`] says whether there are more.
pub(super) fn list_findings(
    conn: &mut PgConnection,
    tenant_id: i64,
    filter: &FindingFilter,
    page: PageRequest,
) -> QueryResult<Vec<Listed>> {
    let mut values: Vec<&str> = Vec::new();
    let sought = filter.search.as_deref().map(Sought::of);
    let mut conditions = vec![LIVE.to_owned()];
    let words = [
        ("f.status", filter.status.map(|status| status.as_str())),
        ("f.severity", filter.severity.map(|severity| severity.as_str())),
        ("f.type", filter.kind.map(|kind| kind.as_str())),
        ("f.source", filter.source.as_deref()),
        ("f.check_id", filter.check_id.as_deref()),
    ];
    let mut bind = |value| {
        values.push(value);
        format!("${}", values.len().saturating_add(2))
    };
    for (column, word) in words.into_iter().filter_map(|(column, word)| Some((column, word?))) {
        conditions.push(format!("{column} = {}", bind(word)));
    }
    for (condition, wanted) in [(&*OVERDUE, filter.overdue), (&*UNOBSERVED, filter.unobserved)] {
        conditions.extend(wanted.map(|wanted| if wanted { condition.clone() } else { format!("NOT {condition}") }));
    }
    conditions.extend(sought.as_ref().map(|sought| contains(sought, &mut bind)));
    let mut query = diesel::sql_query(format!(
        "{NOW} SELECT * FROM (
             SELECT p.*, lead(p.id) OVER newest IS NOT NULL AS is_followed, sum(p.size) OVER newest - p.size AS size_before
             FROM (SELECT {}, {EVIDENCE_SIZE} AS size FROM ({} LIMIT {MOST_EXAMINED}) f
                   WHERE {} ORDER BY f.tenant_id DESC, f.id DESC LIMIT {}) p
             WINDOW newest AS (ORDER BY p.id DESC)) q
         WHERE q.size_before < {MOST_EVIDENCE} ORDER BY q.id DESC",
        *COLUMNS,
        newest("f.*", page),
        conditions.join(" AND "),
        page.limit.saturating_add(1)
    ))
    .into_boxed()
    .bind::<BigInt, _>(tenant_id)
    .bind::<BigInt, _>(page.after.unwrap_or(0));
    for value in values {
        query = query.bind::<Text, _>(value);
    }
    query.load(conn)
}

/// Counts the open findings of a tenant by severity; of a severity without any there is no row.
pub(super) fn count_by_severity(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<Vec<FindingCount>> {
    diesel::sql_query(format!(
        "{NOW} SELECT f.severity, count(*) AS open, count(*) FILTER (WHERE f.status = 'new') AS new,
                      count(*) FILTER (WHERE {}) AS overdue,
                      count(*) FILTER (WHERE f.due_at >= (SELECT now FROM clock)
                                             AND f.due_at < (SELECT now FROM clock) + interval '7 days') AS due_soon,
                      count(*) FILTER (WHERE {}) AS unobserved,
                      sum(extract(epoch FROM (SELECT now FROM clock) - {FIRST_SEEN})::double precision) / 86400 AS age_days
         FROM findings f WHERE f.tenant_id = $1 AND {LIVE} AND {} GROUP BY f.severity",
        *OVERDUE,
        *UNOBSERVED,
        rules::is_open("f.status")
    ))
    .bind::<BigInt, _>(tenant_id)
    .load(conn)
}

/// Finds the scan of a tenant whose observations are the newest.
pub(super) fn find_last_scan(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<Option<LastScan>> {
    finding_scans::table
        .filter(finding_scans::tenant_id.eq(tenant_id))
        .order((finding_scans::scanned_at.desc(), finding_scans::id.desc()))
        .select((finding_scans::source, finding_scans::scanned_at, finding_scans::imported_at))
        .first(conn)
        .optional()
}

/// Counts what was first seen and what ended on each of the last thirty days.
pub(super) fn list_days(conn: &mut PgConnection, tenant_id: i64) -> QueryResult<Vec<FindingDay>> {
    diesel::sql_query(format!(
        "{NOW}, bounds AS MATERIALIZED (SELECT (now AT TIME ZONE 'UTC')::date - 29 AS first, (now AT TIME ZONE 'UTC')::date AS last FROM clock),
              events AS (
                  SELECT (e.at AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE e.is_start) AS opened,
                         count(*) FILTER (WHERE NOT e.is_start) AS ended
                  FROM findings f CROSS JOIN LATERAL (VALUES (true, {FIRST_SEEN}),
                           (false, CASE WHEN NOT {is_open} THEN coalesce(f.closed_at, f.resolved_at) END)) e (is_start, at)
                  WHERE f.tenant_id = $1 AND {LIVE} AND e.at >= (SELECT first FROM bounds)::timestamp AT TIME ZONE 'UTC'
                  GROUP BY 1)
         SELECT d.day::date AS day, coalesce(e.opened, 0) AS opened, coalesce(e.ended, 0) AS ended
         FROM bounds b CROSS JOIN LATERAL generate_series(b.first::timestamp, b.last::timestamp, interval '1 day') d (day)
              LEFT JOIN events e ON e.day = d.day::date
         ORDER BY 1",
        is_open = rules::is_open("f.status")
    ))
    .bind::<BigInt, _>(tenant_id)
    .load(conn)
}

#[derive(QueryableByName)]
struct Examined {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Returns the id of the last finding that is looked at for a page, unless it is the last of all. Reads the index alone where
/// the table is vacuumed.
pub(super) fn examined_to(conn: &mut PgConnection, tenant_id: i64, page: PageRequest) -> QueryResult<Option<i64>> {
    let statement = format!("{} OFFSET {MOST_EXAMINED} - 1 LIMIT 2", newest("f.id", page));
    let ids: Vec<Examined> =
        diesel::sql_query(statement).bind::<BigInt, _>(tenant_id).bind::<BigInt, _>(page.after.unwrap_or(0)).load(conn)?;
    Ok(ids.first().filter(|_| ids.len() > 1).map(|last| last.id))
}

/// Writes that the text stands somewhere in the row, literally, whatever its case. A fingerprint holds hexadecimal digits alone.
fn contains<'s>(sought: &'s Sought, bind: &mut impl FnMut(&'s str) -> String) -> String {
    let text = bind(&sought.text);
    let letters = (!sought.upper.is_empty()).then(|| (bind(&sought.upper), bind(&sought.lower)));
    let letters = letters.as_ref().map(|(upper, lower)| (upper.as_str(), lower.as_str()));
    // Most titles are ASCII, and are passed over where something else is sought: lowering letter by letter is slow.
    let within = |column: &str| match letters {
        None => Sought::within(column, &text, None),
        Some(_) => format!("(octet_length({column}) > length({column}) AND {})", Sought::within(column, &text, letters)),
    };
    let mut either = vec![within("f.title"), within("f.resource"), within("f.check_id"), within("f.source")];
    if sought.text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        either.push(format!("strpos(encode(f.fingerprint, 'hex'), {text}) > 0"));
    }
    format!("({})", either.join(" OR "))
}

pub(super) fn find_finding(conn: &mut PgConnection, tenant_id: i64, id: i64) -> QueryResult<Option<FindingRecord>> {
    one(conn, tenant_id, id, "")
}

/// Holds the row until the transaction ends; it is as it was when it was held.
pub(super) fn lock_finding(conn: &mut PgConnection, tenant_id: i64, id: i64) -> QueryResult<Option<FindingRecord>> {
    one(conn, tenant_id, id, "FOR NO KEY UPDATE OF f")
}

fn one(conn: &mut PgConnection, tenant_id: i64, id: i64, lock: &str) -> QueryResult<Option<FindingRecord>> {
    diesel::sql_query(format!("{NOW} SELECT {} FROM findings f WHERE f.tenant_id = $1 AND f.id = $2 {lock}", *COLUMNS))
        .bind::<BigInt, _>(tenant_id)
        .bind::<BigInt, _>(id)
        .get_result(conn)
        .optional()
}

/// Writes what was decided, and what follows from it by the rules of the lifecycle: a finding that ends loses a computed due
/// date, one that is opened again gets one. What an older version left empty beside that stays so for the backfill.
static UPDATE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH clock AS (SELECT $10::timestamptz AS now)
         UPDATE findings f SET status = $3::text, triaged_at = $4, resolved_at = $5, closed_at = $6, closed_reason = $7,
                sla_days = {sla}, due_at = CASE WHEN $8 THEN $9 ELSE {due} END,
                due_source = CASE WHEN $8 THEN 'person' ELSE {due_source} END, updated_at = $10
         WHERE f.tenant_id = $1 AND f.id = $2
         RETURNING {columns}",
        sla = rules::sla_after("$3::text", "f.severity"),
        due = rules::due_after("$3::text", "f.severity", FIRST_SEEN),
        due_source = rules::due_source_after("$3::text", "f.severity"),
        columns = *COLUMNS
    )
});

pub(super) fn update_finding(
    conn: &mut PgConnection,
    (tenant_id, id): (i64, i64),
    decided: &Decided,
    now: Moment,
) -> QueryResult<FindingRecord> {
    diesel::sql_query(UPDATE.as_str())
        .bind::<BigInt, _>(tenant_id)
        .bind::<BigInt, _>(id)
        .bind::<Text, _>(decided.status.as_str())
        .bind::<Nullable<Timestamptz>, _>(decided.triaged_at)
        .bind::<Nullable<Timestamptz>, _>(decided.resolved_at)
        .bind::<Nullable<Timestamptz>, _>(decided.closed_at)
        .bind::<Nullable<Text>, _>(decided.closed_reason.as_deref())
        .bind::<Bool, _>(decided.due_at.is_some())
        .bind::<Nullable<Timestamptz>, _>(decided.due_at.flatten())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
}
