//! An operator as a session knows them.

use super::capability::Entry;
use crate::context::Actor;
use uuid::Uuid;

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

    /// The operator as the actor of a request.
    pub fn actor(&self) -> Actor {
        Actor::Operator { id: self.id, email: self.email.clone(), name: self.name.clone(), is_break_glass: false }
    }
}
