//! What a scan is (FND-07): tenant, source, account and time. Copies of it that differ in their bytes are the same scan.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

use super::identity::OBSERVED;

/// One scan of the file.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::findings::import) struct Scan {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub(in crate::findings::import) tenant_id: i64,
    /// Its workspace.
    #[diesel(sql_type = BigInt)]
    pub(in crate::findings::import) workspace_id: i64,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub(in crate::findings::import) tenant_name: String,
    /// The tool.
    #[diesel(sql_type = Text)]
    pub(in crate::findings::import) source: String,
    /// Account or subscription within the tenant; empty where there is none.
    #[diesel(sql_type = Text)]
    pub(in crate::findings::import) account: String,
    /// Its time.
    #[diesel(sql_type = Timestamptz)]
    pub(in crate::findings::import) scanned_at: OffsetDateTime,
    /// `finding_scans.id`, unless it was imported before.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(in crate::findings::import) scan_id: Option<i64>,
}

/// Lists the scans of the file, by tenant id. The time of a scan is that of its newest observation that says something, and a
/// header with a time makes a scan even where nothing was observed. Scans that were imported before have no `scan_id`.
///
/// Versions that did not know accounts recorded one scan a tenant and source, with the newest time of all accounts. A file whose
/// times were ahead of the clock is known by its bytes: its scan bears the time of its first import.
pub(in crate::findings::import) fn list_scans(
    conn: &mut PgConnection,
    source: Option<&str>,
    scanned_at: Option<OffsetDateTime>,
) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(format!(
        "INSERT INTO import_scans
         SELECT x.tenant_id, x.workspace_id, x.source, x.account, x.scanned_at, x.since, max(x.scanned_at) OVER (PARTITION BY x.tenant_id, x.source)
         FROM (SELECT y.tenant_id, y.workspace_id, y.source, y.account,
                      coalesce(max(y.seen_at) FILTER (WHERE y.says_something), max(y.seen_at)) AS scanned_at, min(y.seen_at) AS since
               FROM (SELECT o.tenant_id, o.workspace_id, o.source, o.account, coalesce(o.seen_at, $2) AS seen_at, o.is_open IS NOT NULL AS says_something
                     FROM {OBSERVED}
                     UNION ALL
                     SELECT t.tenant_id, t.workspace_id, $1, '', $2, true FROM import_tenants t WHERE $1 IS NOT NULL AND $2 IS NOT NULL) y
               GROUP BY y.tenant_id, y.workspace_id, y.source, y.account) x"
    ))
    .bind::<Nullable<Text>, _>(source)
    .bind::<Nullable<Timestamptz>, _>(scanned_at)
    .execute(conn)?;
    select_scans(conn)
}

fn select_scans(conn: &mut PgConnection) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(
        "SELECT i.tenant_id, i.workspace_id, t.name AS tenant_name, i.source, i.account, i.scanned_at, i.scan_id
         FROM import_scans i JOIN tenants t ON t.id = i.tenant_id ORDER BY i.tenant_id, i.source, i.account",
    )
    .load(conn)
}

/// Records the scans, with what they found in order if `with_passes`; those that were imported before stay without id. The
/// tenants' locks are held.
pub(in crate::findings::import) fn insert_scans(
    conn: &mut PgConnection,
    file_sha256: &[u8],
    with_passes: bool,
) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(
        "UPDATE import_scans i SET earlier_id = e.id
         FROM (SELECT j.tenant_id, j.source, j.account, min(s.id) AS id
               FROM import_scans j
               JOIN finding_scans s ON s.tenant_id = j.tenant_id AND s.source = j.source
                    AND CASE WHEN s.account IS NULL THEN s.scanned_at = j.file_scanned_at
                             ELSE s.account = j.account AND s.scanned_at = j.scanned_at END
                    OR s.tenant_id = j.tenant_id AND s.source = j.source AND coalesce(s.account, j.account) = j.account AND s.file_sha256 = $1
               GROUP BY j.tenant_id, j.source, j.account) e
         WHERE e.tenant_id = i.tenant_id AND e.source = i.source AND e.account = i.account",
    )
    .bind::<Bytea, _>(file_sha256)
    .execute(conn)?;
    diesel::sql_query(
        "WITH passes AS (
             SELECT c.tenant_id, c.source, c.account, array_agg(c.fingerprint) AS passed, array_agg(c.seen_at) AS passed_at
             FROM import_chosen c WHERE NOT c.is_open AND $2 GROUP BY c.tenant_id, c.source, c.account),
         fresh AS (
             INSERT INTO finding_scans (workspace_id, tenant_id, source, account, scanned_at, file_sha256, passed, passed_at)
             SELECT i.workspace_id, i.tenant_id, i.source, i.account, i.scanned_at, $1, coalesce(p.passed, '{}'), coalesce(p.passed_at, '{}')
             FROM import_scans i
             LEFT JOIN passes p ON p.tenant_id = i.tenant_id AND p.source = i.source AND p.account = i.account
             WHERE i.earlier_id IS NULL
             ORDER BY i.tenant_id, i.source, i.account
             RETURNING id, tenant_id, source, account)
         UPDATE import_scans i SET scan_id = fresh.id FROM fresh
         WHERE fresh.tenant_id = i.tenant_id AND fresh.source = i.source AND fresh.account = i.account",
    )
    .bind::<Bytea, _>(file_sha256)
    .bind::<Bool, _>(with_passes)
    .execute(conn)?;
    diesel::sql_query(
        "UPDATE import_scans i SET is_followed = EXISTS (
             SELECT FROM finding_scans s
             WHERE s.tenant_id = i.tenant_id AND s.source = i.source AND s.account = i.account AND s.scanned_at > i.scanned_at)",
    )
    .execute(conn)?;
    select_scans(conn)
}

/// Forgets the observations of scans that were imported before.
pub(in crate::findings::import) fn delete_already_imported(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(
        "DELETE FROM import_chosen c USING import_scans i
         WHERE i.scan_id IS NULL AND i.tenant_id = c.tenant_id AND i.source = c.source AND i.account = c.account",
    )
    .execute(conn)
    .map(|_| ())
}

/// Notes for each failing observation when a later scan, imported before this one, first found it in order.
pub(in crate::findings::import) fn update_next_passes(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE import_chosen c SET next_pass = n.passed_at
         FROM (SELECT o.tenant_id, o.fingerprint, min(u.passed_at) AS passed_at
               FROM import_scans i
               JOIN finding_scans s ON s.tenant_id = i.tenant_id AND s.source = i.source AND coalesce(s.account, i.account) = i.account
                    AND s.scanned_at > i.since AND s.id <> i.scan_id
               CROSS JOIN LATERAL unnest(s.passed, s.passed_at) AS u(fingerprint, passed_at)
               JOIN import_chosen o ON o.tenant_id = i.tenant_id AND o.fingerprint = u.fingerprint
               WHERE o.is_open AND u.passed_at > o.seen_at
               GROUP BY o.tenant_id, o.fingerprint) n
         WHERE c.is_open AND c.tenant_id = n.tenant_id AND c.fingerprint = n.fingerprint",
    )
    .execute(conn)
    .map(|_| ())
}
