//! Writing an event, beside the action that it is about (TEL-03, TEL-04).

use super::event::{UnsafeToken, UsageEvent};
use super::store::events as store;
use crate::context::{Actor, Ctx};
use crate::db::loggable::describe;
use crate::error::{Error, Result};
use diesel::{Connection, PgConnection};

/// Somebody in the tenant plane, in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub(super) user_id: i64,
    pub(super) workspace_id: i64,
    pub(super) tenant_id: i64,
}

impl Person {
    /// Who acts in the tenant of this workspace, if it is a customer's user in person: programs with an API token, operators,
    /// commands and the product itself leave no trace here.
    pub fn of(ctx: &Ctx, workspace_id: i64, tenant_id: i64) -> Option<Self> {
        match ctx.actor {
            Actor::User { id, .. } if !ctx.is_machine() => Some(Self { user_id: id, workspace_id, tenant_id }),
            _ => None,
        }
    }
}

/// Writes the event in a savepoint of the transaction in which its action succeeded. A failure is logged and counted,
/// nothing more.
pub fn record(conn: &mut PgConnection, person: Person, event: Result<UsageEvent, UnsafeToken>) {
    let written =
        event.map_err(Error::internal).and_then(|event| conn.transaction(|conn| Ok(store::insert(conn, person, &event)?)));
    if let Err(error) = written {
        metrics::counter!("telemetry_write_failures_total").increment(1);
        tracing::error!(error = describe(&error), "product usage event not written");
    }
}
