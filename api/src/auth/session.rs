//! Sessions: a signed token that names a row. The row decides: revoking it ends the session on every node at once (ACC-08).

use super::capability::{AccessSystemPanel, Capability};
use super::keys::{Key, Keys, TokenHashes};
use super::store;
use super::token_text;
use crate::db::Db;
use crate::error::{Error, Result};
use diesel::{PgConnection, QueryResult};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use uuid::Uuid;

/// One of the two worlds that share nothing but the process (ACC-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// Operators, `/api/v1/system`.
    System,
    /// Customers' users, `/api/v1/admin`.
    Admin,
}

impl Plane {
    /// As stored in `sessions.plane`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Admin => "admin",
        }
    }

    /// Audience of the plane's tokens.
    pub fn audience(self) -> &'static str {
        match self {
            Self::System => "tenantatlas:system",
            Self::Admin => "tenantatlas:admin",
        }
    }

    /// Name of the plane's cookie.
    pub fn cookie(self) -> &'static str {
        match self {
            Self::System => "tenantatlas_system",
            Self::Admin => "tenantatlas_admin",
        }
    }

    /// Path below which the plane's cookie is sent.
    pub fn path(self) -> &'static str {
        match self {
            Self::System => "/api/v1/system",
            Self::Admin => "/api/v1/admin",
        }
    }
}

/// What carries a session's token, and how long the session lives.
#[derive(Debug, Clone, Copy)]
pub struct Lifetime {
    /// As stored in `sessions.carrier`.
    pub carrier: &'static str,
    /// Seconds until an unused session ends.
    pub idle_seconds: i32,
    /// Seconds until it ends however much it is used.
    pub total_seconds: i32,
}

impl Lifetime {
    /// A browser session: ends half an hour after its last use, twelve hours after sign-in at the latest.
    pub const COOKIE: Self = Self { carrier: "cookie", idle_seconds: 30 * 60, total_seconds: 12 * 3600 };
    /// A bearer token: one hour, not renewed.
    pub const BEARER: Self = Self { carrier: "bearer", idle_seconds: 3600, total_seconds: 3600 };
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    sid: Uuid,
    iat: i64,
    exp: i64,
}

/// What a presented credential turned out to be.
#[derive(Debug)]
pub enum Credential<T> {
    /// A live session or API token of the plane.
    Live(T),
    /// Valid, but of the other plane: every path is 404 for it.
    OtherPlane,
    /// Unknown, expired, revoked or forged.
    Invalid,
}

/// Signs the token of a new session.
pub fn sign(key: &Key, plane: Plane, subject: i64, session_id: Uuid, lifetime: Lifetime) -> Result<String> {
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let claims = Claims {
        sub: subject.to_string(),
        aud: plane.audience().to_owned(),
        sid: session_id,
        iat: now,
        exp: now.saturating_add(i64::from(lifetime.total_seconds)),
    };
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(key.id.clone());
    encode(&header, &claims, &EncodingKey::from_secret(&key.secret)).map_err(Error::internal)
}

/// Finds out who stands behind an API token presented to a plane; `find` reads who owns one with these hashes.
pub async fn identify_api_token<T, F>(token: &str, keys: &Keys, db: &Db, find: F) -> Result<Credential<T>>
where
    T: Send + 'static,
    F: Fn(&mut PgConnection, &TokenHashes) -> QueryResult<Credential<T>> + Clone + Send + 'static,
{
    if !token_text::is_intact(token) {
        return Ok(Credential::Invalid);
    }
    let asked_at = Instant::now();
    keys.keep_fresh(db, asked_at).await?;
    let look = async |hashes: &TokenHashes| {
        let (find, hashes) = (find.clone(), hashes.clone());
        db.read(move |conn| Ok(find(conn, &hashes)?)).await
    };
    let hashes = keys.hashes(token);
    match look(&hashes).await? {
        // It may have been hashed under a key that another node made.
        Credential::Invalid => {
            keys.refresh(db, asked_at).await?;
            let now = keys.hashes(token);
            if now == hashes { Ok(Credential::Invalid) } else { look(&now).await }
        }
        found => Ok(found),
    }
}

/// Finds out who stands behind a session's token presented to a plane; `find` reads the holder of a live session of the plane.
pub async fn identify<T, F>(token: &str, plane: Plane, keys: &Keys, db: &Db, find: F) -> Result<Credential<T>>
where
    T: Send + 'static,
    F: FnOnce(&mut PgConnection, Uuid) -> QueryResult<Option<T>> + Send + 'static,
{
    let Some(claims) = verified_claims(token, keys, db).await? else { return Ok(Credential::Invalid) };
    if claims.aud != plane.audience() {
        // Once it has ended it is nobody's, in either plane.
        let is_live = db.read(move |conn| Ok(store::is_live_session(conn, claims.sid)?)).await?;
        return Ok(if is_live { Credential::OtherPlane } else { Credential::Invalid });
    }
    let holder = db.read(move |conn| Ok(find(conn, claims.sid)?)).await?;
    Ok(holder.map_or(Credential::Invalid, Credential::Live))
}

/// Those of the sessions that are still good, for whoever has let them in some time ago and goes on: it prolongs none of them.
pub fn list_live(conn: &mut PgConnection, session_ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    Ok(store::list_live_sessions(conn, session_ids, AccessSystemPanel::ENTRY.name)?)
}

async fn verified_claims(token: &str, keys: &Keys, db: &Db) -> Result<Option<Claims>> {
    let Some(id) = decode_header(token).ok().and_then(|header| header.kid) else { return Ok(None) };
    let Some(key) = keys.find(&id, db).await? else { return Ok(None) };
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[Plane::System.audience(), Plane::Admin.audience()]);
    validation.set_required_spec_claims(&["exp", "aud", "sub"]);
    Ok(decode::<Claims>(token, &DecodingKey::from_secret(&key.secret), &validation).ok().map(|data| data.claims))
}
