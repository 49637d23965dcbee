//! All SQL of identities and sessions.

mod users;

pub(super) use users::{
    deactivate_user, find_session_user, insert_user, list_memberships, list_users, revoke_user_sessions, update_user_password,
};

use super::identity::Operator;
use super::keys::Key;
use super::operators::OperatorAccount;
use super::session::{Lifetime, Plane};
use crate::db::prepared;
use crate::db::schema::{
    platform_user_capabilities as capabilities, platform_users as operators, sessions, signing_keys, users as accounts,
};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) struct Account {
    pub id: i64,
    pub password_hash: String,
    pub is_active: bool,
}

pub(super) fn find_account_by_email(conn: &mut PgConnection, plane: Plane, email: &str) -> QueryResult<Option<Account>> {
    let row: Option<(i64, String, Option<OffsetDateTime>)> = match plane {
        Plane::System => operators::table
            .filter(operators::email.eq(email))
            .select((operators::id, operators::password_hash, operators::deactivated_at))
            .first(conn),
        Plane::Admin => accounts::table
            .filter(accounts::email.eq(email))
            .select((accounts::id, accounts::password_hash, accounts::deactivated_at))
            .first(conn),
    }
    .optional()?;
    Ok(row.map(|(id, password_hash, deactivated_at)| Account { id, password_hash, is_active: deactivated_at.is_none() }))
}

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    capabilities: Vec<String>,
    #[diesel(sql_type = Bool)]
    renew: bool,
}

/// The operator of a live session; a session in use is renewed when half its idle time is over.
pub(super) fn find_session_operator(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<Option<Operator>> {
    let query = diesel::sql_query(
        "SELECT u.id, u.email, u.name, \
                ARRAY(SELECT c.capability FROM platform_user_capabilities c WHERE c.platform_user_id = u.id ORDER BY 1) AS capabilities, \
                s.expires_at < s.renewable_until AND s.expires_at - t.now < make_interval(secs => $2) AS renew \
         FROM (SELECT db_now() AS now) t, sessions s JOIN platform_users u ON u.id = s.platform_user_id \
         WHERE s.id = $1 AND s.plane = 'system' AND s.revoked_at IS NULL AND s.expires_at > t.now AND u.deactivated_at IS NULL",
    )
    .bind::<SqlUuid, _>(session_id)
    .bind::<diesel::sql_types::Double, _>(f64::from(Lifetime::COOKIE.idle_seconds) / 2.0);
    let row: Option<SessionRow> = prepared(query).get_result(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.renew {
        renew_session(conn, session_id)?;
    }
    Ok(Some(Operator { id: row.id, email: row.email, name: row.name, capabilities: row.capabilities, session_id }))
}

/// The active operator with this address, without a session.
pub(super) fn find_active_operator(conn: &mut PgConnection, email: &str) -> QueryResult<Option<Operator>> {
    let account = list_operators(conn)?.into_iter().find(|account| account.active && account.email == email);
    Ok(account.map(|account| Operator {
        id: account.id,
        email: account.email,
        name: account.name,
        capabilities: account.capabilities,
        session_id: Uuid::nil(),
    }))
}

fn renew_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE sessions SET expires_at = least(renewable_until, db_now() + make_interval(secs => $2)) WHERE id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(session_id)
    .bind::<diesel::sql_types::Double, _>(f64::from(Lifetime::COOKIE.idle_seconds))
    .execute(conn)
    .map(|_| ())
}

pub(super) fn insert_session(
    conn: &mut PgConnection,
    id: Uuid,
    plane: Plane,
    holder_id: i64,
    lifetime: Lifetime,
) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO sessions (id, plane, platform_user_id, user_id, expires_at, renewable_until) \
         SELECT $1, $2, CASE WHEN $2 = 'system' THEN $3 END, CASE WHEN $2 = 'admin' THEN $3 END, \
                now + make_interval(secs => $4), now + make_interval(secs => $5) FROM (SELECT db_now() AS now) t",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(plane.as_str())
    .bind::<BigInt, _>(holder_id)
    .bind::<diesel::sql_types::Double, _>(f64::from(lifetime.idle_seconds))
    .bind::<diesel::sql_types::Double, _>(f64::from(lifetime.total_seconds))
    .execute(conn)
    .map(|_| ())
}

#[derive(QueryableByName)]
struct SessionId {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Those of the sessions whose holders may still come in; operators need a capability for that.
pub(super) fn list_live_sessions(conn: &mut PgConnection, ids: Vec<Uuid>, capability: &str) -> QueryResult<Vec<Uuid>> {
    let query = diesel::sql_query(
        "SELECT s.id FROM sessions s LEFT JOIN platform_users o ON o.id = s.platform_user_id LEFT JOIN users u ON u.id = s.user_id \
         WHERE s.id = ANY ($1) AND s.revoked_at IS NULL AND s.expires_at > (SELECT db_now()) \
           AND o.deactivated_at IS NULL AND u.deactivated_at IS NULL \
           AND (s.plane = 'admin' OR EXISTS (SELECT FROM platform_user_capabilities c \
                                             WHERE c.platform_user_id = s.platform_user_id AND c.capability = $2))",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Text, _>(capability);
    let rows: Vec<SessionId> = prepared(query).load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub(super) fn revoke_session(conn: &mut PgConnection, id: Uuid) -> QueryResult<()> {
    diesel::sql_query("UPDATE sessions SET revoked_at = db_now() WHERE id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .map(|_| ())
}

pub(super) fn revoke_operator_sessions(conn: &mut PgConnection, operator_id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE sessions SET revoked_at = db_now() WHERE platform_user_id = $1 AND revoked_at IS NULL")
        .bind::<BigInt, _>(operator_id)
        .execute(conn)
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Nullable<Integer>)]
    seconds: Option<i32>,
}

/// Counts an attempt if the limit allows it; otherwise the seconds to wait until it does.
pub(super) fn count_sign_in_attempt(conn: &mut PgConnection, key: &[u8], limit: i64, window: i32) -> QueryResult<Option<u64>> {
    let wait: Wait = diesel::sql_query(
        "SELECT greatest(1, ceil(extract(epoch FROM min(attempted_at) + make_interval(secs => $3) - db_now())))::integer AS seconds \
         FROM (SELECT attempted_at FROM sign_in_attempts \
               WHERE throttle_key = $1 AND attempted_at > db_now() - make_interval(secs => $3) \
               ORDER BY attempted_at DESC LIMIT $2) recent \
         HAVING count(*) >= $2 UNION ALL SELECT NULL LIMIT 1",
    )
    .bind::<Bytea, _>(key)
    .bind::<BigInt, _>(limit)
    .bind::<diesel::sql_types::Double, _>(f64::from(window))
    .get_result(conn)?;
    if wait.seconds.is_none() {
        diesel::sql_query("INSERT INTO sign_in_attempts (throttle_key) VALUES ($1)").bind::<Bytea, _>(key).execute(conn)?;
    }
    Ok(wait.seconds.and_then(|seconds| u64::try_from(seconds).ok()))
}

pub(super) fn insert_operator(conn: &mut PgConnection, email: &str, name: &str, hash: &str) -> QueryResult<i64> {
    diesel::insert_into(operators::table)
        .values((operators::email.eq(email), operators::name.eq(name), operators::password_hash.eq(hash)))
        .returning(operators::id)
        .get_result(conn)
}

/// Whether the capability was new.
pub(super) fn insert_capability(conn: &mut PgConnection, operator_id: i64, capability: &str) -> QueryResult<bool> {
    diesel::insert_into(capabilities::table)
        .values((capabilities::platform_user_id.eq(operator_id), capabilities::capability.eq(capability)))
        .on_conflict_do_nothing()
        .execute(conn)
        .map(|rows| rows > 0)
}

/// Whether the capability was held.
pub(super) fn delete_capability(conn: &mut PgConnection, operator_id: i64, capability: &str) -> QueryResult<bool> {
    diesel::delete(capabilities::table.find((operator_id, capability))).execute(conn).map(|rows| rows > 0)
}

pub(super) fn deactivate_operator(conn: &mut PgConnection, id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE platform_users SET deactivated_at = db_now() WHERE id = $1").bind::<BigInt, _>(id).execute(conn)
}

pub(super) fn update_password(conn: &mut PgConnection, id: i64, hash: &str) -> QueryResult<usize> {
    diesel::update(operators::table.find(id)).set(operators::password_hash.eq(hash)).execute(conn)
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    capabilities: Vec<String>,
    #[diesel(sql_type = Bool)]
    active: bool,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
}

pub(super) fn list_operators(conn: &mut PgConnection) -> QueryResult<Vec<OperatorAccount>> {
    let rows: Vec<AccountRow> = diesel::sql_query(
        "SELECT u.id, u.email, u.name, u.deactivated_at IS NULL AS active, u.created_at, \
                ARRAY(SELECT c.capability FROM platform_user_capabilities c WHERE c.platform_user_id = u.id ORDER BY 1) AS capabilities \
         FROM platform_users u ORDER BY u.email",
    )
    .load(conn)?;
    let account = |row: AccountRow| OperatorAccount {
        id: row.id,
        email: row.email,
        name: row.name,
        capabilities: row.capabilities,
        active: row.active,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(account).collect())
}

pub(super) fn list_signing_keys(conn: &mut PgConnection) -> QueryResult<Vec<Key>> {
    let rows: Vec<(String, Vec<u8>)> =
        signing_keys::table.order(signing_keys::created_at.desc()).select((signing_keys::id, signing_keys::secret)).load(conn)?;
    Ok(rows.into_iter().map(|(id, secret)| Key { id, secret }).collect())
}

pub(super) fn insert_signing_key(conn: &mut PgConnection, key: &Key) -> QueryResult<usize> {
    diesel::insert_into(signing_keys::table)
        .values((signing_keys::id.eq(&key.id), signing_keys::secret.eq(&key.secret)))
        .execute(conn)
}

/// Removes what no longer matters: attempts of the past hour and sessions that ended a day ago.
pub(crate) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    let attempts = diesel::sql_query("DELETE FROM sign_in_attempts WHERE attempted_at < (SELECT db_now()) - interval '1 hour'")
        .execute(conn)?;
    let sessions = diesel::delete(
        sessions::table.filter(sessions::expires_at.lt(diesel::dsl::sql::<Timestamptz>("(SELECT db_now()) - interval '1 day'"))),
    )
    .execute(conn)?;
    Ok(attempts + sessions)
}
