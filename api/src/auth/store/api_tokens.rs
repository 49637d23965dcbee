//! API tokens: who stands behind one that was shown, and their administration.

use super::super::api_tokens::ApiToken;
use super::super::identity::{ApiTokenPass, Operator, User, Via};
use super::super::keys::TokenHashes;
use super::super::session::{Credential, Plane};
use super::super::tenant_permit::Membership;
use super::super::token_owner::OwnerId;
use super::super::token_text::KeyedHash;
use super::users::{MembershipRow, PLACE, PLACES, first_tenant};
use crate::context::TokenRef;
use crate::db::page::PageRequest;
use crate::db::prepared;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Nullable, Text, Timestamptz};
use time::OffsetDateTime;

/// A live token, and its owner if they are active and of the plane that was asked. The other plane's are known as such.
#[derive(QueryableByName)]
struct ShownRow {
    #[diesel(sql_type = BigInt)]
    token_id: i64,
    #[diesel(sql_type = Text)]
    token_name: String,
    #[diesel(sql_type = Text)]
    plane: String,
    #[diesel(sql_type = Array<Text>)]
    ceiling: Vec<String>,
    #[diesel(sql_type = Text)]
    hash_key_id: String,
    #[diesel(sql_type = Bool)]
    is_note_due: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

impl ShownRow {
    fn pass(&self) -> Via {
        let token = TokenRef { id: self.token_id, name: self.token_name.clone() };
        Via::Token(ApiTokenPass { token, capabilities: self.ceiling.clone() })
    }
}

const SHOWN: &str = "k.id AS token_id, k.name AS token_name, k.plane, k.capabilities AS ceiling, k.hash_key_id, \
     coalesce(k.last_used_at < c.now - interval '1 minute', true) AS is_note_due, u.id, u.email, u.name";
const LIVE: &str = "k.secret_hash = ANY($1) AND k.revoked_at IS NULL AND k.expires_at > c.now";

/// The operator behind a token; they hold what they hold themselves and the token was made with.
pub(in crate::auth) fn find_token_operator(conn: &mut PgConnection, hashes: &TokenHashes) -> QueryResult<Credential<Operator>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(embed)]
        shown: ShownRow,
        #[diesel(sql_type = Array<Text>)]
        held: Vec<String>,
    }
    let query = diesel::sql_query(format!(
        "SELECT {SHOWN}, ARRAY(SELECT p.capability FROM platform_user_capabilities p \
                               WHERE p.platform_user_id = u.id AND p.capability = ANY(k.capabilities) ORDER BY 1) AS held \
         FROM (SELECT db_now() AS now) c, api_tokens k \
              LEFT JOIN platform_users u ON u.id = k.platform_user_id AND u.deactivated_at IS NULL \
         WHERE {LIVE}"
    ));
    let row: Option<Row> = prepared(query.bind::<Array<Bytea>, _>(bytes(hashes))).get_result(conn).optional()?;
    let Some(Row { shown, held }) = row else { return Ok(Credential::Invalid) };
    let via = shown.pass();
    known(conn, &shown, Plane::System, hashes, |id, email, name| Operator {
        id,
        email,
        name,
        capabilities: held,
        via,
        break_glass_until: None,
    })
}

/// The user behind a token, with their place in a tenant.
pub(in crate::auth) fn find_token_user(
    conn: &mut PgConnection,
    hashes: &TokenHashes,
    tenant_id: Option<i64>,
) -> QueryResult<Credential<(User, Option<Membership>)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(embed)]
        shown: ShownRow,
        #[diesel(sql_type = Nullable<BigInt>)]
        first_tenant_id: Option<i64>,
        #[diesel(embed)]
        place: MembershipRow,
    }
    let query = diesel::sql_query(format!(
        "SELECT {SHOWN}, {PLACE}, {first_tenant} \
         FROM (SELECT db_now() AS now) c, api_tokens k \
              LEFT JOIN users u ON u.id = k.user_id AND u.deactivated_at IS NULL \
              LEFT JOIN ({PLACES}) ON m.user_id = u.id AND m.tenant_id = $2 \
         WHERE {LIVE}",
        first_tenant = first_tenant("$2")
    ));
    let query = query.bind::<Array<Bytea>, _>(bytes(hashes)).bind::<Nullable<BigInt>, _>(tenant_id);
    let row: Option<Row> = prepared(query).get_result(conn).optional()?;
    let Some(Row { shown, first_tenant_id, place }) = row else { return Ok(Credential::Invalid) };
    let via = shown.pass();
    let user = |id, email, name| User { id, email, name, via, first_tenant_id };
    known(conn, &shown, Plane::Admin, hashes, |id, email, name| (user(id, email, name), place.membership()))
}

fn known<T>(
    conn: &mut PgConnection,
    row: &ShownRow,
    plane: Plane,
    hashes: &TokenHashes,
    holder: impl FnOnce(i64, String, String) -> T,
) -> QueryResult<Credential<T>> {
    if row.plane != plane.as_str() {
        return Ok(Credential::OtherPlane);
    }
    let (Some(id), Some(email), Some(name)) = (row.id, row.email.clone(), row.name.clone()) else {
        return Ok(Credential::Invalid);
    };
    if let Some(newest) = hashes.hashes.first()
        && (row.is_note_due || row.hash_key_id != newest.key_id)
    {
        note_use(conn, row.token_id, newest, hashes.are_keys_stored)?;
    }
    Ok(Credential::Live(holder(id, email, name)))
}

/// Ends the live tokens that are hashed under a key; returns how many.
pub(in crate::auth) fn revoke_tokens_under(conn: &mut PgConnection, key_id: &str) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE api_tokens SET revoked_at = db_now() WHERE hash_key_id = $1 AND revoked_at IS NULL AND expires_at > (SELECT db_now())",
    )
    .bind::<Text, _>(key_id)
    .execute(conn)
}

/// Notes that a token was used, and hashes it under the newest key while it is at hand, so that older keys can go: unless that
/// key has been taken away itself since this node looked, which would end the token and not say so.
fn note_use(conn: &mut PgConnection, id: i64, newest: &KeyedHash, is_key_stored: bool) -> QueryResult<()> {
    diesel::sql_query(
        "WITH held AS MATERIALIZED (SELECT id FROM signing_keys WHERE id = $3 FOR KEY SHARE), \
              stays AS (SELECT NOT $4 OR EXISTS (SELECT FROM held) AS it_does) \
         UPDATE api_tokens SET last_used_at = greatest(last_used_at, db_now()), \
                secret_hash = CASE WHEN it_does THEN $2 ELSE secret_hash END, \
                hash_key_id = CASE WHEN it_does THEN $3 ELSE hash_key_id END \
         FROM stays WHERE api_tokens.id = $1 AND revoked_at IS NULL",
    )
    .bind::<BigInt, _>(id)
    .bind::<Bytea, _>(&newest.hash)
    .bind::<Text, _>(&newest.key_id)
    .bind::<Bool, _>(is_key_stored)
    .execute(conn)
    .map(|_| ())
}

fn bytes(hashes: &TokenHashes) -> Vec<&[u8]> {
    hashes.hashes.iter().map(|hash| hash.hash.as_slice()).collect()
}

/// A token to be kept.
pub(in crate::auth) struct NewToken<'a> {
    pub name: &'a str,
    pub capabilities: &'a [&'static str],
    pub days: i32,
    pub hash: &'a KeyedHash,
    pub hint: &'a str,
}

/// Keeps the owner's row until the transaction ends: of two who make tokens the second looks after the first, and so does who
/// makes one beside somebody who ends all of them.
pub(in crate::auth) fn hold_owner(conn: &mut PgConnection, owner: OwnerId) -> QueryResult<()> {
    let (operator_id, user_id) = columns(owner);
    let of_owner = match owner {
        OwnerId::Operator(_) => "SELECT 1 FROM platform_users WHERE id = $1 FOR NO KEY UPDATE",
        OwnerId::User(_) => "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE",
    };
    diesel::sql_query(of_owner).bind::<Nullable<BigInt>, _>(operator_id.or(user_id)).execute(conn).map(|_| ())
}

/// Keeps a token, unless its owner, whose row is held, has as many live ones as they may.
pub(in crate::auth) fn insert_api_token(
    conn: &mut PgConnection,
    owner: OwnerId,
    token: &NewToken<'_>,
    most: i64,
) -> QueryResult<Option<ApiToken>> {
    let (operator_id, user_id) = columns(owner);
    diesel::sql_query(format!(
        "INSERT INTO api_tokens (plane, platform_user_id, user_id, name, capabilities, secret_hash, hash_key_id, hint, created_at, expires_at) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, c.now, c.now + make_interval(days => $9) FROM (SELECT db_now() AS now) c \
         WHERE (SELECT count(*) FROM api_tokens k WHERE (k.platform_user_id = $2 OR k.user_id = $3) \
                AND k.revoked_at IS NULL AND k.expires_at > c.now) < $10 \
         RETURNING {RETURNED}"
    ))
    .bind::<Text, _>(owner.plane().as_str())
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .bind::<Text, _>(token.name)
    .bind::<Array<Text>, _>(token.capabilities)
    .bind::<Bytea, _>(&token.hash.hash)
    .bind::<Text, _>(&token.hash.key_id)
    .bind::<Text, _>(token.hint)
    .bind::<Integer, _>(token.days)
    .bind::<BigInt, _>(most)
    .get_result::<TokenRow>(conn)
    .optional()
    .map(|row| row.map(ApiToken::from))
}

#[derive(QueryableByName)]
struct TokenRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    capabilities: Vec<String>,
    #[diesel(sql_type = Text)]
    hint: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
    #[diesel(sql_type = Timestamptz)]
    expires_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_used_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    revoked_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Bool)]
    is_expired: bool,
}

impl From<TokenRow> for ApiToken {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            capabilities: row.capabilities,
            hint: row.hint,
            state: super::super::api_tokens::state(row.revoked_at, row.is_expired),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

const RETURNED: &str =
    "id, name, capabilities, hint, created_at, expires_at, last_used_at, revoked_at, expires_at <= db_now() AS is_expired";

/// The tokens of an owner, the newest first.
pub(in crate::auth) fn list_api_tokens(conn: &mut PgConnection, owner: OwnerId, page: PageRequest) -> QueryResult<Vec<ApiToken>> {
    let (operator_id, user_id) = columns(owner);
    let rows: Vec<TokenRow> = diesel::sql_query(format!(
        "SELECT {RETURNED} FROM api_tokens WHERE (platform_user_id = $1 OR user_id = $2) AND ($3 IS NULL OR id < $3) \
         ORDER BY id DESC LIMIT $4"
    ))
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .bind::<Nullable<BigInt>, _>(page.after)
    .bind::<BigInt, _>(page.limit.saturating_add(1))
    .load(conn)?;
    Ok(rows.into_iter().map(ApiToken::from).collect())
}

/// One token of an owner, locked.
pub(in crate::auth) fn find_api_token(conn: &mut PgConnection, owner: OwnerId, id: i64) -> QueryResult<Option<ApiToken>> {
    let (operator_id, user_id) = columns(owner);
    diesel::sql_query(format!(
        "SELECT {RETURNED} FROM api_tokens WHERE id = $1 AND (platform_user_id = $2 OR user_id = $3) FOR NO KEY UPDATE"
    ))
    .bind::<BigInt, _>(id)
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .get_result::<TokenRow>(conn)
    .optional()
    .map(|row| row.map(ApiToken::from))
}

pub(in crate::auth) fn revoke_api_token(conn: &mut PgConnection, id: i64) -> QueryResult<usize> {
    diesel::sql_query("UPDATE api_tokens SET revoked_at = db_now() WHERE id = $1 AND revoked_at IS NULL")
        .bind::<BigInt, _>(id)
        .execute(conn)
}

/// Revokes all tokens of somebody whose account ends.
pub(in crate::auth) fn revoke_api_tokens(conn: &mut PgConnection, owner: OwnerId) -> QueryResult<usize> {
    let (operator_id, user_id) = columns(owner);
    diesel::sql_query(
        "UPDATE api_tokens SET revoked_at = db_now() WHERE (platform_user_id = $1 OR user_id = $2) AND revoked_at IS NULL",
    )
    .bind::<Nullable<BigInt>, _>(operator_id)
    .bind::<Nullable<BigInt>, _>(user_id)
    .execute(conn)
}

/// Removes tokens that ended a quarter of a year ago.
pub(super) fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM api_tokens WHERE least(expires_at, revoked_at) < (SELECT db_now()) - interval '90 days'")
        .execute(conn)
}

pub(super) fn columns(owner: OwnerId) -> (Option<i64>, Option<i64>) {
    match owner {
        OwnerId::Operator(id) => (Some(id), None),
        OwnerId::User(id) => (None, Some(id)),
    }
}
