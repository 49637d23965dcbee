//! Reading deliveries, and sending one again that was given up.

use super::deliver;
use super::delivery::{Delivery, DeliveryState};
use super::store::deliveries as store;
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, ConsoleView};
use crate::context::Ctx;
use crate::db::page::{Page, PageRequest};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Where they stand.
    pub state: Option<DeliveryState>,
    /// Kind of the event.
    pub event: Option<String>,
    /// Their rule.
    pub rule_id: Option<i64>,
    /// Their destination.
    pub destination_id: Option<i64>,
    /// The run they are about.
    pub run_id: Option<i64>,
}

/// Deliveries, newest first.
pub fn list_deliveries(
    _permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    filter: &DeliveryFilter,
    page: PageRequest,
) -> Result<Page<Delivery>> {
    let rows: Result<Vec<Delivery>> = store::list(conn, filter, page)?.into_iter().map(Delivery::of).collect();
    Ok(Page::of(rows?, page, |delivery| delivery.id))
}

/// One delivery. Errors: 404.
pub fn get_delivery(_permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Delivery> {
    Delivery::of(store::find(conn, id)?.ok_or_else(Error::not_found)?)
}

/// Counts deliveries that have been due for more than a minute: nobody sends them. What waits for its next attempt, or for the end
/// of quiet hours, is not due.
pub fn count_overdue(_permit: &Permit<ConsoleView>, conn: &mut PgConnection) -> Result<i64> {
    Ok(store::count_overdue(conn)?)
}

/// Sends it again, with all its attempts and under the same id. Errors: 404; 409 `wrong-state` unless it has failed and its
/// destination is there.
pub fn retry_delivery(ctx: &Ctx, permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Delivery> {
    let row = store::lock(conn, id)?.ok_or_else(Error::not_found)?;
    if row.state != DeliveryState::Failed.as_str() {
        return Err(Error::new(Code::WrongState, format!("Only a failed delivery can be retried; this one is {}.", row.state)));
    }
    let Some(destination_id) = row.destination_id else {
        return Err(Error::new(Code::WrongState, "The destination of this delivery has been deleted."));
    };
    store::set_due_again(conn, id)?;
    deliver::queue(conn, &[store::Due { id, destination_id: Some(destination_id) }])?;
    let entry = Entry::new(Action::AlertDeliveryRetried)
        .target("alert_delivery", id, &row.title)
        .summary(format!("Retried delivery {id} to {}.", row.destination_name))
        .metadata("uid", row.uid)
        .metadata("event", &row.event)
        .metadata("destination_id", destination_id)
        .metadata("failed_with", &row.reason)
        .metadata("attempts", row.attempts);
    audit::record(conn, ctx, entry)?;
    get_delivery(permit, conn, id)
}
