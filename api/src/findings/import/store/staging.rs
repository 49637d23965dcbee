//! Staging: what is read goes into temporary tables, in batches.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use time::OffsetDateTime;

use crate::findings::import::{Observation, Verdict};

/// Rows of one `COPY`.
const BATCH_ROWS: usize = 2_000;
/// Bytes of text after which fewer rows will do.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// Makes the tables of one import anew.
pub(in crate::findings::import) fn create_tables(conn: &mut PgConnection) -> QueryResult<()> {
    drop_tables(conn)?;
    conn.batch_execute(
        "CREATE TEMPORARY TABLE import_staged (
             line bigint, named text, type text, source text, named_account text, check_id text, told_apart_by text, resource text, severity text, is_open boolean,
             title text, evidence text, seen_at timestamptz);
         CREATE TEMPORARY TABLE import_tenants (
             named text PRIMARY KEY, tenant_id bigint, workspace_id bigint, external_id text, name text);
         CREATE TEMPORARY TABLE import_scans (
             tenant_id bigint, workspace_id bigint, source text, account text, scanned_at timestamptz, since timestamptz,
             file_scanned_at timestamptz, scan_id bigint, earlier_id bigint, is_followed boolean);
         CREATE TEMPORARY TABLE import_chosen (
             tenant_id bigint, workspace_id bigint, fingerprint bytea, type text, source text, account text, check_id text,
             resource text, severity text, is_open boolean, title text, evidence jsonb, seen_at timestamptz, next_pass timestamptz,
             former bytea, is_ambiguous boolean, product text);
         CREATE TEMPORARY TABLE import_missing (
             id bigint, tenant_id bigint, source text, account text, fingerprint bytea, check_id text, product text,
             last_seen timestamptz, unobserved_since timestamptz);
         CREATE TEMPORARY TABLE import_states (
             id bigint, tenant_id bigint, source text, account text, is_looked_at boolean, unobserved_since timestamptz);
         CREATE TEMPORARY TABLE import_checks (
             scan_id bigint, tenant_id bigint, source text, account text, started_at timestamptz, scanned_at timestamptz,
             check_id text, is_silent boolean, product text)",
    )
}

/// Takes the tables away.
pub(in crate::findings::import) fn drop_tables(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "SET client_min_messages = 'warning';
         DROP TABLE IF EXISTS pg_temp.import_staged, pg_temp.import_tenants, pg_temp.import_scans, pg_temp.import_chosen,
             pg_temp.import_missing, pg_temp.import_states, pg_temp.import_checks;
         RESET client_min_messages",
    )
}

/// What was uploaded is not given up because its statements take longer than those of other requests, or because a batch or
/// another import is at the tenant.
pub(in crate::findings) fn allow_upload(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL statement_timeout = '120s'; SET LOCAL lock_timeout = '30s'")
}

diesel::table! {
    import_staged (line) {
        line -> BigInt,
        named -> Text,
        #[sql_name = "type"]
        kind -> Text,
        source -> Text,
        named_account -> Text,
        check_id -> Text,
        told_apart_by -> Nullable<Text>,
        resource -> Text,
        severity -> Text,
        is_open -> Nullable<Bool>,
        title -> Text,
        evidence -> Text,
        seen_at -> Nullable<Timestamptz>,
    }
}

#[derive(Debug, Insertable)]
#[diesel(table_name = import_staged, treat_none_as_default_value = false)]
struct Staged {
    line: i64,
    named: String,
    kind: &'static str,
    source: String,
    named_account: String,
    check_id: String,
    told_apart_by: Option<String>,
    resource: String,
    severity: &'static str,
    is_open: Option<bool>,
    title: String,
    evidence: String,
    seen_at: Option<OffsetDateTime>,
}

/// Observations on their way to the staging table.
#[derive(Debug, Default)]
pub(in crate::findings::import) struct Batch {
    rows: Vec<Staged>,
    bytes: usize,
}

impl Batch {
    /// Adds one observation.
    pub(in crate::findings::import) fn push(&mut self, observation: Observation) {
        let Observation { kind, source, check_id, told_apart_by, resource, severity, title, seen_at, .. } = observation;
        let evidence = observation.evidence.to_string();
        self.bytes += evidence.len() + title.len() + check_id.len() + resource.len();
        self.rows.push(Staged {
            line: i64::try_from(observation.line).unwrap_or(i64::MAX),
            named: observation.tenant.unwrap_or_default(),
            kind: kind.as_str(),
            source,
            named_account: observation.account.unwrap_or_default(),
            check_id,
            told_apart_by,
            resource,
            severity: severity.as_str(),
            is_open: observation.verdict.map(|verdict| verdict == Verdict::Open),
            title,
            evidence,
            seen_at,
        });
    }

    /// True when it is time to insert.
    pub(in crate::findings::import) fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }
}

/// Stages a batch.
pub(in crate::findings::import) fn insert_batch(conn: &mut PgConnection, batch: &Batch) -> QueryResult<()> {
    if batch.rows.is_empty() {
        return Ok(());
    }
    diesel::copy_from(import_staged::table).from_insertable(&batch.rows).execute(conn).map(|_| ())
}
