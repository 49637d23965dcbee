//! All SQL of idempotent requests.

use super::{IdempotentRequest, StoredAnswer};
use crate::db::prepared;
use crate::db::schema::idempotency_keys as keys;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bytea, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use serde_json::Value;

type Row = (Vec<u8>, i16, Option<String>, Option<String>, Value);

pub(super) fn find(conn: &mut PgConnection, request: &IdempotentRequest) -> QueryResult<Option<(Vec<u8>, StoredAnswer)>> {
    let found = keys::table
        .find((&request.credential, &request.operation, &request.key))
        .filter(keys::created_at.gt(sql::<Timestamptz>("(SELECT db_now()) - interval '24 hours'")))
        .select((keys::request_hash, keys::status, keys::location, keys::etag, keys::body));
    let row: Option<Row> = prepared(found).get_result(conn).optional()?;
    Ok(row
        .map(|(hash, status, location, etag, body)| (hash, StoredAnswer { status: status.unsigned_abs(), location, etag, body })))
}

pub(super) fn insert(conn: &mut PgConnection, request: &IdempotentRequest, answer: &StoredAnswer) -> QueryResult<()> {
    let statement = diesel::sql_query(
        "INSERT INTO idempotency_keys (credential, operation, key, request_hash, status, location, etag, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET request_hash = excluded.request_hash, \
             status = excluded.status, location = excluded.location, etag = excluded.etag, body = excluded.body, \
             created_at = excluded.created_at",
    )
    .bind::<Text, _>(&request.credential)
    .bind::<Text, _>(&request.operation)
    .bind::<Text, _>(&request.key)
    .bind::<Bytea, _>(request.request_hash.as_slice())
    .bind::<SmallInt, _>(i16::try_from(answer.status).unwrap_or(200))
    .bind::<Nullable<Text>, _>(&answer.location)
    .bind::<Nullable<Text>, _>(&answer.etag)
    .bind::<Jsonb, _>(&answer.body);
    prepared(statement).run(conn)
}

/// Removes answers older than a day.
pub fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::delete(keys::table.filter(keys::created_at.lt(sql::<Timestamptz>("(SELECT db_now()) - interval '24 hours'"))))
        .execute(conn)
}
