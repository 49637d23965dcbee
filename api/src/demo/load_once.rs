//! Loading the demo once, with an operator to sign in as.

use super::seed_demo::{Seed, seed_demo};
use super::{people, store};
use crate::auth::{Permit, capability, operators, password};
use crate::context::Ctx;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use diesel::{Connection, PgConnection};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const EMAIL: &str = "operator@demo.example";
/// File in the data directory with the operator's password.
const CREDENTIALS: &str = "demo-credentials";

/// Loads the demo into a database that has neither tenants nor operators. Says how to sign in, if the demo is there.
/// Several servers may do this at once. What is there is told by the database alone.
pub fn load_once(ctx: &Ctx, conn: &mut PgConnection, data_dir: &Path, seed: Seed) -> Result<Option<String>> {
    conn.transaction(|conn| {
        locks::lock(conn, LockClass::Singleton, "demo data")?;
        if let Some(known) = store::find_sign_in(conn, EMAIL)? {
            let user = store::find_user_sign_in(conn, people::FIRST)?.filter(|user| user.is_active);
            return Ok(known.is_active.then(|| remind(&known, user.as_ref(), &data_dir.join(CREDENTIALS))));
        }
        if store::has_operators(conn)? || store::has_tenants(conn)? {
            return Ok(None);
        }
        load(ctx, conn, data_dir, seed).map(Some)
    })
}

fn load(ctx: &Ctx, conn: &mut PgConnection, data_dir: &Path, seed: Seed) -> Result<String> {
    let permit = Permit::system("demo data");
    let seeded = seed_demo(ctx, &permit, conn, seed)?;
    let operator = operators::NewOperator {
        email: EMAIL.to_owned(),
        name: "Demo operator".to_owned(),
        capabilities: capability::ALL.iter().map(|entry| entry.name.to_owned()).collect(),
        password: seeded.password.unwrap_or_else(password::generate),
    };
    operators::create(ctx, &permit, conn, &operator)?;
    keep(data_dir, &operator.password).map_err(Error::internal)?;
    Ok(format!("{}\n{}", sign_in_with(&operator.password), users_with(&format!("password {}", operator.password))))
}

fn sign_in_with(password: &str) -> String {
    format!("Sign in as {EMAIL} with password {password}")
}

/// What a later start says. The password may have been changed since, or lie on another machine.
fn remind(operator: &store::SignIn, user: Option<&store::SignIn>, credentials: &Path) -> String {
    let kept = std::fs::read_to_string(credentials).map(|kept| kept.trim().to_owned()).unwrap_or_default();
    let is_of = |known: &store::SignIn| password::verify(&kept, Some(&known.password_hash));
    let first = match is_of(operator) {
        true => sign_in_with(&kept),
        false => format!("Sign in as {EMAIL}; set a new password with: tenantatlas operator set-password --email {EMAIL}"),
    };
    match user {
        None => first,
        Some(user) if is_of(user) => format!("{first}\n{}", users_with(&format!("password {kept}"))),
        Some(_) => format!("{first}\n{}", users_with("a password set with: tenantatlas user set-password --email …")),
    }
}

fn users_with(password: &str) -> String {
    format!("Customers' users: {}, with {password}", people::names())
}

/// Writes the password where only the owner can read it.
fn keep(data_dir: &Path, password: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(data_dir)?;
    let path = data_dir.join(CREDENTIALS);
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{password}")
}
