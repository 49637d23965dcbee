//! All SQL of idempotent requests.

use super::{IdempotentRequest, StoredAnswer};
use crate::db::schema::idempotency_keys as keys;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use serde_json::Value;

type Row = (Vec<u8>, i16, Option<String>, Option<String>, Value);

pub(super) fn find(conn: &mut PgConnection, request: &IdempotentRequest) -> QueryResult<Option<(Vec<u8>, StoredAnswer)>> {
    let row: Option<Row> = keys::table
        .find((&request.credential, &request.operation, &request.key))
        .filter(keys::created_at.gt(sql::<Timestamptz>("(SELECT db_now()) - interval '24 hours'")))
        .select((keys::request_hash, keys::status, keys::location, keys::etag, keys::body))
        .first(conn)
        .optional()?;
    Ok(row
        .map(|(hash, status, location, etag, body)| (hash, StoredAnswer { status: status.unsigned_abs(), location, etag, body })))
}

pub(super) fn insert(conn: &mut PgConnection, request: &IdempotentRequest, answer: &StoredAnswer) -> QueryResult<()> {
    diesel::delete(keys::table.find((&request.credential, &request.operation, &request.key))).execute(conn)?;
    diesel::insert_into(keys::table)
        .values((
            keys::credential.eq(&request.credential),
            keys::operation.eq(&request.operation),
            keys::key.eq(&request.key),
            keys::request_hash.eq(request.request_hash.as_slice()),
            keys::status.eq(i16::try_from(answer.status).unwrap_or(200)),
            keys::location.eq(&answer.location),
            keys::etag.eq(&answer.etag),
            keys::body.eq(&answer.body),
        ))
        .execute(conn)
        .map(|_| ())
}

/// Removes answers older than a day.
pub fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::delete(keys::table.filter(keys::created_at.lt(sql::<Timestamptz>("(SELECT db_now()) - interval '24 hours'"))))
        .execute(conn)
}
