//! Staging: what is read goes into temporary tables, in batches.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

use crate::findings::import::{Observation, Verdict};

/// Rows of one insert.
const BATCH_ROWS: usize = 500;
/// Bytes of text after which fewer rows will do.
const BATCH_BYTES: usize = 2 * 1024 * 1024;

/// Makes the tables of one import anew.
pub(in crate::findings::import) fn create_tables(conn: &mut PgConnection) -> QueryResult<()> {
    drop_tables(conn)?;
    conn.batch_execute(
        "CREATE TEMPORARY TABLE import_staged (
             line bigint, named text, type text, source text, named_account text, check_id text, told_apart_by text, resource text, severity text, is_open boolean,
             title text, evidence jsonb, seen_at timestamptz);
         CREATE TEMPORARY TABLE import_tenants (
             named text PRIMARY KEY, tenant_id bigint, workspace_id bigint, external_id text, name text);
         CREATE TEMPORARY TABLE import_scans (
             tenant_id bigint, workspace_id bigint, source text, account text, scanned_at timestamptz, since timestamptz,
             file_scanned_at timestamptz, scan_id bigint, earlier_id bigint, is_followed boolean);
         CREATE TEMPORARY TABLE import_chosen (
             tenant_id bigint, workspace_id bigint, fingerprint bytea, type text, source text, account text, check_id text,
             resource text, severity text, is_open boolean, title text, evidence jsonb, seen_at timestamptz, next_pass timestamptz,
             former bytea, is_ambiguous boolean, product text);
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
             pg_temp.import_checks;
         RESET client_min_messages",
    )
}

/// What was uploaded is not given up because its statements take longer than those of other requests, or because a batch or
/// another import is at the tenant.
pub(in crate::findings) fn allow_upload(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute("SET LOCAL statement_timeout = '120s'; SET LOCAL lock_timeout = '30s'")
}

/// Observations on their way to the staging table, column by column.
#[derive(Debug, Default)]
pub(in crate::findings::import) struct Batch {
    line: Vec<i64>,
    named: Vec<String>,
    kind: Vec<&'static str>,
    source: Vec<String>,
    account: Vec<String>,
    check_id: Vec<String>,
    told_apart_by: Vec<Option<String>>,
    resource: Vec<String>,
    severity: Vec<&'static str>,
    is_open: Vec<Option<bool>>,
    title: Vec<String>,
    evidence: Vec<String>,
    seen_at: Vec<Option<OffsetDateTime>>,
    bytes: usize,
}

impl Batch {
    /// Adds one observation.
    pub(in crate::findings::import) fn push(&mut self, observation: Observation) {
        let evidence = observation.evidence.to_string();
        self.bytes += evidence.len() + observation.title.len() + observation.check_id.len() + observation.resource.len();
        self.line.push(i64::try_from(observation.line).unwrap_or(i64::MAX));
        self.named.push(observation.tenant.unwrap_or_default());
        self.kind.push(observation.kind.as_str());
        self.source.push(observation.source);
        self.account.push(observation.account.unwrap_or_default());
        self.check_id.push(observation.check_id);
        self.told_apart_by.push(observation.told_apart_by);
        self.resource.push(observation.resource);
        self.severity.push(observation.severity.as_str());
        self.is_open.push(observation.verdict.map(|verdict| verdict == Verdict::Open));
        self.title.push(observation.title);
        self.evidence.push(evidence);
        self.seen_at.push(observation.seen_at);
    }

    /// Whether it is time to insert.
    pub(in crate::findings::import) fn is_full(&self) -> bool {
        self.line.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }
}

/// Stages a batch.
pub(in crate::findings::import) fn insert_batch(conn: &mut PgConnection, batch: &Batch) -> QueryResult<()> {
    if batch.line.is_empty() {
        return Ok(());
    }
    diesel::sql_query(
        "INSERT INTO import_staged
         SELECT b.line, b.named, b.type, b.source, b.account, b.check_id, b.told_apart_by, b.resource, b.severity, b.is_open, b.title,
                b.evidence::jsonb, b.seen_at
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
              AS b(line, named, type, source, account, check_id, told_apart_by, resource, severity, is_open, title, evidence, seen_at)",
    )
    .bind::<Array<BigInt>, _>(&batch.line)
    .bind::<Array<Text>, _>(&batch.named)
    .bind::<Array<Text>, _>(&batch.kind)
    .bind::<Array<Text>, _>(&batch.source)
    .bind::<Array<Text>, _>(&batch.account)
    .bind::<Array<Text>, _>(&batch.check_id)
    .bind::<Array<Nullable<Text>>, _>(&batch.told_apart_by)
    .bind::<Array<Text>, _>(&batch.resource)
    .bind::<Array<Text>, _>(&batch.severity)
    .bind::<Array<Nullable<Bool>>, _>(&batch.is_open)
    .bind::<Array<Text>, _>(&batch.title)
    .bind::<Array<Text>, _>(&batch.evidence)
    .bind::<Array<Nullable<Timestamptz>>, _>(&batch.seen_at)
    .execute(conn)
    .map(|_| ())
}
