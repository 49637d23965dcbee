//! Administration of customers' users (ACC-09, ACC-11).

use super::capability::OperatorsManage;
use super::operators::{checked_email, checked_name};
use super::sign_in::normalise_email;
use super::token_owner::OwnerId;
use super::{Permit, password, store};
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;

/// A user as administration shows them.
#[derive(Debug, Serialize)]
pub struct UserAccount {
    /// `users.id`.
    pub id: i64,
    /// Normalised e-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Whether they can sign in.
    pub active: bool,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Creates a user, who is nobody anywhere yet. Errors: 422 on a wrong field, 409 `name-taken`.
pub fn create(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    (email, name): (&str, &str),
    password: &str,
) -> Result<UserAccount> {
    let email = checked_email(email)?;
    let name = checked_name(name)?;
    let id = store::insert_user(conn, &email, name, &password::hash(password)?)
        .on_constraint("users_email_key", || Error::new(Code::NameTaken, format!("A user {email} exists already.")))?;
    audit::record(conn, ctx, entry(Action::UserCreated, id, &email))?;
    find(conn, &email)
}

/// All users, by e-mail address.
pub fn list(_permit: &Permit<OperatorsManage>, conn: &mut PgConnection) -> Result<Vec<UserAccount>> {
    Ok(store::list_users(conn, None)?)
}

/// Ends the account, all its sessions and API tokens, at once on every node.
pub fn deactivate(ctx: &Ctx, _permit: &Permit<OperatorsManage>, conn: &mut PgConnection, email: &str) -> Result<UserAccount> {
    let user = find(conn, email)?;
    if user.active {
        store::deactivate_user(conn, user.id)?;
        store::revoke_user_sessions(conn, user.id)?;
        store::revoke_api_tokens(conn, OwnerId::User(user.id))?;
        audit::record(conn, ctx, entry(Action::UserDeactivated, user.id, &user.email))?;
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
) -> Result<UserAccount> {
    let user = find(conn, email)?;
    store::update_user_password(conn, user.id, &password::hash(password)?)?;
    store::revoke_user_sessions(conn, user.id)?;
    store::revoke_api_tokens(conn, OwnerId::User(user.id))?;
    audit::record(conn, ctx, entry(Action::UserPasswordSet, user.id, &user.email))?;
    find(conn, email)
}

/// The user with this address. Errors: 404.
pub fn find(conn: &mut PgConnection, email: &str) -> Result<UserAccount> {
    let email = normalise_email(email);
    let found = store::list_users(conn, Some(&email))?.pop();
    found.ok_or_else(|| Error::new(Code::NotFound, format!("There is no user {email}.")))
}

fn entry(action: Action, id: i64, email: &str) -> Entry {
    Entry::new(action).target("user", id, email)
}
