//! Proof that a person, and no program, decides about API tokens: a token cannot make others, and what break-glass lends is
//! not handed on (ACC-06, ACC-07).

use super::capability::{self, AccessSystemPanel, Capability};
use super::identity::Via;
use super::session::Plane;
use super::sign_in::normalise_email;
use super::tenant_capability::{self, TenantCapability, TenantView};
use super::tenant_permit::{Memberships, SignedInUser};
use super::{Permit, store};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Row of the owner, in the table of their plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerId {
    /// `platform_users.id`.
    Operator(i64),
    /// `users.id`.
    User(i64),
}

impl OwnerId {
    /// The plane they live in, and their tokens with them.
    pub fn plane(self) -> Plane {
        match self {
            Self::Operator(_) => Plane::System,
            Self::User(_) => Plane::Admin,
        }
    }
}

/// A capability that a token can have.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenCapability {
    /// Stable name.
    #[schema(example = "platform.ops.view")]
    pub name: &'static str,
    /// What it lets do.
    pub description: &'static str,
    /// Whether every token has it, asked for or not.
    pub is_always_included: bool,
}

/// Somebody who decides about tokens of their own. Only the auth slice makes one.
#[derive(Debug, Clone)]
pub struct TokenOwner {
    id: OwnerId,
    session_id: Option<Uuid>,
    held: Vec<&'static str>,
    is_break_glass: bool,
}

impl TokenOwner {
    /// An operator. Errors: 403 `person-required` for a program.
    pub fn operator(permit: &Permit<AccessSystemPanel>) -> Result<Self> {
        let operator = permit.operator().ok_or_else(Error::not_found)?;
        ensure_person(&operator.via)?;
        let held = capability::ALL.iter().filter(|entry| operator.holds(entry) && entry.is_for_machines());
        Ok(Self {
            id: OwnerId::Operator(operator.id),
            session_id: operator.via.session_id(),
            held: held.map(|entry| entry.name).collect(),
            is_break_glass: operator.break_glass_until.is_some(),
        })
    }

    /// A user; what they may hand on is what they may do in one tenant or other. Errors: 403 `person-required`.
    pub fn user(user: &SignedInUser, conn: &mut PgConnection) -> Result<Self> {
        ensure_person(&user.user().via)?;
        let places = Memberships::load(conn, user)?;
        let held =
            tenant_capability::ALL.iter().filter(|entry| entry.is_for_machines() && places.holding(entry).next().is_some());
        Ok(Self {
            id: OwnerId::User(user.user().id),
            session_id: user.user().via.session_id(),
            held: held.map(|entry| entry.name).collect(),
            is_break_glass: false,
        })
    }

    /// The active user with this address, for whom the command line acts. Errors: 404.
    pub fn user_on_behalf(conn: &mut PgConnection, email: &str) -> Result<(SignedInUser, Self)> {
        let email = &normalise_email(email);
        let unknown = || Error::new(Code::NotFound, format!("There is no active user {email}."));
        let user = SignedInUser::on_behalf(store::find_active_user(conn, email)?.ok_or_else(unknown)?);
        let owner = Self::user(&user, conn)?;
        Ok((user, owner))
    }

    /// Who it is.
    pub fn id(&self) -> OwnerId {
        self.id
    }

    /// The session in which they decide; none on the command line.
    pub fn session_id(&self) -> Option<Uuid> {
        self.session_id
    }

    /// Refuses to hand on what break-glass lends. Errors: 403 `break-glass-excluded`.
    pub fn ensure_lasting(&self) -> Result<()> {
        match self.is_break_glass {
            true => Err(Error::new(Code::BreakGlassExcluded, "Tokens are not made under break-glass. End it first.")),
            false => Ok(()),
        }
    }

    /// Capabilities that a token of theirs can have.
    pub fn held(&self) -> &[&'static str] {
        &self.held
    }

    /// The same, with what each lets do.
    pub fn describe(&self) -> Vec<TokenCapability> {
        let describe = |name: &&'static str| TokenCapability {
            name,
            description: match self.id {
                OwnerId::Operator(_) => capability::find(name).map(|entry| entry.description),
                OwnerId::User(_) => tenant_capability::find(name).map(|entry| entry.description),
            }
            .unwrap_or_default(),
            is_always_included: *name == self.always(),
        };
        self.held.iter().map(describe).collect()
    }

    /// What every token of the plane has, since nothing can be done without it.
    pub fn always(&self) -> &'static str {
        match self.id {
            OwnerId::Operator(_) => AccessSystemPanel::ENTRY.name,
            OwnerId::User(_) => TenantView::ENTRY.name,
        }
    }
}

/// Errors: 403 `person-required` where a program shows an API token.
pub(super) fn ensure_person(via: &Via) -> Result<()> {
    match via {
        Via::Session(_) | Via::Terminal => Ok(()),
        Via::Token(_) => Err(person_required()),
    }
}

pub(super) fn person_required() -> Error {
    Error::new(Code::PersonRequired, "An API token cannot do this. Sign in, and do it yourself.")
}
