//! "Send test": a delivery that says that nothing has happened, past cooldown and quiet hours.

use super::deliver;
use super::delivery::Delivery;
use super::destinations::get_destination;
use super::rules::get_rule;
use super::store::deliveries::{self as store, Due};
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::AlertsManage;
use crate::context::Ctx;
use crate::error::Result;
use diesel::PgConnection;

/// Tries all destinations of a rule, whether it is enabled or not. Errors: 404.
pub fn test_rule(ctx: &Ctx, permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Vec<Delivery>> {
    let rule = get_rule(permit, conn, id)?;
    let destinations: Vec<i64> = rule.destinations.iter().map(|destination| destination.id).collect();
    let title = format!("Test of the alert rule \u{201c}{}\u{201d}", rule.name);
    let written = store::insert_test(conn, Some(id), &destinations, &title)?;
    let entry = Entry::new(Action::AlertRuleTested)
        .target("alert_rule", id, &rule.name)
        .summary(format!("Sent a test by the alert rule {}.", rule.name))
        .metadata("destination_ids", &destinations);
    finish(ctx, conn, entry, &written)
}

/// Tries one destination. Errors: 404.
pub fn test_destination(ctx: &Ctx, permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Vec<Delivery>> {
    let destination = get_destination(permit, conn, id)?;
    let title = format!("Test of the alert destination \u{201c}{}\u{201d}", destination.name);
    let written = store::insert_test(conn, None, &[id], &title)?;
    let entry = Entry::new(Action::AlertDestinationTested)
        .target("alert_destination", id, &destination.name)
        .summary(format!("Sent a test to the alert destination {}.", destination.name));
    finish(ctx, conn, entry, &written)
}

fn finish(ctx: &Ctx, conn: &mut PgConnection, entry: Entry, written: &[Due]) -> Result<Vec<Delivery>> {
    let ids: Vec<i64> = written.iter().map(|due| due.id).collect();
    deliver::queue(conn, written)?;
    audit::record(conn, ctx, entry.metadata("delivery_ids", &ids))?;
    store::list_by_ids(conn, &ids)?.into_iter().map(Delivery::of).collect()
}
