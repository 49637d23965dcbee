//! Permission as a value: holding a `Permit<C>` proves that the caller has capability `C`.

use super::capability::{AccessSystemPanel, Capability, Entry};
use super::identity::Operator;
use super::store;
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use std::marker::PhantomData;
use std::sync::Arc;

/// Proof that the caller may do what `C` names. Only the auth slice makes one.
#[derive(Debug)]
pub struct Permit<C: Capability> {
    holder: Holder,
    capability: PhantomData<C>,
}

#[derive(Debug, Clone)]
enum Holder {
    Operator(Arc<Operator>),
    System,
}

impl<C: Capability> Permit<C> {
    /// Grants the permit if the operator holds the capability and may enter the system plane.
    pub(super) fn of(operator: &Arc<Operator>) -> Result<Self> {
        require(operator, AccessSystemPanel::ENTRY)?;
        require(operator, C::ENTRY)?;
        Ok(Self { holder: Holder::Operator(operator.clone()), capability: PhantomData })
    }

    /// The permit of the product itself and of the command line on its machine; `reason` says why for the log.
    pub fn system(reason: &'static str) -> Self {
        tracing::debug!(reason, capability = C::ENTRY.name, "permit of the system");
        Self { holder: Holder::System, capability: PhantomData }
    }

    /// The permit as it would be granted now, for what goes on long after it was: it prolongs nothing. Errors: 401 when session,
    /// token or account has ended, 403.
    pub fn renewed(&self, conn: &mut PgConnection) -> Result<Self> {
        match &self.holder {
            Holder::Operator(operator) => {
                let now = store::find_operator_still_shown(conn, operator)?;
                Self::of(&Arc::new(now.ok_or_else(Error::unauthenticated)?))
            }
            Holder::System => Ok(Self { holder: Holder::System, capability: PhantomData }),
        }
    }

    /// Demands a further capability that is known only at run time, as a runbook's own.
    pub fn require(&self, capability: &'static Entry) -> Result<()> {
        match &self.holder {
            Holder::Operator(operator) => require(operator, capability),
            Holder::System => Ok(()),
        }
    }

    /// Whether a further capability is held, to tell a client what it may do.
    pub fn holds(&self, capability: &'static Entry) -> bool {
        self.require(capability).is_ok()
    }

    /// The operator behind the permit, if a person is.
    pub fn operator(&self) -> Option<&Operator> {
        match &self.holder {
            Holder::Operator(operator) => Some(operator),
            Holder::System => None,
        }
    }
}

fn require(operator: &Operator, capability: &'static Entry) -> Result<()> {
    let holds_others = !capability.instead.is_empty() && capability.instead.iter().all(|other| operator.holds(other));
    if operator.holds(capability) || holds_others {
        return Ok(());
    }
    let others: Vec<&str> = capability.instead.iter().map(|other| other.name).collect();
    let instead = if others.is_empty() { String::new() } else { format!(", or {} together", others.join(" and ")) };
    Err(Error::new(Code::CapabilityMissing, format!("This needs the capability {}{instead}.", capability.name))
        .with("capability", capability.name))
}
