//! People as their sessions know them.

use super::capability::Entry;
use super::session::Plane;
use super::store;
use crate::context::Actor;
use diesel::{PgConnection, QueryResult};
use uuid::Uuid;

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
    /// Names of the capabilities held.
    pub capabilities: Vec<String>,
    /// The session that was presented.
    pub session_id: Uuid,
}

impl Operator {
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
        Actor::Operator { id: self.id, email: self.email.clone(), name: self.name.clone(), is_break_glass: false }
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
    /// The session that was presented.
    pub session_id: Uuid,
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
