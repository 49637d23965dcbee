//! Changing findings: pin, repair, recount.
//!
//! Statements take slices of several tenants at once, so that many small tenants cost as few statements as one large one.

use crate::db::clock;
use crate::db::prepared::prepared;
use crate::findings::lifecycle::rules::{self, DECIDED, FIRST_SEEN, LAST_SEEN, LIVE, STATUS, TIMES_SEEN, TRIAGED_AT};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Timestamptz};
use std::collections::HashMap;
use std::sync::LazyLock;
use time::OffsetDateTime;

/// A tenant's findings as they were when its target began (RUN-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Pinned {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// Rows up to this id belong to the target.
    #[diesel(sql_type = BigInt)]
    pub max_id: i64,
    /// How many those are.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// Findings of one tenant in the order of their fingerprints: after one, up to and with another, so that duplicate groups are
/// never cut. Statements take at most one slice of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The tenant.
    pub tenant_id: i64,
    /// Rows up to this id.
    pub max_id: i64,
    /// Last fingerprint before the slice; none from the first on.
    pub after: Option<Vec<u8>>,
    /// Last fingerprint of the slice; none to the last.
    pub upto: Option<Vec<u8>>,
}

impl Slice {
    /// All of what was pinned.
    pub fn all_of(pinned: &Pinned) -> Self {
        Self { tenant_id: pinned.tenant_id, max_id: pinned.max_id, after: None, upto: None }
    }
}

/// What was done to one slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Rows looked at.
    pub scanned: i64,
    /// Rows changed, which need no repair any more.
    pub updated: i64,
    /// Rows written that need it still: something undid the change in the same instant.
    pub unsettled: i64,
}

/// What is left in one slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Residue {
    /// Rows of the pinned scope that still need the repair, unless somebody changed them after the target began.
    pub left: i64,
    /// Rows that need it because they arrived, or were changed by somebody, after the target began.
    pub arrived: i64,
}

/// Pins the scope of tenants, and looks at no more than `limit` rows of each if there is one: a total of `limit` then means
/// "that many or more". The caller holds the tenants' locks, so that no import is under way. The order is that of the index:
/// without it the planner may look for the rows of each tenant in the whole table.
pub fn pin(conn: &mut PgConnection, tenant_ids: &[i64], limit: Option<i64>) -> QueryResult<Vec<Pinned>> {
    diesel::sql_query(
        "SELECT t.id AS tenant_id, p.max_id, p.total FROM unnest($1::bigint[]) t(id) CROSS JOIN LATERAL (
             SELECT coalesce(max(x.id), 0) AS max_id, count(*) AS total
             FROM (SELECT f.id FROM findings f WHERE f.tenant_id = t.id ORDER BY f.fingerprint, f.id LIMIT $2) x) p",
    )
    .bind::<Array<BigInt>, _>(tenant_ids)
    .bind::<Nullable<BigInt>, _>(limit)
    .load(conn)
}

#[derive(QueryableByName)]
struct Fingerprint {
    #[diesel(sql_type = Bytea)]
    fingerprint: Vec<u8>,
}

/// Cuts the next slice of about `rows` rows off what was pinned.
pub fn next_slice(conn: &mut PgConnection, pinned: &Pinned, after: Option<&[u8]>, rows: i64) -> QueryResult<Slice> {
    let Pinned { tenant_id, max_id, .. } = *pinned;
    let upto: Option<Fingerprint> = diesel::sql_query(
        "SELECT fingerprint FROM findings WHERE tenant_id = $1 AND fingerprint > $2 AND id <= $3 \
         ORDER BY fingerprint, id OFFSET $4 LIMIT 1",
    )
    .bind::<BigInt, _>(tenant_id)
    .bind::<Bytea, _>(after.unwrap_or_default())
    .bind::<BigInt, _>(max_id)
    .bind::<BigInt, _>(rows.saturating_sub(1))
    .get_result(conn)
    .optional()?;
    Ok(Slice { tenant_id, max_id, after: after.map(<[u8]>::to_vec), upto: upto.map(|row| row.fingerprint) })
}

/// Slices as bound to the statements below, as `$1` to `$4`.
struct Slices<'a> {
    tenant_ids: Vec<i64>,
    max_ids: Vec<i64>,
    after: Vec<&'a [u8]>,
    upto: Vec<&'a [u8]>,
}

/// Greater than every fingerprint, which has 32 bytes.
const BEYOND: &[u8] = &[0xff; 33];

impl<'a> Slices<'a> {
    fn of(slices: &'a [Slice]) -> Self {
        Self {
            tenant_ids: slices.iter().map(|slice| slice.tenant_id).collect(),
            max_ids: slices.iter().map(|slice| slice.max_id).collect(),
            after: slices.iter().map(|slice| slice.after.as_deref().unwrap_or_default()).collect(),
            upto: slices.iter().map(|slice| slice.upto.as_deref().unwrap_or(BEYOND)).collect(),
        }
    }
}

/// Binds `slices` to a statement.
macro_rules! bind_slices {
    ($statement:expr, $slices:expr) => {
        diesel::sql_query($statement.as_str())
            .bind::<Array<BigInt>, _>(&$slices.tenant_ids)
            .bind::<Array<BigInt>, _>(&$slices.max_ids)
            .bind::<Array<Bytea>, _>(&$slices.after)
            .bind::<Array<Bytea>, _>(&$slices.upto)
    };
}

/// The slices as a relation `s`.
const SLICES: &str = "unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[]) s(tenant_id, max_id, after, upto)";
/// A row `f` lies in slice `s`, whatever its age.
const IN_SLICE: &str = "f.tenant_id = s.tenant_id AND f.fingerprint > s.after AND f.fingerprint <= s.upto";
/// A row `f` lies in slice `s` and was there when the target began. The planner cannot know how few rows a slice has; the sum keeps
/// it from walking the whole primary key up to the id, which it takes for cheaper where one tenant has most of the rows.
const PINNED: &str = "f.tenant_id = s.tenant_id AND f.fingerprint > s.after AND f.fingerprint <= s.upto AND f.id + 0 <= s.max_id";

#[derive(QueryableByName)]
struct Scanned {
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
    #[diesel(sql_type = BigInt)]
    scanned: i64,
    #[diesel(sql_type = Array<Bytea>)]
    shared: Vec<Vec<u8>>,
}

/// Rows of the slices, and the fingerprints that several of them share. Reads the index alone where the table is vacuumed.
static SCAN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT k.tenant_id, sum(k.members)::bigint AS scanned, coalesce(array_agg(k.fingerprint) FILTER (WHERE k.members > 1), '{{}}') AS shared
         FROM (SELECT f.tenant_id, f.fingerprint, count(*) AS members FROM {SLICES} JOIN findings f ON {PINNED}
               GROUP BY f.tenant_id, f.fingerprint) k
         GROUP BY k.tenant_id"
    )
});

#[derive(QueryableByName)]
struct Member {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
    #[diesel(sql_type = Bytea)]
    fingerprint: Vec<u8>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: OffsetDateTime,
    #[diesel(sql_type = Bool)]
    is_live: bool,
    #[diesel(sql_type = Bool)]
    is_decided: bool,
}

/// Locks the rows that share a fingerprint, before anything is computed from them; of folded ones those alone whose due date a
/// person decided on.
static LOCK_SHARED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT f.id, f.tenant_id, f.fingerprint, f.updated_at, {LIVE} AS is_live, coalesce({DECIDED}, false) AS is_decided
         FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) k(tenant_id, fingerprint, max_id)
         JOIN findings f ON f.tenant_id = k.tenant_id AND f.fingerprint = k.fingerprint AND f.id <= k.max_id
         WHERE {LIVE} OR {DECIDED} ORDER BY f.tenant_id, f.fingerprint, f.id FOR NO KEY UPDATE OF f"
    )
});

#[derive(QueryableByName)]
struct Updated {
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
    #[diesel(sql_type = BigInt)]
    updated: i64,
    #[diesel(sql_type = BigInt)]
    unsettled: i64,
}

/// Counts what a change of rows made of them, by tenant.
const COUNT_DONE: &str =
    "SELECT tenant_id, count(*) FILTER (WHERE NOT unsettled) AS updated, count(*) FILTER (WHERE unsettled) AS unsettled
         FROM done GROUP BY tenant_id";

/// What every row needs whatever the others are. The row is locked and looked at again by the statement itself, so a
/// concurrent change of it is seen.
static REPAIR_SINGLES: LazyLock<String> = LazyLock::new(|| {
    let status = format!("({STATUS})");
    format!(
        "WITH done AS (
             UPDATE findings f SET first_seen_at = {FIRST_SEEN}, last_seen_at = {LAST_SEEN}, times_seen = {TIMES_SEEN}, status = {STATUS},
                    triaged_at = {TRIAGED_AT}, sla_days = {sla}, due_at = {due}, due_source = {due_source}, updated_at = (SELECT db_now())
             FROM {SLICES}
             WHERE {PINNED} AND {pending} AND f.id <> ALL($5)
             RETURNING f.tenant_id, {pending} AS unsettled)
         {COUNT_DONE}",
        sla = rules::sla_after(&status, "f.severity"),
        due = rules::due_after(&status, "f.severity", FIRST_SEEN),
        due_source = rules::due_source_after(&status, "f.severity"),
        pending = rules::pending(),
    )
});

/// What duplicates become, and rows that get back a due date; their ids and those of the folded rows are bound as `$1`.
static REPAIR_GROUPED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH src AS MATERIALIZED (SELECT unnest($1::bigint[]) AS id), {plan},
         done AS (
             UPDATE findings f SET first_seen_at = p.first_seen_after, last_seen_at = p.last_seen_after, times_seen = p.times_after,
                    status = p.status_after, triaged_at = p.triaged_after, acknowledged_at = p.acknowledged_after, sla_days = p.sla_after,
                    due_at = p.due_after, due_source = p.due_source_after, resolved_at = p.resolved_after, closed_at = p.closed_after,
                    closed_reason = p.closed_reason_after, consolidated_into_id = p.consolidated_into_after, severity = p.severity_after,
                    title = coalesce(p.last_title, f.title), resource = coalesce(p.last_resource, f.resource),
                    evidence = coalesce(p.last_evidence, f.evidence), updated_at = (SELECT db_now())
             FROM plan p
             WHERE f.id = p.id AND p.by_others
             RETURNING f.tenant_id, {pending} OR (p.is_duplicate AND {LIVE}) OR f.due_source IS DISTINCT FROM p.due_source_after AS unsettled)
         {COUNT_DONE}",
        plan = rules::plan(),
        pending = rules::pending(),
    )
});

/// Repairs slices inside the caller's transaction, one result for each. The caller holds the tenants' locks, so that which
/// rows share a fingerprint stays true; rows of duplicate groups are locked before their values are computed.
///
/// A group of which somebody changed a row since `since` is left as it is: to fold it would write over what they decided
/// (FND-05). The next run folds it.
pub fn repair(conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> QueryResult<Vec<Repaired>> {
    let bound = Slices::of(slices);
    let mut done: HashMap<i64, Repaired> = HashMap::new();
    let scanned: Vec<Scanned> = bind_slices!(SCAN, bound).load(conn)?;
    let groups = lock_groups(conn, slices, &scanned, since)?;
    for row in &scanned {
        done.entry(row.tenant_id).or_default().scanned = row.scanned;
    }
    let mut updated: Vec<Updated> = bind_slices!(REPAIR_SINGLES, bound).bind::<Array<BigInt>, _>(&groups.all).load(conn)?;
    if !groups.untouched.is_empty() {
        updated.extend(
            prepared(diesel::sql_query(REPAIR_GROUPED.as_str()).bind::<Array<BigInt>, _>(&groups.untouched))
                .load::<Updated>(conn)?,
        );
    }
    for row in updated {
        let done = done.entry(row.tenant_id).or_default();
        done.updated += row.updated;
        done.unsettled += row.unsettled;
    }
    Ok(slices.iter().map(|slice| done.get(&slice.tenant_id).copied().unwrap_or_default()).collect())
}

/// Ids of the rows on which others of their fingerprint decide, locked.
#[derive(Default)]
struct Groups {
    all: Vec<i64>,
    /// Of groups that nobody has changed meanwhile, with the folded rows whose due date counts there.
    untouched: Vec<i64>,
}

fn lock_groups(conn: &mut PgConnection, slices: &[Slice], scanned: &[Scanned], since: OffsetDateTime) -> QueryResult<Groups> {
    let max_ids: HashMap<i64, i64> = slices.iter().map(|slice| (slice.tenant_id, slice.max_id)).collect();
    let (mut tenant_ids, mut fingerprints, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for row in scanned {
        for fingerprint in &row.shared {
            tenant_ids.push(row.tenant_id);
            fingerprints.push(fingerprint);
            limits.push(max_ids.get(&row.tenant_id).copied().unwrap_or_default());
        }
    }
    if tenant_ids.is_empty() {
        return Ok(Groups::default());
    }
    let members: Vec<Member> = diesel::sql_query(LOCK_SHARED.as_str())
        .bind::<Array<BigInt>, _>(&tenant_ids)
        .bind::<Array<Bytea>, _>(&fingerprints)
        .bind::<Array<BigInt>, _>(&limits)
        .load(conn)?;
    // Read after the locks: somebody may have changed a row while another was waited for.
    let meanwhile = since..=clock::read(conn)?.time();
    let same = |a: &Member, b: &Member| a.tenant_id == b.tenant_id && a.fingerprint == b.fingerprint;
    let mut groups = Groups::default();
    for group in members.chunk_by(same) {
        let live: Vec<&Member> = group.iter().filter(|member| member.is_live).collect();
        let is_stranded = || live.len() == 1 && live.iter().all(|member| !member.is_decided) && group.len() > 1;
        if live.len() < 2 && !is_stranded() {
            continue;
        }
        groups.all.extend(live.iter().map(|member| member.id));
        if live.iter().all(|member| !meanwhile.contains(&member.updated_at)) {
            groups.untouched.extend(group.iter().map(|member| member.id));
        }
    }
    Ok(groups)
}

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = BigInt)]
    tenant_id: i64,
    #[diesel(sql_type = BigInt)]
    left: i64,
    #[diesel(sql_type = BigInt)]
    arrived: i64,
}

#[derive(QueryableByName)]
struct Needy {
    #[diesel(sql_type = Bool)]
    any: bool,
}

/// Whether anything in slices needs the repair, pinned or not: the predicate of [`RESIDUE`] without telling what for.
/// Counted, since for `EXISTS` the planner goes through the groups in the order of the index, which takes five times as long.
static NEEDY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT count(*) > 0 AS any
         FROM (SELECT FROM {SLICES} JOIN findings f ON {IN_SLICE} GROUP BY f.tenant_id, f.fingerprint
               HAVING bool_or({pending}) OR count(*) FILTER (WHERE {LIVE}) > 1 OR {stranded}) k",
        pending = rules::pending(),
        stranded = rules::stranded(LIVE, DECIDED),
    )
});

/// Rows and groups are counted in one pass. A row of the pinned scope is left if it needs the repair itself, has a duplicate
/// there or is without what was decided on a folded one, and neither it nor one of its duplicates has been changed since `$5`; everything else that needs it has arrived.
static RESIDUE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT k.tenant_id,
                sum(k.dead + CASE WHEN k.stranded THEN CASE WHEN k.touched THEN 0 ELSE k.pinned END WHEN k.pinned <= 1 THEN k.alone WHEN k.touched THEN 0 ELSE k.pinned END)::bigint AS left,
                sum(k.dead_touched + CASE WHEN NOT k.stranded AND k.pinned <= 1 THEN k.alone_touched WHEN k.touched THEN k.pinned ELSE 0 END
                    + k.dead_later + CASE WHEN k.stranded OR k.pinned + k.later > 1 THEN k.later ELSE k.alone_later END)::bigint AS arrived
         FROM (SELECT x.tenant_id,
                      count(*) FILTER (WHERE x.live AND x.pinned) AS pinned, count(*) FILTER (WHERE x.live AND NOT x.pinned) AS later,
                      coalesce(bool_or(x.live AND x.pinned AND x.touched), false) AS touched, {stranded} AS stranded,
                      count(*) FILTER (WHERE x.needy AND x.live AND x.pinned AND NOT x.touched) AS alone,
                      count(*) FILTER (WHERE x.needy AND x.live AND x.pinned AND x.touched) AS alone_touched,
                      count(*) FILTER (WHERE x.needy AND x.live AND NOT x.pinned) AS alone_later,
                      count(*) FILTER (WHERE x.needy AND NOT x.live AND x.pinned AND NOT x.touched) AS dead,
                      count(*) FILTER (WHERE x.needy AND NOT x.live AND x.pinned AND x.touched) AS dead_touched,
                      count(*) FILTER (WHERE x.needy AND NOT x.live AND NOT x.pinned) AS dead_later
               FROM (SELECT f.tenant_id, f.fingerprint, {LIVE} AS live, f.id <= s.max_id AS pinned, f.updated_at BETWEEN $5 AND (SELECT db_now()) AS touched,
                            {pending} AS needy, {DECIDED} AS decided
                     FROM {SLICES} JOIN findings f ON {IN_SLICE} OFFSET 0) x
               GROUP BY x.tenant_id, x.fingerprint) k
         GROUP BY k.tenant_id",
        pending = rules::pending(),
        stranded = rules::stranded("x.live", "x.decided"),
    )
});

/// Counts what is left of slices, and what arrived beside them or was changed since `since`; one result for each. Nearly always
/// that is nothing, which takes two thirds of the time to find out.
pub fn residue(conn: &mut PgConnection, slices: &[Slice], since: OffsetDateTime) -> QueryResult<Vec<Residue>> {
    let bound = Slices::of(slices);
    if !bind_slices!(NEEDY, bound).get_result::<Needy>(conn)?.any {
        return Ok(vec![Residue::default(); slices.len()]);
    }
    let rows: Vec<Left> = bind_slices!(RESIDUE, bound).bind::<Timestamptz, _>(since).load(conn)?;
    let left: HashMap<i64, Residue> =
        rows.into_iter().map(|row| (row.tenant_id, Residue { left: row.left, arrived: row.arrived })).collect();
    Ok(slices.iter().map(|slice| left.get(&slice.tenant_id).copied().unwrap_or_default()).collect())
}
