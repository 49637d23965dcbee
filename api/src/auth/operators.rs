//! Administration of operators (ACC-09, ACC-11).

use super::capability;
use super::sign_in::normalise_email;
use super::token_owner::OwnerId;
use super::{Permit, capability::OperatorsManage, password, store};
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::error::{Code, Error, Result};
use crate::text::{is_one_line, steers};
use diesel::{PgConnection, QueryResult};
use serde::Serialize;
use time::OffsetDateTime;

/// An operator as administration shows them.
#[derive(Debug, Serialize)]
pub struct OperatorAccount {
    /// `platform_users.id`.
    pub id: i64,
    /// Normalised e-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Names of the capabilities held, sorted.
    pub capabilities: Vec<String>,
    /// Whether they can sign in.
    pub active: bool,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A new operator.
pub struct NewOperator {
    /// E-mail address, normalised here.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Capabilities by name.
    pub capabilities: Vec<String>,
    /// First password.
    pub password: String,
}

/// Creates an operator. Errors: 422 on a wrong field, 409 `name-taken`.
pub fn create(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    new: &NewOperator,
) -> Result<OperatorAccount> {
    let email = checked_email(&new.email)?;
    let name = checked_name(&new.name)?;
    let capabilities = checked_capabilities(&new.capabilities)?;
    let hash = password::hash(&new.password)?;
    let id = store::insert_operator(conn, &email, name, &hash).on_constraint("platform_users_email_key", || {
        Error::new(Code::NameTaken, format!("An operator {email} exists already."))
    })?;
    for capability in &capabilities {
        store::insert_capability(conn, id, capability)?;
    }
    audit::record(conn, ctx, entry(Action::OperatorCreated, id, &email).metadata("capabilities", &capabilities))?;
    find(conn, &email)
}

/// All operators, by e-mail address.
pub fn list(_permit: &Permit<OperatorsManage>, conn: &mut PgConnection) -> Result<Vec<OperatorAccount>> {
    Ok(store::list_operators(conn)?)
}

/// Gives capabilities; giving one again changes nothing.
pub fn grant(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    capabilities: &[String],
) -> Result<OperatorAccount> {
    change(ctx, conn, email, capabilities, (Action::CapabilityGranted, store::insert_capability))
}

/// Takes capabilities away, at once on every node.
pub fn revoke(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    capabilities: &[String],
) -> Result<OperatorAccount> {
    change(ctx, conn, email, capabilities, (Action::CapabilityRevoked, store::delete_capability))
}

/// Writes one capability of an operator; whether that changed anything.
type Write = fn(&mut PgConnection, i64, &str) -> QueryResult<bool>;

fn change(
    ctx: &Ctx,
    conn: &mut PgConnection,
    email: &str,
    capabilities: &[String],
    (action, write): (Action, Write),
) -> Result<OperatorAccount> {
    let operator = find(conn, email)?;
    for capability in checked_capabilities(capabilities)? {
        if write(conn, operator.id, capability)? {
            audit::record(conn, ctx, entry(action, operator.id, &operator.email).metadata("capability", capability))?;
        }
    }
    find(conn, email)
}

/// Ends the account, all its sessions and API tokens, at once on every node.
pub fn deactivate(ctx: &Ctx, _permit: &Permit<OperatorsManage>, conn: &mut PgConnection, email: &str) -> Result<OperatorAccount> {
    let operator = find(conn, email)?;
    if operator.active {
        store::deactivate_operator(conn, operator.id)?;
        store::revoke_operator_sessions(conn, operator.id)?;
        store::revoke_api_tokens(conn, OwnerId::Operator(operator.id))?;
        audit::record(conn, ctx, entry(Action::OperatorDeactivated, operator.id, &operator.email))?;
    }
    find(conn, email)
}

/// Replaces the password and ends all sessions and API tokens: whoever knew the old one may have made them.
pub fn set_password(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    email: &str,
    password: &str,
) -> Result<OperatorAccount> {
    let operator = find(conn, email)?;
    store::update_password(conn, operator.id, &password::hash(password)?)?;
    store::revoke_operator_sessions(conn, operator.id)?;
    store::revoke_api_tokens(conn, OwnerId::Operator(operator.id))?;
    audit::record(conn, ctx, entry(Action::PasswordSet, operator.id, &operator.email))?;
    find(conn, email)
}

fn find(conn: &mut PgConnection, email: &str) -> Result<OperatorAccount> {
    let email = normalise_email(email);
    let found = store::list_operators(conn)?.into_iter().find(|operator| operator.email == email);
    found.ok_or_else(|| Error::new(Code::NotFound, format!("There is no operator {email}.")))
}

pub(super) fn checked_email(email: &str) -> Result<String> {
    let email = normalise_email(email);
    let plausible = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !plausible || email.chars().count() > 254 || email.chars().any(|c| c.is_whitespace() || steers(c)) {
        return Err(Error::invalid_field("/email", "value", "An e-mail address of at most 254 characters is expected."));
    }
    Ok(email)
}

pub(super) fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    match name.is_empty() || name.chars().count() > 200 || !is_one_line(name) {
        true => Err(Error::invalid_field("/name", "length", "A name has 1 to 200 characters, none of them a control character.")),
        false => Ok(name),
    }
}

fn checked_capabilities(names: &[String]) -> Result<Vec<&'static str>> {
    let known = || capability::ALL.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    let check = |name: &String| {
        capability::find(name).map(|entry| entry.name).ok_or_else(|| {
            Error::invalid_field("/capability", "unknown", format!("There is no capability {name}. Known are: {}.", known()))
        })
    };
    names.iter().map(check).collect()
}

fn entry(action: Action, id: i64, email: &str) -> Entry {
    Entry::new(action).target("operator", id, email)
}
