//! Customers' users: their sessions, their places in tenants, their accounts.

use super::super::identity::{User, Via};
use super::super::session::Lifetime;
use super::super::tenant_capability::Role;
use super::super::tenant_permit::Membership;
use super::super::users::UserAccount;
use super::renew_session;
use crate::db::prepared;
use crate::db::schema::users;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    renew: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_tenant_id: Option<i64>,
    #[diesel(embed)]
    place: MembershipRow,
}

/// All columns are null where there is no such place.
#[derive(QueryableByName)]
pub(super) struct MembershipRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    tenant_name: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    workspace_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    workspace_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
}

impl MembershipRow {
    /// None also for a role that this version does not know.
    pub(super) fn membership(self) -> Option<Membership> {
        Some(Membership {
            tenant_id: self.tenant_id?,
            tenant_name: self.tenant_name?,
            workspace_id: self.workspace_id?,
            workspace_name: self.workspace_name?,
            role: Role::parse(&self.role?)?,
        })
    }
}

/// Places `m` in tenants of the allowed universe.
pub(super) const PLACES: &str =
    "tenant_memberships m JOIN allowed_tenants t ON t.id = m.tenant_id JOIN workspaces w ON w.id = t.workspace_id";
pub(super) const PLACE: &str = "t.id AS tenant_id, t.name AS tenant_name, w.id AS workspace_id, w.name AS workspace_name, m.role";
/// The first tenant of user `u`, asked for where the request names no tenant in parameter `named`.
pub(super) fn first_tenant(named: &str) -> String {
    format!(
        "CASE WHEN {named} IS NULL THEN (SELECT min(f.tenant_id) FROM tenant_memberships f WHERE f.user_id = u.id) END AS first_tenant_id"
    )
}

/// The user of a live session, with their place in a tenant, in one statement: what is no member's and what is not there take
/// the same way. A session in use is renewed when half its idle time is over, or when it would last longer than that,
/// since the clock has stepped back.
pub(in crate::auth) fn find_session_user(
    conn: &mut PgConnection,
    session_id: Uuid,
    tenant_id: Option<i64>,
) -> QueryResult<Option<(User, Option<Membership>)>> {
    let query = diesel::sql_query(format!(
        "SELECT u.id, u.email, u.name, {PLACE}, {first_tenant}, \
                s.expires_at < s.renewable_until AND s.expires_at - c.now NOT BETWEEN make_interval(secs => $2) AND 2 * make_interval(secs => $2) AS renew \
         FROM (SELECT db_now() AS now) c, sessions s JOIN users u ON u.id = s.user_id \
              LEFT JOIN ({PLACES}) ON m.user_id = u.id AND m.tenant_id = $3 \
         WHERE s.id = $1 AND s.plane = 'admin' AND s.revoked_at IS NULL AND s.expires_at > c.now AND u.deactivated_at IS NULL",
        first_tenant = first_tenant("$3")
    ))
    .bind::<SqlUuid, _>(session_id)
    .bind::<Double, _>(f64::from(Lifetime::COOKIE.idle_seconds) / 2.0)
    .bind::<Nullable<BigInt>, _>(tenant_id);
    let row: Option<SessionRow> = prepared(query).get_result(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.renew {
        renew_session(conn, session_id)?;
    }
    let (via, first_tenant_id) = (Via::Session(session_id), row.first_tenant_id);
    let user = User { id: row.id, email: row.email, name: row.name, via, first_tenant_id };
    Ok(Some((user, row.place.membership())))
}

/// The place in a tenant of a user who was let in some time ago; none at all if the account, or what they showed, has ended
/// since. It prolongs and notes nothing, so that a long transaction keeps neither session nor token from others.
pub(in crate::auth) fn find_place_still_shown(
    conn: &mut PgConnection,
    user: &User,
    tenant_id: Option<i64>,
) -> QueryResult<Option<Option<Membership>>> {
    let query = diesel::sql_query(format!(
        "SELECT {PLACE} FROM (SELECT db_now() AS now) c, users u LEFT JOIN ({PLACES}) ON m.user_id = u.id AND m.tenant_id = $2 \
         WHERE u.id = $1 AND u.deactivated_at IS NULL \
           AND ($3 IS NULL OR EXISTS (SELECT FROM sessions s WHERE s.id = $3 AND s.revoked_at IS NULL AND s.expires_at > c.now)) \
           AND ($4 IS NULL OR EXISTS (SELECT FROM api_tokens k WHERE k.id = $4 AND k.revoked_at IS NULL AND k.expires_at > c.now))"
    ))
    .bind::<BigInt, _>(user.id)
    .bind::<Nullable<BigInt>, _>(tenant_id)
    .bind::<Nullable<SqlUuid>, _>(user.via.session_id())
    .bind::<Nullable<BigInt>, _>(user.via.token().map(|pass| pass.token.id));
    let row: Option<MembershipRow> = prepared(query).get_result(conn).optional()?;
    Ok(row.map(MembershipRow::membership))
}

/// The active user with this address, without a session.
pub(in crate::auth) fn find_active_user(conn: &mut PgConnection, email: &str) -> QueryResult<Option<User>> {
    let row: Option<(i64, String, String)> = users::table
        .filter(users::email.eq(email).and(users::deactivated_at.is_null()))
        .select((users::id, users::email, users::name))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, email, name)| User { id, email, name, via: Via::Terminal, first_tenant_id: None }))
}

/// Every place of a user, by tenant id.
pub(in crate::auth) fn list_memberships(conn: &mut PgConnection, user_id: i64) -> QueryResult<Vec<Membership>> {
    let query = diesel::sql_query(format!("SELECT {PLACE} FROM {PLACES} WHERE m.user_id = $1 ORDER BY t.id"));
    let rows: Vec<MembershipRow> = prepared(query.bind::<BigInt, _>(user_id)).load(conn)?;
    Ok(rows.into_iter().filter_map(MembershipRow::membership).collect())
}

pub(in crate::auth) fn insert_user(conn: &mut PgConnection, email: &str, name: &str, hash: &str) -> QueryResult<i64> {
    diesel::insert_into(users::table)
        .values((users::email.eq(email), users::name.eq(name), users::password_hash.eq(hash)))
        .returning(users::id)
        .get_result(conn)
}

pub(in crate::auth) fn deactivate_user(conn: &mut PgConnection, id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE users SET deactivated_at = db_now() WHERE id = $1").bind::<BigInt, _>(id).execute(conn)
}

pub(in crate::auth) fn update_user_password(conn: &mut PgConnection, id: i64, hash: &str) -> QueryResult<usize> {
    diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(conn)
}

pub(in crate::auth) fn revoke_user_sessions(conn: &mut PgConnection, user_id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE sessions SET revoked_at = db_now() WHERE user_id = $1 AND revoked_at IS NULL")
        .bind::<BigInt, _>(user_id)
        .execute(conn)
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    active: bool,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
}

/// Accounts by e-mail address; one address: that account alone.
pub(in crate::auth) fn list_users(conn: &mut PgConnection, email: Option<&str>) -> QueryResult<Vec<UserAccount>> {
    let rows: Vec<AccountRow> = diesel::sql_query(
        "SELECT id, email, name, deactivated_at IS NULL AS active, created_at FROM users WHERE $1 IS NULL OR email = $1 ORDER BY email",
    )
    .bind::<Nullable<Text>, _>(email)
    .load(conn)?;
    let account = |row: AccountRow| UserAccount {
        id: row.id,
        email: row.email,
        name: row.name,
        active: row.active,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(account).collect())
}
