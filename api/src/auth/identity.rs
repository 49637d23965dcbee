//! People as their credentials know them.

use super::capability::{self, AccessSystemPanel, BreakGlassOpen, Capability, Entry};
use super::session::Plane;
use super::store;
use super::tenant_capability::TenantEntry;
use super::token_owner::person_required;
use crate::context::{Actor, TokenRef};
use crate::error::Result;
use diesel::{PgConnection, QueryResult};
use time::OffsetDateTime;
use uuid::Uuid;

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A person, by the session they signed in to.
    Session(Uuid),
    /// A program, by an API token of theirs.
    Token(ApiTokenPass),
    /// `--as` of the command line.
    Terminal,
}

/// An API token that was shown, and the most it lets do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenPass {
    /// Which token.
    pub token: TokenRef,
    /// Names of the capabilities it was made with.
    pub capabilities: Vec<String>,
}

impl Via {
    /// The API token, if it is one.
    pub fn token(&self) -> Option<&ApiTokenPass> {
        match self {
            Self::Token(pass) => Some(pass),
            Self::Session(_) | Self::Terminal => None,
        }
    }

    /// The session, if it is one.
    pub fn session_id(&self) -> Option<Uuid> {
        match self {
            Self::Session(id) => Some(*id),
            Self::Token(_) | Self::Terminal => None,
        }
    }

    /// The session of a person. Errors: 403 `person-required` for anybody else.
    pub fn session(&self) -> Result<Uuid> {
        self.session_id().ok_or_else(person_required)
    }

    /// Whether a program shows an API token.
    pub fn is_machine(&self) -> bool {
        self.token().is_some()
    }
}

/// The holder of a session, in the plane where such people live.
pub trait Identity: Sized + Send + 'static {
    /// Their plane.
    const PLANE: Plane;

    /// Row id in the plane's own table.
    fn id(&self) -> i64;

    /// As the actor of a request.
    fn actor(&self) -> Actor;

    /// The holder of a live session of the plane.
    fn of_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<Option<Self>>;
}

/// A signed-in operator.
#[derive(Debug, Clone)]
pub struct Operator {
    /// `platform_users.id`.
    pub id: i64,
    /// Normalised e-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Names of the capabilities held; through an API token, those of them that it was made with.
    pub capabilities: Vec<String>,
    /// By what they are known.
    pub via: Via,
    /// Until when break-glass lends them more than they hold.
    pub break_glass_until: Option<OffsetDateTime>,
}

impl Operator {
    /// The operator under a break-glass session that lasts until then, if they may still open one (ACC-06).
    pub(in crate::auth) fn raised(self, until: Option<OffsetDateTime>) -> Self {
        let may_open = self.holds(BreakGlassOpen::ENTRY) && self.holds(AccessSystemPanel::ENTRY);
        let Some(until) = until.filter(|_| may_open) else { return self };
        let lent = |entry: &&&Entry| self.holds(entry) || entry.is_lent_by_break_glass();
        let mut capabilities: Vec<String> = capability::ALL.iter().filter(lent).map(|entry| entry.name.to_owned()).collect();
        capabilities.sort();
        Self { capabilities, break_glass_until: Some(until), ..self }
    }

    /// Whether the operator holds the capability.
    pub fn holds(&self, capability: &Entry) -> bool {
        self.capabilities.iter().any(|held| held == capability.name)
    }
}

impl Identity for Operator {
    const PLANE: Plane = Plane::System;

    fn id(&self) -> i64 {
        self.id
    }

    fn actor(&self) -> Actor {
        Actor::Operator {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            is_break_glass: self.break_glass_until.is_some(),
        }
    }

    fn of_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<Option<Self>> {
        store::find_session_operator(conn, session_id)
    }
}

/// A signed-in customer's user. What they may do depends on the tenant: see [`super::TenantPermit`].
#[derive(Debug, Clone)]
pub struct User {
    /// `users.id`.
    pub id: i64,
    /// Normalised e-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// By what they are known.
    pub via: Via,
    /// First of their tenants, whose share of connections a request uses that names no tenant. Null in requests that name one.
    pub first_tenant_id: Option<i64>,
}

impl User {
    /// Whether what was shown lets do this where the user's role does: an API token may have been made for less.
    pub fn lets(&self, capability: &TenantEntry) -> bool {
        self.via.token().is_none_or(|pass| pass.capabilities.iter().any(|name| name == capability.name))
    }
}

impl Identity for User {
    const PLANE: Plane = Plane::Admin;

    fn id(&self) -> i64 {
        self.id
    }

    fn actor(&self) -> Actor {
        Actor::User { id: self.id, email: self.email.clone(), name: self.name.clone() }
    }

    fn of_session(conn: &mut PgConnection, session_id: Uuid) -> QueryResult<Option<Self>> {
        Ok(store::find_session_user(conn, session_id, None)?.map(|(user, _)| user))
    }
}
