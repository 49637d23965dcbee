//! Making, changing, removing and reading destinations. Each change is audited, without secrets; a new secret as the fact
//! that there is one.

use super::Outbox;
use super::destination::{Destination, DestinationKind, Settings};
use super::destination_input::{self, Checked, Present, Secret};
use super::store::destinations::{self as store, DestinationRow, Written};
use super::{limit, reason, sealing};
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::AlertsManage;
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::db::page::{Page, PageRequest};
use crate::error::{Code, Error, FieldError, Result};
use crate::text::is_one_line;
use diesel::PgConnection;

pub use super::destination_input::DestinationInput;

/// Destinations, the oldest first.
pub fn list_destinations(
    _permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    page: PageRequest,
) -> Result<Page<Destination>> {
    let rows: Result<Vec<Destination>> = store::list(conn, page)?.into_iter().map(Destination::of).collect();
    Ok(Page::of(rows?, page, |destination| destination.id))
}

/// One destination. Errors: 404.
pub fn get_destination(_permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Destination> {
    Destination::of(store::find(conn, id)?.ok_or_else(Error::not_found)?)
}

/// What a new destination is to be.
#[derive(Debug)]
pub struct NewDestination {
    /// What people call it.
    pub name: String,
    /// By what means it is reached.
    pub kind: DestinationKind,
    /// Whether anything is sent there.
    pub enabled: bool,
    /// What its kind needs.
    pub input: DestinationInput,
}

/// Creates a destination, of which there may be `most`. Errors: 422 on what its kind needs and lacks, 409 `name-taken`,
/// `limit-reached`.
pub fn create_destination(
    ctx: &Ctx,
    permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    outbox: &Outbox,
    new: NewDestination,
    most: i64,
) -> Result<Destination> {
    ensure_name(&new.name)?;
    let checked = destination_input::check(outbox, new.kind, new.input, None)?;
    limit::ensure_room(conn, limit::Kind::Destination, most)?;
    let settings = serde_json::to_value(&checked.settings).map_err(Error::internal)?;
    let written = Written {
        name: &new.name,
        kind: new.kind.as_str(),
        enabled: new.enabled,
        address: &checked.address,
        settings: &settings,
    };
    let id = store::insert(conn, &written).on_constraint("alert_destinations_name_key", name_taken)?;
    let changed_secret = write_secret(conn, outbox, id, &checked.secret)?;
    let destination = get_destination(permit, conn, id)?;
    let summary = format!("Made the alert destination {}.", destination.name);
    let entry = entry(Action::AlertDestinationCreated, &destination).summary(summary);
    audit::record(conn, ctx, entry.metadata("secret_changed", changed_secret))?;
    Ok(destination)
}

/// What is to change of a destination; what is left out stays.
#[derive(Debug)]
pub struct DestinationChange {
    /// What people call it.
    pub name: Option<String>,
    /// Whether anything is sent there.
    pub enabled: Option<bool>,
    /// What its kind needs.
    pub input: DestinationInput,
}

/// Changes a destination. Errors: 404; 412 on another version; 422, 409 as for a new one.
pub fn update_destination(
    ctx: &Ctx,
    permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    outbox: &Outbox,
    (id, expected): (i64, Option<&[String]>),
    change: DestinationChange,
) -> Result<Destination> {
    let before = lock(conn, id, expected)?;
    let name = change.name.unwrap_or_else(|| before.name.clone());
    ensure_name(&name)?;
    let kind = DestinationKind::parse(&before.kind)?;
    let settings: Settings = serde_json::from_value(before.settings.clone()).map_err(Error::internal)?;
    let present = Present { address: before.address.clone(), settings };
    let Checked { address, settings, secret } = destination_input::check(outbox, kind, change.input, Some(present))?;
    let settings = serde_json::to_value(&settings).map_err(Error::internal)?;
    let enabled = change.enabled.unwrap_or(before.enabled);
    let written = Written { name: &name, kind: &before.kind, enabled, address: &address, settings: &settings };
    store::update(conn, id, &written).on_constraint("alert_destinations_name_key", name_taken)?;
    let secret_changed = write_secret(conn, outbox, id, &secret)?;
    let destination = get_destination(permit, conn, id)?;
    let verb = match (before.enabled, enabled) {
        (true, false) => "Disabled",
        (false, true) => "Enabled",
        _ => "Changed",
    };
    let entry = entry(Action::AlertDestinationUpdated, &destination)
        .summary(format!("{verb} the alert destination {name}."))
        .metadata("previous_name", &before.name)
        .metadata("previous_address", &before.address)
        .metadata("previous_enabled", before.enabled)
        .metadata("secret_changed", secret_changed);
    audit::record(conn, ctx, entry)?;
    Ok(destination)
}

/// Removes a destination; rules lose it, and what was still to be sent there is not. Errors: 404; 412 on another version.
pub fn delete_destination(
    ctx: &Ctx,
    _permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    id: i64,
    expected: Option<&[String]>,
) -> Result<()> {
    let destination = Destination::of(lock(conn, id, expected)?)?;
    let suppressed = store::suppress_pending(conn, id, reason::DESTINATION_DELETED.code)?;
    store::delete(conn, id)?;
    let entry = entry(Action::AlertDestinationDeleted, &destination)
        .summary(format!("Removed the alert destination {}.", destination.name))
        .metadata("rule_names", &destination.rule_names)
        .metadata("suppressed_deliveries", suppressed);
    audit::record(conn, ctx, entry)
}

fn lock(conn: &mut PgConnection, id: i64, expected: Option<&[String]>) -> Result<DestinationRow> {
    let row = store::lock(conn, id)?.ok_or_else(Error::not_found)?;
    expect(row.version, expected, "The destination")?;
    Ok(row)
}

/// Holds the caller's versions against the present one.
pub(super) fn expect(version: i64, expected: Option<&[String]>, what: &str) -> Result<()> {
    match expected {
        Some(versions) if !versions.contains(&version.to_string()) => {
            let detail = format!("{what} has been changed since you read it. Read it again and decide again.");
            Err(Error::new(Code::PreconditionFailed, detail))
        }
        _ => Ok(()),
    }
}

/// The secret is bound to the row, so it is written once that has its id.
fn write_secret(conn: &mut PgConnection, outbox: &Outbox, id: i64, secret: &Secret) -> Result<bool> {
    match secret {
        Secret::Keep => Ok(false),
        Secret::Remove => store::set_secret(conn, id, None).map(|()| false).map_err(Into::into),
        Secret::Replace(text) => {
            let (key, sealed) = outbox.sealer.seal(&sealing::context(id), text)?;
            store::set_secret(conn, id, Some((&key, &sealed)))?;
            Ok(true)
        }
    }
}

fn ensure_name(name: &str) -> Result<()> {
    let mut wrong = Vec::new();
    check_name(name, &mut wrong);
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Checks for 1 to 100 characters of one line, without outer white space.
pub(super) fn check_name(name: &str, wrong: &mut Vec<FieldError>) {
    if name.trim() != name || !(1..=100).contains(&name.chars().count()) || !is_one_line(name) {
        let message = "1 to 100 characters are expected, without outer white space and control characters.".to_owned();
        wrong.push(FieldError { pointer: "/name".to_owned(), code: "length".to_owned(), message });
    }
}

fn name_taken() -> Error {
    Error::new(Code::NameTaken, "There is an alert destination of this name.")
}

fn entry(action: Action, destination: &Destination) -> Entry {
    Entry::new(action)
        .target("alert_destination", destination.id, &destination.name)
        .metadata("kind", destination.kind)
        .metadata("address", &destination.address)
        .metadata("enabled", destination.enabled)
}
