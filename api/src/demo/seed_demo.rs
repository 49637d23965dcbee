//! Seeding demo data.

use super::{people, store};
use crate::audit::{self, Action, Entry};
use crate::auth::capability::OperatorsManage;
use crate::auth::{Permit, password};
use crate::context::Ctx;
use crate::db::locks::{self, LockClass};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde::Serialize;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// Tenants.
    pub tenants: i32,
    /// Findings of all tenants together.
    pub findings: i64,
    /// What every choice derives from.
    pub seed: i64,
    /// Also beside tenants that are there.
    pub force: bool,
}

impl Default for Seed {
    fn default() -> Self {
        Self { tenants: 40, findings: 200_000, seed: 1, force: false }
    }
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// The seed.
    pub seed: i64,
    /// Workspaces that the tenants belong to.
    pub workspaces: usize,
    /// Tenants.
    pub tenants: usize,
    /// Findings.
    pub findings: usize,
    /// Product usage events of the days before.
    pub usage_events: usize,
    /// Who can sign in to the tenant plane.
    pub users: String,
    /// Their password; none where they were there already.
    pub password: Option<String>,
}

/// Makes demo data, inside the caller's transaction. Errors: 422 on numbers out of bounds, 409 `wrong-state` where data of
/// this seed is there, or tenants are and `force` is not given.
pub fn seed_demo(ctx: &Ctx, permit: &Permit<OperatorsManage>, conn: &mut PgConnection, seed: Seed) -> Result<Seeded> {
    if !(1..=10_000).contains(&seed.tenants) {
        return Err(Error::invalid_field("/tenants", "value", "A number from 1 to 10000 is expected."));
    }
    if !(0..=20_000_000).contains(&seed.findings) {
        return Err(Error::invalid_field("/findings", "value", "A number from 0 to 20000000 is expected."));
    }
    locks::lock(conn, LockClass::Singleton, "demo data")?;
    if store::is_seeded(conn, seed.seed)? {
        return Err(Error::new(Code::WrongState, format!("The demo data of seed {} is there already.", seed.seed)));
    }
    if !seed.force && store::has_tenants(conn)? {
        let detail = "There are tenants in this database. Demo data goes beside them only with --force.";
        return Err(Error::new(Code::WrongState, detail));
    }
    let workspaces = store::insert_workspaces(conn)?;
    let tenants = store::insert_tenants(conn, seed)?;
    let findings = store::insert_findings(conn, seed)?;
    let entry =
        Entry::new(Action::DemoSeeded).metadata("seed", seed.seed).metadata("tenants", tenants).metadata("findings", findings);
    audit::record(conn, ctx, entry)?;
    let password = password::generate();
    let are_new = people::insert(ctx, permit, conn, seed.seed, &password)?;
    let password = are_new.then_some(password);
    let usage_events = people::act(conn, seed.seed)?;
    Ok(Seeded { seed: seed.seed, workspaces, tenants, findings, usage_events, users: people::names(), password })
}
