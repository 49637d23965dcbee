//! Whose notifications a caller may see and change: made from a permit, and the only way to them.

use super::model::Recipient;
use crate::auth::capability::AccessSystemPanel;
use crate::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use crate::auth::{Memberships, Permit, SignedInUser};
use crate::db::{TenantScope, floor};
use crate::error::{Error, Result};
use diesel::prelude::*;

/// What was told to one person, as far as they may see it.
#[derive(Debug, Clone)]
pub struct Inbox {
    recipient: Recipient,
    /// A user's tenants; none for operators, who are not bound to any.
    scope: Option<TenantScope>,
}

impl Inbox {
    /// An operator's own: what they started they were shown then, so nothing further is needed to be told of its end.
    pub fn of_operator(permit: &Permit<AccessSystemPanel>) -> Result<Self> {
        let operator = permit.operator().ok_or_else(|| Error::internal("a notification is for a person"))?;
        Ok(Self { recipient: Recipient::Operator(operator.id), scope: None })
    }

    /// A user's own, of the tenants where they may start such runs now: whose role was taken away or lowered must not learn
    /// how one ended (ACC-04).
    pub fn of_user(user: &SignedInUser, conn: &mut PgConnection) -> Result<Self> {
        let scope = Memberships::load(conn, user)?.scope(FindingsBackfill::ENTRY);
        Ok(Self { recipient: Recipient::User(user.user().id), scope: Some(scope) })
    }

    /// Whose it is.
    pub fn recipient(&self) -> Recipient {
        self.recipient
    }

    /// Reads in one snapshot; for a user on the floor.
    pub(super) fn read<T>(&self, conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        match &self.scope {
            Some(scope) => floor::read(conn, scope, work),
            None => conn.build_transaction().read_only().run(work),
        }
    }

    /// Writes in one transaction; for a user on the floor.
    pub(super) fn write<T>(&self, conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        match &self.scope {
            Some(scope) => floor::write(conn, scope, work),
            None => conn.transaction(work),
        }
    }
}
