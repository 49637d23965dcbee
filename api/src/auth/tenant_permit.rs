//! Permission in the tenant plane as a value: holding a `TenantPermit<C>` proves that the caller is a member of the tenant
//! that the path names, in a role that may do what `C` names.

use super::identity::User;
use super::store;
use super::tenant_capability::{Role, TenantCapability, TenantEntry};
use crate::db::TenantScope;
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use std::marker::PhantomData;
use std::sync::Arc;

/// A user's place in a tenant of the allowed universe (ACC-10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `tenants.id`.
    pub tenant_id: i64,
    /// Display name of the tenant.
    pub tenant_name: String,
    /// Workspace that owns it.
    pub workspace_id: i64,
    /// Display name of the workspace.
    pub workspace_name: String,
    /// What the user is there.
    pub role: Role,
}

/// Proof that somebody is known in the tenant plane, by a session or an API token, and no more. Only the auth slice makes one.
#[derive(Debug, Clone)]
pub struct SignedInUser(pub(super) Arc<User>);

impl SignedInUser {
    /// A user for whom the command line acts.
    pub(super) fn on_behalf(user: User) -> Self {
        Self(Arc::new(user))
    }

    /// Who it is.
    pub fn user(&self) -> &User {
        &self.0
    }

    /// The same as they would be known now, for what goes on long after they were: it prolongs nothing. Errors: 401 when session,
    /// token or account has ended.
    pub fn renewed(&self, conn: &mut PgConnection) -> Result<Self> {
        store::find_place_still_shown(conn, &self.0, None)?.ok_or_else(Error::unauthenticated)?;
        Ok(self.clone())
    }
}

/// Proof that a user may do in one tenant what `C` names. Only the auth slice makes one.
#[derive(Debug, Clone)]
pub struct TenantPermit<C: TenantCapability> {
    user: Arc<User>,
    membership: Arc<Membership>,
    capability: PhantomData<C>,
}

impl<C: TenantCapability> TenantPermit<C> {
    /// Grants the permit if the user's role in the tenant holds the capability, and what they showed lets them. Errors: 403.
    pub(super) fn of(user: &Arc<User>, membership: &Arc<Membership>) -> Result<Self> {
        require(user, membership.role, C::ENTRY)?;
        Ok(Self { user: user.clone(), membership: membership.clone(), capability: PhantomData })
    }

    /// The permit as it would be granted now, for what is done long after it was: it prolongs nothing. Asked as the owner of the
    /// tables. Errors: 401 when session, token or account has ended, 404 for who is no member any more, 403.
    pub fn renewed(&self, conn: &mut PgConnection) -> Result<Self> {
        let membership =
            store::find_place_still_shown(conn, &self.user, Some(self.tenant_id()))?.ok_or_else(Error::unauthenticated)?;
        Self::of(&self.user, &Arc::new(membership.ok_or_else(Error::not_found)?))
    }

    /// The user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Their place in the tenant, with its name and workspace.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// The tenant.
    pub fn tenant_id(&self) -> i64 {
        self.membership.tenant_id
    }

    /// What transactions for this permit may see and change.
    pub fn scope(&self) -> TenantScope {
        TenantScope::of([self.membership.tenant_id])
    }

    /// Demands a further capability in the tenant. Errors: 403.
    pub fn require(&self, capability: &'static TenantEntry) -> Result<()> {
        require(&self.user, self.membership.role, capability)
    }

    /// Whether a further capability is held, to tell a client what it may do.
    pub fn holds(&self, capability: &TenantEntry) -> bool {
        self.membership.role.holds(capability) && self.user.lets(capability)
    }
}

/// Every place of a user, for what is not below the path of one tenant.
#[derive(Debug, Clone)]
pub struct Memberships {
    user: Arc<User>,
    all: Vec<Arc<Membership>>,
}

impl Memberships {
    /// Reads them, by tenant id.
    pub fn load(conn: &mut PgConnection, user: &SignedInUser) -> Result<Self> {
        let all = store::list_memberships(conn, user.0.id)?.into_iter().map(Arc::new).collect();
        Ok(Self { user: user.0.clone(), all })
    }

    /// Those where the capability is held.
    pub fn holding(&self, capability: &'static TenantEntry) -> impl Iterator<Item = &Membership> {
        let lets = self.user.lets(capability);
        self.all.iter().map(Arc::as_ref).filter(move |membership| lets && membership.role.holds(capability))
    }

    /// What transactions over all tenants where the capability is held may see.
    pub fn scope(&self, capability: &'static TenantEntry) -> TenantScope {
        TenantScope::of(self.holding(capability).map(|membership| membership.tenant_id))
    }

    /// Demands a capability in one of the tenants. Errors: 404 for who is no member there, 403.
    pub fn require(&self, tenant_id: i64, capability: &'static TenantEntry) -> Result<()> {
        require(&self.user, self.in_tenant(tenant_id)?.role, capability)
    }

    /// The permit for one tenant, as one below its path. Errors: 404 for who is no member, 403.
    pub fn permit<C: TenantCapability>(&self, tenant_id: i64) -> Result<TenantPermit<C>> {
        TenantPermit::of(&self.user, self.in_tenant(tenant_id)?)
    }

    fn in_tenant(&self, tenant_id: i64) -> Result<&Arc<Membership>> {
        self.all.iter().find(|membership| membership.tenant_id == tenant_id).ok_or_else(Error::not_found)
    }
}

fn require(user: &User, role: Role, capability: &'static TenantEntry) -> Result<()> {
    if role.holds(capability) && user.lets(capability) {
        return Ok(());
    }
    Err(Error::new(Code::CapabilityMissing, format!("This needs the capability {}.", capability.name))
        .with("capability", capability.name))
}
