//! Sessions as their holder sees them: where they are signed in, and ending that, at once on every node (ACC-08).

use super::identity::{Operator, User, Via};
use super::store;
use super::token_owner::{OwnerId, person_required};
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::error::{Error, Result};
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A live session.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSession {
    /// Names it, and is no credential.
    pub id: Uuid,
    /// Whether the request came with it.
    pub is_current: bool,
    /// What carries its token: `cookie` of a browser, or `bearer`.
    #[schema(example = "cookie")]
    pub carrier: String,
    /// Client address at sign-in.
    #[schema(example = "192.0.2.7")]
    pub ip: Option<String>,
    /// What the client called itself at sign-in.
    pub user_agent: Option<String>,
    /// When it was opened.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ends if it is not used.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// The holder of a session, as the holder of all of theirs. Only the auth slice makes one.
#[derive(Debug, Clone, Copy)]
pub struct SessionHolder {
    owner: OwnerId,
    current: Uuid,
}

impl SessionHolder {
    /// An operator. Errors: 403 `person-required` for a program.
    pub(super) fn operator(operator: &Operator) -> Result<Self> {
        Self::of(OwnerId::Operator(operator.id), &operator.via)
    }

    /// A user. Errors: the same.
    pub(super) fn user(user: &User) -> Result<Self> {
        Self::of(OwnerId::User(user.id), &user.via)
    }

    fn of(owner: OwnerId, via: &Via) -> Result<Self> {
        Ok(Self { owner, current: via.session_id().ok_or_else(person_required)? })
    }
}

/// The holder's live sessions, the newest first.
pub fn list_sessions(holder: SessionHolder, conn: &mut PgConnection) -> Result<Vec<OwnSession>> {
    Ok(store::list_sessions(conn, holder.owner, holder.current)?)
}

/// Ends one of the holder's sessions. Errors: 404 for what is not theirs or has ended.
pub fn revoke_session(ctx: &Ctx, holder: SessionHolder, conn: &mut PgConnection, id: Uuid) -> Result<()> {
    if store::revoke_own_session(conn, holder.owner, Some(id))? == 0 {
        return Err(Error::not_found());
    }
    let action = match holder.owner {
        OwnerId::Operator(_) => Action::SessionRevoked,
        OwnerId::User(_) => Action::UserSessionRevoked,
    };
    audit::record(conn, ctx, Entry::new(action).target("session", id, "session"))
}

/// Ends all of them, that of the request too. API tokens go on.
pub fn revoke_all_sessions(ctx: &Ctx, holder: SessionHolder, conn: &mut PgConnection) -> Result<()> {
    let ended = store::revoke_own_session(conn, holder.owner, None)?;
    let action = match holder.owner {
        OwnerId::Operator(_) => Action::SessionsRevoked,
        OwnerId::User(_) => Action::UserSessionsRevoked,
    };
    audit::record(conn, ctx, Entry::new(action).metadata("sessions", ended))
}
