//! `tenantatlas demo seed`

use super::database::{Absent, Database};
use super::exit::Exit;
use super::output::OutputArgs;
use crate::auth::Permit;
use crate::config::Config;
use crate::context::Ctx;
use crate::db::migrate;
use crate::demo::{self, Seed, seed_demo};
use crate::error::Result;
use diesel::Connection;

/// Commands over demo data.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Load a believable data set of an older version; equal seeds give equal data on equal days.
    Seed(SeedArgs),
}

/// Arguments of `demo seed`.
#[derive(Debug, clap::Args)]
pub struct SeedArgs {
    /// Tenants.
    #[arg(long, default_value_t = 40)]
    tenants: i32,
    /// Findings of all tenants together.
    #[arg(long, default_value_t = 200_000)]
    findings: i64,
    /// What every choice derives from.
    #[arg(long, default_value_t = 1)]
    seed: i64,
    /// Also beside tenants that are there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    let Command::Seed(SeedArgs { tenants, findings, seed, force, output }) = command;
    let wanted = Seed { tenants, findings, seed, force };
    let permit = Permit::system("command line");
    let database = Database::open(config, Absent::Create)?;
    let db = database.connections();
    db.run(|conn| match database.is_private() {
        true => migrate::migrate(conn).map(|_| ()),
        false => migrate::ensure_current(conn),
    })?;
    let made = db.run(|conn| conn.transaction(|conn| seed_demo(&Ctx::cli(), &permit, conn, wanted)))?;
    output.print(&made, |made| {
        let password =
            made.password.as_ref().map_or("the password they have".to_owned(), |password| format!("password {password}"));
        format!(
            "Made {} workspaces, {} tenants, {} findings and {} product usage events (seed {}).\nCustomers' users: {}, with {password}",
            made.workspaces, made.tenants, made.findings, made.usage_events, made.seed, made.users
        )
    })?;
    Ok(Exit::Done)
}

/// Loads demo data into a database that has none: the private one, or another with `DEMO=1`. How to sign in, if the demo
/// is there.
pub fn load_once(config: &Config, database: &Database) -> Result<Option<String>> {
    if !database.is_private() && std::env::var("DEMO").as_deref() != Ok("1") {
        return Ok(None);
    }
    database.connections().run(|conn| demo::load_once(&Ctx::system(), conn, &config.data_dir, Seed::default()))
}
