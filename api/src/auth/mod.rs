//! Who calls, and what they may do: identities, sessions, passwords, capabilities, permits, and the one policy.
//!
//! Invariant: only this slice makes a [`Permit`] or a [`TenantPermit`]; everything that acts asks for one in its signature, so that forgetting a
//! check does not compile.

pub mod act_as;
pub mod api_tokens;
pub mod break_glass;
pub mod capability;
pub mod identity;
pub mod keys;
pub mod operator_role;
pub mod operators;
pub mod password;
pub mod permit;
mod refusals;
pub mod routes;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod signing_keys;
mod store;
pub mod tenant_capability;
pub mod tenant_permit;
pub mod token_owner;
mod token_text;
pub mod users;

pub(crate) use refusals::audit_counted;
pub(crate) use store::prune;

pub use identity::{Identity, Operator, User, Via};
pub use permit::Permit;
pub use session::Plane;
pub use tenant_capability::Role;
pub use tenant_permit::{Memberships, SignedInUser, TenantPermit};
