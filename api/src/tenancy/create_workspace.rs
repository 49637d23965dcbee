//! Creating a workspace (ACC-11).

use super::store;
use crate::audit::{self, Action, Entry};
use crate::auth::Permit;
use crate::auth::capability::OperatorsManage;
use crate::context::Ctx;
use crate::db::errors::OnConstraint;
use crate::error::{Code, Error, Result};
use crate::text::is_one_line;
use diesel::PgConnection;

/// Creates a workspace and returns its id. Errors: 422 on a wrong slug or name, 409 `name-taken`.
pub fn create_workspace(
    ctx: &Ctx,
    _permit: &Permit<OperatorsManage>,
    conn: &mut PgConnection,
    slug: &str,
    name: &str,
) -> Result<i64> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > 63 || !slug.chars().all(plain) || slug.starts_with('-') || slug.ends_with('-') {
        let expected = "A slug has 1 to 63 lower-case letters, digits and inner hyphens.";
        return Err(Error::invalid_field("/slug", "value", expected));
    }
    let name = checked_name(name)?;
    let id = store::insert_workspace(conn, slug, name)
        .on_constraint("workspaces_slug_key", || Error::new(Code::NameTaken, format!("A workspace {slug} exists already.")))?;
    audit::record(conn, ctx, Entry::new(Action::WorkspaceCreated).target("workspace", id, name).scope(Some(id), None))?;
    Ok(id)
}

/// A display name: 1 to 200 characters without outer white space.
pub(super) fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    match name.is_empty() || name.chars().count() > 200 || !is_one_line(name) {
        true => Err(Error::invalid_field("/name", "length", "A name has 1 to 200 characters, none of them a control character.")),
        false => Ok(name),
    }
}
