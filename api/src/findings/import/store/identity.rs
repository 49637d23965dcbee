//! What a finding is the same as (FND-06), and the one observation of it in a scan that counts.
//!
//! The database has the rule: `finding_fingerprint` over tenant, source, account, check and resource, with `finding_resource` and
//! the table `renamed_checks` for what tools write differently over time. Here it is asked for what was read.

use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use time::OffsetDateTime;

use super::apply::severity_rank;
use crate::db::Moment;
use crate::findings::lifecycle::rules::LIVE;

/// Observations `o` of the file with their tenants. The tenant's own id is no account within it.
pub(super) const OBSERVED: &str = "(
    SELECT s.*, t.tenant_id, t.workspace_id, t.external_id,
           CASE WHEN lower(s.named_account) = lower(t.external_id) THEN '' ELSE s.named_account END AS account
    FROM import_staged s JOIN import_tenants t ON t.named = s.named) o";

/// Two tests of a tool under one id are told apart by what they are called; the others of a file go without. `former` is the
/// fingerprint under which versions that knew neither accounts nor this wrote the finding.
static CHOOSE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO import_chosen
         SELECT DISTINCT ON (k.tenant_id, k.fingerprint)
                k.tenant_id, k.workspace_id, k.fingerprint, k.type, k.source, k.account, k.check_id, k.resource, k.severity, k.is_open,
                k.title, k.evidence::jsonb, k.seen_at, NULL::timestamptz,
                CASE WHEN k.account <> '' OR k.is_ambiguous
                     THEN finding_fingerprint(k.external_id, k.source, '', k.bare_check_id, k.resource) END,
                k.is_ambiguous, check_product(k.source, k.read_check_id)
         FROM (SELECT o.line, o.tenant_id, o.workspace_id, o.external_id, o.type, o.source, o.account, o.check_id AS read_check_id, c.check_id, c.bare_check_id, c.resource,
                      c.is_ambiguous, o.severity, o.is_open, o.title, o.evidence, coalesce(o.seen_at, $1) AS seen_at,
                      finding_fingerprint(o.external_id, o.source, o.account, c.check_id, c.resource) AS fingerprint
               FROM {OBSERVED}
               LEFT JOIN renamed_checks r ON r.source = o.source AND r.check_id = o.check_id AND r.new_check_id IS NOT NULL
               LEFT JOIN (SELECT s.named, s.check_id FROM import_staged s WHERE s.told_apart_by IS NOT NULL
                          GROUP BY s.named, s.check_id HAVING min(s.told_apart_by) <> max(s.told_apart_by)) a
                      ON a.named = o.named AND a.check_id = o.check_id AND o.told_apart_by IS NOT NULL
               CROSS JOIN LATERAL (SELECT coalesce(r.new_check_id, o.check_id) AS bare_check_id, a.check_id IS NOT NULL AS is_ambiguous) b
               CROSS JOIN LATERAL (
                   SELECT b.bare_check_id, b.is_ambiguous, finding_resource(o.resource) AS resource,
                          CASE WHEN b.is_ambiguous THEN b.bare_check_id || ': ' || o.told_apart_by ELSE b.bare_check_id END AS check_id) c) k
         ORDER BY k.tenant_id, k.fingerprint, k.is_open DESC NULLS LAST, {rank} DESC, k.seen_at DESC, k.line",
        rank = severity_rank("k.severity"),
    )
});

/// Chooses of each finding's observations in a scan the worst: verdict before severity. Times that are missing are the
/// header's.
pub(in crate::findings::import) fn insert_chosen(conn: &mut PgConnection, scanned_at: Option<OffsetDateTime>) -> QueryResult<()> {
    diesel::sql_query("SET LOCAL work_mem = '64MB'").execute(conn)?;
    diesel::sql_query("ANALYZE import_staged (named, source, named_account, check_id, told_apart_by)").execute(conn)?;
    diesel::sql_query(CHOOSE.as_str()).bind::<Nullable<Timestamptz>, _>(scanned_at).execute(conn)?;
    // Also keeps plans sound where the planner knows little about the other side of a join.
    diesel::sql_query("ALTER TABLE import_chosen ADD PRIMARY KEY (tenant_id, fingerprint)").execute(conn)?;
    diesel::sql_query("ANALYZE import_chosen (tenant_id, fingerprint, former, source, account, check_id, is_open)")
        .execute(conn)
        .map(|_| ())
}

#[derive(QueryableByName)]
struct Repeated {
    #[diesel(sql_type = BigInt)]
    repeated: i64,
}

/// Counts the failures of the file that are the same finding as another of its failures.
pub(in crate::findings::import) fn count_repeated(conn: &mut PgConnection) -> QueryResult<i64> {
    diesel::sql_query(
        "SELECT (SELECT count(*) FROM import_staged WHERE is_open) - (SELECT count(*) FROM import_chosen WHERE is_open) AS repeated",
    )
    .get_result::<Repeated>(conn)
    .map(|row| row.repeated)
}

/// Findings of versions that did not know accounts are those of the account in which they are seen again first, and those of
/// several tests under one id those of the test that has their title: what people decided goes with them.
static ADOPT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "UPDATE findings t SET account = a.account, check_id = a.check_id, fingerprint = a.fingerprint, updated_at = $1
         FROM (SELECT DISTINCT ON (f.id) f.id, c.account, c.check_id, c.fingerprint
               FROM import_chosen c JOIN findings f ON f.tenant_id = c.tenant_id AND f.fingerprint = c.former
               WHERE c.former IS NOT NULL AND f.account IS NULL AND {LIVE} AND (NOT c.is_ambiguous OR f.title = c.title)
               ORDER BY f.id, c.is_open DESC NULLS LAST, c.account, c.check_id) a
         WHERE t.id = a.id"
    )
});

/// Gives findings of older versions the identity under which this file knows them. The tenants' locks are held.
pub(in crate::findings::import) fn adopt_findings(conn: &mut PgConnection, now: Moment) -> QueryResult<()> {
    diesel::sql_query(ADOPT.as_str()).bind::<Timestamptz, _>(now).execute(conn).map(|_| ())
}
