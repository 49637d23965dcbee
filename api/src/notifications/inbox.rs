//! Whose notifications a caller may see and change: made from a permit, and the only way to them.

use super::model::Recipient;
use crate::auth::capability::AccessSystemPanel;
use crate::auth::tenant_capability::{TenantCapability, TenantView};
use crate::auth::{Memberships, Permit, SignedInUser};
use crate::db::{TenantScope, floor, in_snapshot};
use crate::error::{Error, Result};
use crate::runs::operation_types::shown_to_members;
use diesel::prelude::*;

/// What was told to one person, as far as they may see it.
#[derive(Debug, Clone)]
pub struct Inbox {
    recipient: Recipient,
    /// What a user may see; none for operators, who are not bound to tenants.
    sight: Option<Sight>,
}

/// Runs of which types a user may see in which tenants.
#[derive(Debug, Clone)]
pub(super) struct Sight {
    scope: TenantScope,
    /// The types, and at the same places of [`Self::tenants`] the tenants.
    pub types: Vec<&'static str>,
    pub tenants: Vec<i64>,
}

impl Inbox {
    /// An operator's own: what they started they were shown then, so nothing further is needed to be told of its end.
    pub fn of_operator(permit: &Permit<AccessSystemPanel>) -> Result<Self> {
        let operator = permit.operator().ok_or_else(|| Error::internal("a notification is for a person"))?;
        Ok(Self { recipient: Recipient::Operator(operator.id), sight: None })
    }

    /// A user's own, of the tenants where they may see such runs now: whose role was taken away or lowered must not learn how
    /// one ended (ACC-04).
    pub fn of_user(user: &SignedInUser, conn: &mut PgConnection) -> Result<Self> {
        let memberships = Memberships::load(conn, user)?;
        let (mut types, mut tenants) = (Vec::new(), Vec::new());
        for (kind, needed) in shown_to_members() {
            for membership in memberships.holding(needed) {
                types.push(kind);
                tenants.push(membership.tenant_id);
            }
        }
        let sight = Sight { scope: memberships.scope(TenantView::ENTRY), types, tenants };
        Ok(Self { recipient: Recipient::User(user.user().id), sight: Some(sight) })
    }

    /// Whose it is.
    pub fn recipient(&self) -> Recipient {
        self.recipient
    }

    /// What limits it.
    pub(super) fn sight(&self) -> Option<&Sight> {
        self.sight.as_ref()
    }

    /// Reads in one snapshot; for a user on the floor.
    pub(super) fn read<T>(&self, conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        match &self.sight {
            Some(sight) => floor::read(conn, &sight.scope, work),
            None => in_snapshot(conn, work),
        }
    }

    /// Writes in one transaction; for a user on the floor.
    pub(super) fn write<T>(&self, conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        match &self.sight {
            Some(sight) => floor::write(conn, &sight.scope, work),
            None => conn.transaction(work),
        }
    }
}
