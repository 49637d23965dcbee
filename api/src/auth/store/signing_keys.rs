//! Keys that are kept in the database.

use super::super::keys::Key;
use super::super::signing_keys::SigningKey;
use crate::db::schema::signing_keys;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use time::OffsetDateTime;

/// The newest first.
pub(in crate::auth) fn list_signing_keys(conn: &mut PgConnection) -> QueryResult<Vec<Key>> {
    let rows: Vec<(String, Vec<u8>)> = signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::id))
        .select((signing_keys::id, signing_keys::secret))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, secret)| Key { id, secret }).collect())
}

/// The newest, kept from being deleted until the transaction ends.
pub(in crate::auth) fn hold_newest_signing_key(conn: &mut PgConnection) -> QueryResult<Option<Key>> {
    let row: Option<(String, Vec<u8>)> = signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::id))
        .select((signing_keys::id, signing_keys::secret))
        .limit(1)
        .for_key_share()
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, secret)| Key { id, secret }))
}

/// Waits for whoever holds the key.
pub(in crate::auth) fn lock_signing_key(conn: &mut PgConnection, id: &str) -> QueryResult<()> {
    signing_keys::table.find(id).select(signing_keys::id).for_update().execute(conn).map(|_| ())
}

pub(in crate::auth) fn insert_signing_key(conn: &mut PgConnection, key: &Key) -> QueryResult<usize> {
    diesel::insert_into(signing_keys::table)
        .values((signing_keys::id.eq(&key.id), signing_keys::secret.eq(&key.secret)))
        .execute(conn)
}

pub(in crate::auth) fn delete_signing_key(conn: &mut PgConnection, id: &str) -> QueryResult<usize> {
    diesel::delete(signing_keys::table.find(id)).execute(conn)
}

/// The same order, with what hangs on each.
pub(in crate::auth) fn describe_signing_keys(conn: &mut PgConnection) -> QueryResult<Vec<SigningKey>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
        #[diesel(sql_type = Timestamptz)]
        created_at: OffsetDateTime,
        #[diesel(sql_type = BigInt)]
        api_tokens: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT k.id, k.created_at, \
                (SELECT count(*) FROM api_tokens t WHERE t.hash_key_id = k.id AND t.revoked_at IS NULL AND t.expires_at > db_now()) AS api_tokens \
         FROM signing_keys k ORDER BY k.created_at DESC, k.id",
    )
    .load(conn)?;
    let describe = |(at, row): (usize, Row)| SigningKey {
        id: row.id,
        created_at: row.created_at,
        signs: at == 0,
        api_tokens: row.api_tokens,
    };
    Ok(rows.into_iter().enumerate().map(describe).collect())
}

/// Removes keys that another one replaced longer ago than a session can last, once no live API token is hashed under them.
pub(super) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM signing_keys k USING (SELECT db_now() AS now) c \
         WHERE EXISTS (SELECT FROM signing_keys n WHERE n.created_at > k.created_at AND n.created_at < c.now - interval '13 hours') \
           AND NOT EXISTS (SELECT FROM api_tokens t WHERE t.hash_key_id = k.id AND t.revoked_at IS NULL AND t.expires_at > c.now)",
    )
    .execute(conn)
}
