//! The scans that a file holds, and the one observation of each finding in a scan that counts.

use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

use super::apply::severity_rank;

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
    /// Its time.
    #[diesel(sql_type = Timestamptz)]
    pub(in crate::findings::import) scanned_at: OffsetDateTime,
    /// `finding_scans.id`, unless it was imported before.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(in crate::findings::import) scan_id: Option<i64>,
}

/// The fingerprint as an SQL expression over four texts: it digests the same JSON as
/// [`fingerprint`](crate::findings::import::fingerprint).
pub(crate) fn fingerprint_sql(tenant: &str, source: &str, check_id: &str, resource: &str) -> String {
    let texts = [tenant, source, check_id, resource].map(|text| format!("to_json({text})::text")).join(" || ',' || ");
    format!("sha256(convert_to('[' || {texts} || ']', 'UTF8'))")
}

static CHOOSE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO import_chosen
         SELECT DISTINCT ON (o.tenant_id, o.fingerprint)
                o.tenant_id, o.workspace_id, o.fingerprint, o.type, o.source, o.check_id, o.resource, o.severity, o.is_open,
                o.title, o.evidence, o.seen_at
         FROM (SELECT s.line, s.type, s.source, s.check_id, s.resource, s.severity, s.is_open, s.title, s.evidence,
                      coalesce(s.seen_at, $1) AS seen_at, t.tenant_id, t.workspace_id, {fingerprint} AS fingerprint
               FROM import_staged s JOIN import_tenants t ON t.named = s.named) o
         ORDER BY o.tenant_id, o.fingerprint, o.is_open DESC, {rank} DESC, o.seen_at DESC, o.line",
        fingerprint = fingerprint_sql("t.external_id", "s.source", "s.check_id", "s.resource"),
        rank = severity_rank("o.severity"),
    )
});

/// Chooses of each finding's observations in a scan the worst: verdict before severity. Times that are missing are the
/// header's.
pub(in crate::findings::import) fn insert_chosen(conn: &mut PgConnection, scanned_at: Option<OffsetDateTime>) -> QueryResult<()> {
    diesel::sql_query("SET LOCAL work_mem = '64MB'").execute(conn)?;
    diesel::sql_query("ANALYZE import_staged").execute(conn)?;
    diesel::sql_query(CHOOSE.as_str()).bind::<Nullable<Timestamptz>, _>(scanned_at).execute(conn)?;
    // Also keeps plans sound where the planner knows little about the other side of a join.
    diesel::sql_query("ALTER TABLE import_chosen ADD PRIMARY KEY (tenant_id, fingerprint)").execute(conn)?;
    diesel::sql_query("ANALYZE import_chosen").execute(conn).map(|_| ())
}

/// Lists the scans of the file, by tenant id. A header with a time makes a scan even where nothing was observed.
pub(in crate::findings::import) fn list_scans(
    conn: &mut PgConnection,
    source: Option<&str>,
    scanned_at: Option<OffsetDateTime>,
) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(
        "INSERT INTO import_scans
         SELECT o.tenant_id, o.workspace_id, o.source, max(o.seen_at), min(o.seen_at)
         FROM (SELECT t.tenant_id, t.workspace_id, s.source, coalesce(s.seen_at, $2) AS seen_at
               FROM import_staged s JOIN import_tenants t ON t.named = s.named
               UNION ALL SELECT t.tenant_id, t.workspace_id, $1, $2 FROM import_tenants t WHERE $1 IS NOT NULL AND $2 IS NOT NULL) o
         GROUP BY o.tenant_id, o.workspace_id, o.source",
    )
    .bind::<Nullable<Text>, _>(source)
    .bind::<Nullable<Timestamptz>, _>(scanned_at)
    .execute(conn)?;
    select_scans(conn)
}

fn select_scans(conn: &mut PgConnection) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(
        "SELECT i.tenant_id, i.workspace_id, t.name AS tenant_name, i.source, i.scanned_at, i.scan_id
         FROM import_scans i JOIN tenants t ON t.id = i.tenant_id ORDER BY i.tenant_id, i.source",
    )
    .load(conn)
}

/// Records the scans, with what they found in order if `with_passes`; those that were imported before stay without id.
pub(in crate::findings::import) fn insert_scans(
    conn: &mut PgConnection,
    file_sha256: &[u8],
    with_passes: bool,
) -> QueryResult<Vec<Scan>> {
    diesel::sql_query(
        "WITH passes AS (
             SELECT c.tenant_id, c.source, array_agg(c.fingerprint) AS passed, array_agg(c.seen_at) AS passed_at
             FROM import_chosen c WHERE NOT c.is_open AND $2 GROUP BY c.tenant_id, c.source),
         fresh AS (
             INSERT INTO finding_scans (workspace_id, tenant_id, source, scanned_at, file_sha256, passed, passed_at)
             SELECT i.workspace_id, i.tenant_id, i.source, i.scanned_at, $1, coalesce(p.passed, '{}'), coalesce(p.passed_at, '{}')
             FROM import_scans i LEFT JOIN passes p ON p.tenant_id = i.tenant_id AND p.source = i.source
             ORDER BY i.tenant_id, i.source
             ON CONFLICT ON CONSTRAINT finding_scans_identity_key DO NOTHING
             RETURNING id, tenant_id, source)
         UPDATE import_scans i SET scan_id = fresh.id FROM fresh WHERE fresh.tenant_id = i.tenant_id AND fresh.source = i.source",
    )
    .bind::<Bytea, _>(file_sha256)
    .bind::<Bool, _>(with_passes)
    .execute(conn)?;
    select_scans(conn)
}

/// Forgets the observations of scans that were imported before.
pub(in crate::findings::import) fn delete_already_imported(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(
        "DELETE FROM import_chosen c USING import_scans i
         WHERE i.scan_id IS NULL AND i.tenant_id = c.tenant_id AND i.source = c.source",
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
               JOIN finding_scans s ON s.tenant_id = i.tenant_id AND s.source = i.source AND s.scanned_at > i.since AND s.id <> i.scan_id
               CROSS JOIN LATERAL unnest(s.passed, s.passed_at) AS u(fingerprint, passed_at)
               JOIN import_chosen o ON o.tenant_id = i.tenant_id AND o.fingerprint = u.fingerprint
               WHERE o.is_open AND u.passed_at > o.seen_at
               GROUP BY o.tenant_id, o.fingerprint) n
         WHERE c.is_open AND c.tenant_id = n.tenant_id AND c.fingerprint = n.fingerprint",
    )
    .execute(conn)
    .map(|_| ())
}
