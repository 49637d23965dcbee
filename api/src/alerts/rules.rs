//! Making, changing, removing and reading rules. Each change is audited with what it changed.

use super::event::EventKind;
use super::rule::{Rule, RuleTerms};
use super::store::rules as store;
use super::{destinations, limit, quiet_hours};
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::AlertsManage;
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::db::page::{Page, PageRequest};
use crate::error::{Code, Error, FieldError, Result};
use diesel::PgConnection;
use serde_json::{Value, json};

/// Most destinations of a rule, and most ids of any of its lists.
pub(super) const MOST: usize = 50;

/// Rules, the oldest first.
pub fn list_rules(_permit: &Permit<AlertsManage>, conn: &mut PgConnection, page: PageRequest) -> Result<Page<Rule>> {
    let rows: Result<Vec<Rule>> = store::list(conn, page)?.into_iter().map(Rule::of).collect();
    Ok(Page::of(rows?, page, |rule| rule.id))
}

/// One rule. Errors: 404.
pub fn get_rule(_permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64) -> Result<Rule> {
    Rule::of(store::find(conn, id)?.ok_or_else(Error::not_found)?)
}

/// Creates a rule. `known_types` are the operations that rules can name, `most` is the limit of the installation. Errors: 422 on
/// what it cannot say, 409 `name-taken`, `limit-reached`.
pub fn create_rule(
    ctx: &Ctx,
    permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    terms: &RuleTerms,
    known_types: &[&str],
    most: i64,
) -> Result<Rule> {
    check(conn, terms, known_types)?;
    limit::ensure_room(conn, limit::Kind::Rule, most)?;
    let id = store::insert(conn, terms).on_constraint("alert_rules_name_key", name_taken)?;
    let rule = get_rule(permit, conn, id)?;
    let summary = format!("Made the alert rule {}.", rule.name);
    audit::record(conn, ctx, entry(Action::AlertRuleCreated, &rule).summary(summary).metadata("rule", describe(&rule)))?;
    Ok(rule)
}

/// Puts other terms in place of those it has. Errors: 404; 412 on another version; 422, 409 as for a new one.
pub fn update_rule(
    ctx: &Ctx,
    permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    (id, expected): (i64, Option<&[String]>),
    change: impl FnOnce(&Rule) -> RuleTerms,
    known_types: &[&str],
) -> Result<Rule> {
    let before = lock(permit, conn, id, expected)?;
    let terms = change(&before);
    check(conn, &terms, known_types)?;
    store::update(conn, id, &terms).on_constraint("alert_rules_name_key", name_taken)?;
    let rule = get_rule(permit, conn, id)?;
    let verb = match (before.enabled, rule.enabled) {
        (true, false) => "Disabled",
        (false, true) => "Enabled",
        _ => "Changed",
    };
    let entry = entry(Action::AlertRuleUpdated, &rule).summary(format!("{verb} the alert rule {}.", rule.name));
    audit::record(conn, ctx, entry.metadata("previous", describe(&before)).metadata("rule", describe(&rule)))?;
    Ok(rule)
}

/// Removes a rule; what it has written stays. Errors: 404; 412 on another version.
pub fn delete_rule(
    ctx: &Ctx,
    permit: &Permit<AlertsManage>,
    conn: &mut PgConnection,
    id: i64,
    expected: Option<&[String]>,
) -> Result<()> {
    let rule = lock(permit, conn, id, expected)?;
    store::delete(conn, id)?;
    let summary = format!("Removed the alert rule {}.", rule.name);
    audit::record(conn, ctx, entry(Action::AlertRuleDeleted, &rule).summary(summary).metadata("previous", describe(&rule)))
}

fn lock(permit: &Permit<AlertsManage>, conn: &mut PgConnection, id: i64, expected: Option<&[String]>) -> Result<Rule> {
    if !store::lock(conn, id)? {
        return Err(Error::not_found());
    }
    let rule = get_rule(permit, conn, id)?;
    destinations::expect(rule.version, expected, "The rule")?;
    Ok(rule)
}

fn check(conn: &mut PgConnection, terms: &RuleTerms, known_types: &[&str]) -> Result<()> {
    let mut wrong: Vec<FieldError> = Vec::new();
    destinations::check_name(&terms.name, &mut wrong);
    let unknown_event = |id: &String| EventKind::find(id).is_none();
    check_list(&mut wrong, "events", &terms.events, unknown_event, "A kind of event as GET /alerts/events lists it is expected.");
    let unknown_type = |kind: &String| !known_types.contains(&kind.as_str());
    check_list(&mut wrong, "operation_types", &terms.operation_types, unknown_type, "The key of a runbook is expected.");
    let workspaces = store::list_unknown_workspaces(conn, &terms.workspace_ids)?;
    let expected = "The id of a workspace as GET /workspaces lists it is expected.";
    check_list(&mut wrong, "workspace_ids", &terms.workspace_ids, |id| workspaces.contains(id), expected);
    let unknown = store::list_unknown_destinations(conn, &terms.destination_ids)?;
    let expected = "The id of a destination as GET /alerts/destinations lists it is expected.";
    check_list(&mut wrong, "destination_ids", &terms.destination_ids, |id| unknown.contains(id), expected);
    for (name, is_empty) in [("events", terms.events.is_empty()), ("destination_ids", terms.destination_ids.is_empty())] {
        if is_empty {
            wrong.push(field(format!("/{name}"), "length", "At least one is expected."));
        }
    }
    if !(0..=604_800).contains(&terms.cooldown_seconds) {
        wrong.push(field("/cooldown_seconds".to_owned(), "range", "0 to 604800 seconds (a week) are expected."));
    }
    if let Some(quiet) = &terms.quiet_hours {
        wrong.extend(quiet.check());
        if quiet.time_zone.len() > 60 || !store::is_time_zone(conn, &quiet.time_zone)? {
            wrong.push(quiet_hours::error("time_zone", "unknown", "The IANA name of a time zone is expected, as Europe/Berlin."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Each member is known and there once, and there are not too many.
fn check_list<T: PartialEq>(
    wrong: &mut Vec<FieldError>,
    name: &str,
    items: &[T],
    is_unknown: impl Fn(&T) -> bool,
    expected: &str,
) {
    if items.len() > MOST {
        wrong.push(field(format!("/{name}"), "length", &format!("At most {MOST} are expected.")));
    }
    for (at, item) in items.iter().enumerate() {
        if is_unknown(item) {
            wrong.push(field(format!("/{name}/{at}"), "unknown", expected));
        } else if items.iter().take(at).any(|other| other == item) {
            wrong.push(field(format!("/{name}/{at}"), "duplicate", "It stands in the list before; once is enough."));
        }
    }
}

fn field(pointer: String, code: &str, message: &str) -> FieldError {
    FieldError { pointer, code: code.to_owned(), message: message.to_owned() }
}

fn name_taken() -> Error {
    Error::new(Code::NameTaken, "There is an alert rule of this name.")
}

fn entry(action: Action, rule: &Rule) -> Entry {
    Entry::new(action).target("alert_rule", rule.id, &rule.name)
}

/// What audit keeps of it.
fn describe(rule: &Rule) -> Value {
    json!({
        "name": rule.name, "enabled": rule.enabled, "events": rule.events, "minimum_severity": rule.minimum_severity,
        "workspace_ids": rule.workspace_ids, "operation_types": rule.operation_types,
        "destination_ids": rule.destinations.iter().map(|one| one.id).collect::<Vec<_>>(),
        "cooldown_seconds": rule.cooldown_seconds, "quiet_hours": rule.quiet_hours,
    })
}
