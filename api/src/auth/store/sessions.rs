//! Sessions of both planes, and what break-glass lends to one.

use super::super::identity::{Operator, Via};
use super::super::session::{Lifetime, Plane};
use super::super::sessions::OwnSession;
use super::super::token_owner::OwnerId;
use super::api_tokens::columns;
use crate::context::Ctx;
use crate::db::prepared;
use crate::db::schema::sessions;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
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
    #[diesel(sql_type = Array<Text>)]
    capabilities: Vec<String>,
    #[diesel(sql_type = Bool)]
    renew: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    break_glass_until: Option<OffsetDateTime>,
}

/// The operator of a live session; a session in use is renewed when half its idle time is over,
/// or when it would last longer than that, since the clock has stepped back.
pub(in crate::auth) fn find_session_operator(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<Option<Operator>> {
    let query = diesel::sql_query(
        "SELECT u.id, u.email, u.name, \
                ARRAY(SELECT c.capability FROM platform_user_capabilities c WHERE c.platform_user_id = u.id ORDER BY 1) AS capabilities, \
                s.expires_at < s.renewable_until AND s.expires_at - t.now NOT BETWEEN make_interval(secs => $2) AND 2 * make_interval(secs => $2) AS renew, \
                CASE WHEN s.break_glass_expires_at > t.now AND s.break_glass_expires_at <= t.now + interval '1 hour' THEN s.break_glass_expires_at END AS break_glass_until \
         FROM (SELECT db_now() AS now) t, sessions s JOIN platform_users u ON u.id = s.platform_user_id \
         WHERE s.id = $1 AND s.plane = 'system' AND s.revoked_at IS NULL AND s.expires_at > t.now AND u.deactivated_at IS NULL",
    )
    .bind::<SqlUuid, _>(session_id)
    .bind::<Double, _>(f64::from(Lifetime::COOKIE.idle_seconds) / 2.0);
    let row: Option<SessionRow> = prepared(query).get_result(conn).optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.renew {
        renew_session(conn, session_id)?;
    }
    let operator = Operator {
        id: row.id,
        email: row.email,
        name: row.name,
        capabilities: row.capabilities,
        via: Via::Session(session_id),
        break_glass_until: None,
    };
    Ok(Some(operator.raised(row.break_glass_until)))
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = Array<Text>)]
    capabilities: Vec<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    break_glass_until: Option<OffsetDateTime>,
}

/// An operator who was let in some time ago, with what they hold now; nobody if the account, or what they showed, has ended
/// since. It prolongs and notes nothing.
pub(in crate::auth) fn find_operator_still_shown(conn: &mut PgConnection, operator: &Operator) -> QueryResult<Option<Operator>> {
    let query = diesel::sql_query(
        "SELECT ARRAY(SELECT c.capability FROM platform_user_capabilities c \
                      WHERE c.platform_user_id = u.id AND (k.id IS NULL OR c.capability = ANY (k.capabilities)) ORDER BY 1) AS capabilities, \
                CASE WHEN s.break_glass_expires_at > t.now AND s.break_glass_expires_at <= t.now + interval '1 hour' THEN s.break_glass_expires_at END AS break_glass_until \
         FROM (SELECT db_now() AS now) t, platform_users u \
              LEFT JOIN sessions s ON s.id = $2 AND s.platform_user_id = u.id AND s.revoked_at IS NULL \
              LEFT JOIN api_tokens k ON k.id = $3 AND k.platform_user_id = u.id AND k.revoked_at IS NULL \
         WHERE u.id = $1 AND u.deactivated_at IS NULL \
           AND ($2 IS NULL OR s.expires_at > t.now) AND ($3 IS NULL OR k.expires_at > t.now)",
    )
    .bind::<BigInt, _>(operator.id)
    .bind::<Nullable<SqlUuid>, _>(operator.via.session_id())
    .bind::<Nullable<BigInt>, _>(operator.via.token().map(|pass| pass.token.id));
    let row: Option<HeldRow> = prepared(query).get_result(conn).optional()?;
    let Some(HeldRow { capabilities, break_glass_until }) = row else { return Ok(None) };
    let operator = Operator { capabilities, break_glass_until: None, ..operator.clone() };
    Ok(Some(operator.raised(break_glass_until)))
}

/// True while the session, of whichever plane, has not ended.
pub(in crate::auth) fn is_live_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<bool> {
    let query = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND revoked_at IS NULL AND expires_at > (SELECT db_now())) AS answer",
    );
    prepared(query.bind::<SqlUuid, _>(session_id)).get_result::<Answer>(conn).map(|row| row.answer)
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

pub(in crate::auth) fn renew_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE sessions SET expires_at = least(renewable_until, db_now() + make_interval(secs => $2)) WHERE id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(session_id)
    .bind::<Double, _>(f64::from(Lifetime::COOKIE.idle_seconds))
    .execute(conn)
    .map(|_| ())
}

pub(in crate::auth) fn insert_session(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: Uuid,
    (plane, holder_id): (Plane, i64),
    lifetime: Lifetime,
) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO sessions (id, plane, platform_user_id, user_id, expires_at, renewable_until, carrier, ip, user_agent) \
         SELECT $1, $2, CASE WHEN $2 = 'system' THEN $3 END, CASE WHEN $2 = 'admin' THEN $3 END, \
                now + make_interval(secs => $4), now + make_interval(secs => $5), $6, $7, $8 FROM (SELECT db_now() AS now) t",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(plane.as_str())
    .bind::<BigInt, _>(holder_id)
    .bind::<Double, _>(f64::from(lifetime.idle_seconds))
    .bind::<Double, _>(f64::from(lifetime.total_seconds))
    .bind::<Text, _>(lifetime.carrier)
    .bind::<Nullable<Text>, _>(&ctx.ip)
    .bind::<Nullable<Text>, _>(&ctx.user_agent)
    .execute(conn)
    .map(|_| ())
}

pub(in crate::auth) fn revoke_session(conn: &mut PgConnection, id: Uuid) -> QueryResult<()> {
    diesel::sql_query("UPDATE sessions SET revoked_at = db_now() WHERE id = $1 AND revoked_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .map(|_| ())
}

pub(in crate::auth) fn revoke_operator_sessions(conn: &mut PgConnection, operator_id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE sessions SET revoked_at = db_now() WHERE platform_user_id = $1 AND revoked_at IS NULL")
        .bind::<BigInt, _>(operator_id)
        .execute(conn)
}

/// Whether nobody has ended the session so far.
pub(in crate::auth) fn is_unrevoked(conn: &mut PgConnection, id: Uuid) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(sessions::table.filter(sessions::id.eq(id).and(sessions::revoked_at.is_null()))))
        .get_result(conn)
}

#[derive(QueryableByName)]
struct SessionId {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Those of the sessions whose holders may still come in; operators need a capability for that.
pub(in crate::auth) fn list_live_sessions(conn: &mut PgConnection, ids: Vec<Uuid>, capability: &str) -> QueryResult<Vec<Uuid>> {
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

#[derive(QueryableByName)]
struct OwnRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    carrier: String,
    #[diesel(sql_type = Nullable<Text>)]
    ip: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    user_agent: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    expires_at: OffsetDateTime,
}

/// Live sessions of somebody, the newest first; those beyond the first hundred are not told.
pub(in crate::auth) fn list_sessions(conn: &mut PgConnection, owner: OwnerId, current: Uuid) -> QueryResult<Vec<OwnSession>> {
    let (operator_id, user_id) = columns(owner);
    let rows: Vec<OwnRow> = diesel::sql_query(
        "SELECT id, carrier, ip, user_agent, created_at, expires_at FROM sessions \
         WHERE (platform_user_id = $1 OR user_id = $2) AND revoked_at IS NULL AND expires_at > db_now() \
         ORDER BY created_at DESC, id LIMIT 100",
    )
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .load(conn)?;
    let own = |row: OwnRow| OwnSession {
        is_current: row.id == current,
        id: row.id,
        carrier: row.carrier,
        ip: row.ip,
        user_agent: row.user_agent,
        created_at: row.created_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(own).collect())
}

/// Ends one live session of somebody, or all of them; how many that were.
pub(in crate::auth) fn revoke_own_session(conn: &mut PgConnection, owner: OwnerId, id: Option<Uuid>) -> QueryResult<usize> {
    let (operator_id, user_id) = columns(owner);
    diesel::sql_query(
        "UPDATE sessions SET revoked_at = db_now() WHERE (platform_user_id = $1 OR user_id = $2) AND ($3 IS NULL OR id = $3) \
         AND revoked_at IS NULL AND expires_at > db_now()",
    )
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .bind::<Nullable<SqlUuid>, _>(id)
    .execute(conn)
}

#[derive(QueryableByName)]
struct Until {
    #[diesel(sql_type = Timestamptz)]
    until: OffsetDateTime,
}

/// Opens break-glass in a session, unless it is open there; until when.
pub(in crate::auth) fn open_break_glass(
    conn: &mut PgConnection,
    session_id: Uuid,
    reason: &str,
    minutes: i32,
) -> QueryResult<Option<OffsetDateTime>> {
    let until: Option<Until> = diesel::sql_query(
        "UPDATE sessions SET break_glass_reason = $2, break_glass_expires_at = db_now() + make_interval(mins => $3) \
         WHERE id = $1 AND revoked_at IS NULL AND coalesce(break_glass_expires_at NOT BETWEEN db_now() AND db_now() + interval '1 hour', true) \
         RETURNING break_glass_expires_at AS until",
    )
    .bind::<SqlUuid, _>(session_id)
    .bind::<Text, _>(reason)
    .bind::<Integer, _>(minutes)
    .get_result(conn)
    .optional()?;
    Ok(until.map(|row| row.until))
}

/// Whether it was open.
pub(in crate::auth) fn end_break_glass(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<bool> {
    diesel::sql_query(
        "UPDATE sessions SET break_glass_reason = NULL, break_glass_expires_at = NULL WHERE id = $1 AND break_glass_expires_at > db_now()",
    )
    .bind::<SqlUuid, _>(session_id)
    .execute(conn)
    .map(|rows| rows > 0)
}

/// Removes sessions that ended a day ago.
pub(super) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM sessions WHERE expires_at < (SELECT db_now()) - interval '1 day'").execute(conn)
}
