//! `tenantatlas migrate`

use super::database::{Absent, Database};
use super::exit::Exit;
use super::output::OutputArgs;
use crate::audit::{self, Action, Entry};
use crate::config::Config;
use crate::context::Ctx;
use crate::db::{migrate, rights};
use crate::error::Result;
use diesel::Connection;
use serde::Serialize;

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Let this role run the product without owning anything: it reads and writes rows, cannot change the audit log, and creates
    /// nothing. Later migrations give it what they make. A superuser takes it back with DROP OWNED BY and REVOKE tenantatlas_tenant.
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct Migrated {
    applied: Vec<String>,
    granted_to: Option<String>,
}

/// Runs what is pending and makes sure that the workspace `default` and its platform tenant exist.
pub fn run(config: &Config, args: &Args) -> Result<Exit> {
    let database = Database::open(config, Absent::Create)?;
    let (db, granted_to) = (database.connections(), args.grant_to.clone());
    let applied = db.run(migrate::migrate)?;
    if let Some(role) = &granted_to {
        db.run(|conn| {
            conn.transaction(|conn| {
                rights::grant(conn, role)?;
                let entry = Entry::new(Action::DatabaseRightsGranted).target("database_role", role, role);
                audit::record(conn, &Ctx::cli(), entry)
            })
        })?;
    }
    args.output.print(&Migrated { applied, granted_to }, told)?;
    Ok(Exit::Done)
}

fn told(done: &Migrated) -> String {
    let migrated = match done.applied.as_slice() {
        [] => "The database is at this version.".to_owned(),
        applied => format!("Applied: {}", applied.join(", ")),
    };
    match &done.granted_to {
        None => migrated,
        Some(role) => format!("{migrated}\n{role} may run the product."),
    }
}
