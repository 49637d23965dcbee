//! Keys under which secrets are sealed, and what is sealed under which.

use crate::auth::keys::Key;
use crate::db::schema::{alert_destinations as destinations, sealing_keys as keys};
use diesel::prelude::*;

/// The newest first.
pub(in crate::alerts) fn list(conn: &mut PgConnection) -> QueryResult<Vec<Key>> {
    let rows: Vec<(String, Vec<u8>)> =
        keys::table.order((keys::created_at.desc(), keys::id)).select((keys::id, keys::secret)).load(conn)?;
    Ok(rows.into_iter().map(|(id, secret)| Key { id, secret }).collect())
}

pub(in crate::alerts) fn insert(conn: &mut PgConnection, key: &Key) -> QueryResult<()> {
    diesel::insert_into(keys::table).values((keys::id.eq(&key.id), keys::secret.eq(&key.secret))).execute(conn).map(|_| ())
}

/// Secrets that are sealed under another key: id of the destination, key, sealed.
pub(in crate::alerts) fn list_sealed_otherwise(conn: &mut PgConnection, key: &str) -> QueryResult<Vec<(i64, String, Vec<u8>)>> {
    destinations::table
        .filter(destinations::sealing_key.ne(key))
        .order(destinations::id)
        .select((destinations::id, destinations::sealing_key.assume_not_null(), destinations::sealed_secret.assume_not_null()))
        .for_no_key_update()
        .load(conn)
}

pub(in crate::alerts) fn set_sealed(conn: &mut PgConnection, id: i64, key: &str, sealed: &[u8]) -> QueryResult<()> {
    diesel::update(destinations::table.find(id))
        .set((destinations::sealing_key.eq(key), destinations::sealed_secret.eq(sealed)))
        .execute(conn)
        .map(|_| ())
}
