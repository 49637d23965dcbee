//! All SQL of identities and sessions.

mod api_tokens;
mod refusals;
mod sessions;
mod signing_keys;
mod users;

pub(super) use api_tokens::{
    NewToken, find_api_token, find_token_operator, find_token_user, hold_owner, insert_api_token, list_api_tokens,
    revoke_api_token, revoke_api_tokens, revoke_tokens_under,
};
pub(super) use refusals::{count_refusal, take_refusals};
pub(super) use sessions::{
    end_break_glass, find_operator_still_shown, find_session_operator, insert_session, is_live_session, is_unrevoked,
    list_live_sessions, list_sessions, open_break_glass, renew_session, revoke_operator_sessions, revoke_own_session,
    revoke_session,
};
pub(super) use signing_keys::{
    delete_signing_key, describe_signing_keys, hold_newest_signing_key, insert_signing_key, list_signing_keys, lock_signing_key,
};
pub(super) use users::{
    deactivate_user, find_active_user, find_place_still_shown, find_session_user, insert_user, list_memberships, list_users,
    revoke_user_sessions, update_user_password,
};

use super::identity::{Operator, Via};
use super::operators::OperatorAccount;
use super::session::Plane;
use crate::db::schema::{platform_user_capabilities as capabilities, platform_users as operators, users as accounts};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

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

/// Whether the account is active and has this password still, which it keeps until the transaction ends: who changes either
/// waits, and then sees what the transaction wrote.
pub(super) fn hold_account(conn: &mut PgConnection, plane: Plane, account: &Account) -> QueryResult<bool> {
    let held: Option<i64> = match plane {
        Plane::System => operators::table
            .filter(operators::id.eq(account.id).and(operators::password_hash.eq(&account.password_hash)))
            .filter(operators::deactivated_at.is_null())
            .select(operators::id)
            .for_share()
            .first(conn),
        Plane::Admin => accounts::table
            .filter(accounts::id.eq(account.id).and(accounts::password_hash.eq(&account.password_hash)))
            .filter(accounts::deactivated_at.is_null())
            .select(accounts::id)
            .for_share()
            .first(conn),
    }
    .optional()?;
    Ok(held.is_some())
}

/// The active operator with this address, without a session.
pub(super) fn find_active_operator(conn: &mut PgConnection, email: &str) -> QueryResult<Option<Operator>> {
    let account = list_operators(conn)?.into_iter().find(|account| account.active && account.email == email);
    Ok(account.map(|account| Operator {
        id: account.id,
        email: account.email,
        name: account.name,
        capabilities: account.capabilities,
        via: Via::Terminal,
        break_glass_until: None,
    }))
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
               WHERE throttle_key = $1 AND attempted_at BETWEEN db_now() - make_interval(secs => $3) AND db_now() \
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

/// Removes what no longer matters: attempts of the past hour, sessions that ended a day ago, API tokens that ended a quarter
/// of a year ago, signing keys on which nothing hangs.
pub(crate) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    let attempts = diesel::sql_query("DELETE FROM sign_in_attempts WHERE attempted_at < (SELECT db_now()) - interval '1 hour'")
        .execute(conn)?;
    let sessions = sessions::prune(conn)?;
    Ok(attempts + sessions + api_tokens::prune(conn)? + signing_keys::prune(conn)?)
}
