//! `tenantatlas tenant create|list`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, all_pages, table};
use crate::auth::Permit;
use crate::config::Config;
use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use crate::tenancy::create_tenant::create_tenant;
use crate::tenancy::list_tenants::list_tenants;
use crate::tenancy::model::Tenant;
use diesel::{Connection, PgConnection};

/// Commands over tenants.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a tenant.
    Create {
        /// Directory id, unique in the installation.
        #[arg(long)]
        external_id: String,
        /// Display name.
        #[arg(long)]
        name: String,
        /// Slug of the workspace that owns it.
        #[arg(long, default_value = "default")]
        workspace: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the tenants that may be targeted.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| execute(conn, command)))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::Create { external_id, name, workspace, output } => {
            let permit = Permit::system("command line");
            let tenant = conn.transaction(|conn| create_tenant(&Ctx::cli(), &permit, conn, &workspace, &external_id, &name))?;
            output.print(&tenant, |tenant| format!("Created tenant {} ({}).", tenant.name, tenant.id))?;
        }
        Command::List { output } => {
            let rows =
                all_pages(|row: &Tenant| row.id, |page| list_tenants(&Permit::system("command line"), conn, None, None, page))?;
            output.print(&rows, |rows| {
                let cells = |t: &Tenant| vec![t.id.to_string(), t.external_id.clone(), t.name.clone(), t.workspace.name.clone()];
                table(&["ID", "DIRECTORY ID", "NAME", "WORKSPACE"], &rows.iter().map(cells).collect::<Vec<_>>())
            })?;
        }
    }
    Ok(Exit::Done)
}

/// The tenant that was meant: by directory id, else by number. Errors: 422 `unknown-tenant`.
pub(super) fn find_tenant(conn: &mut PgConnection, text: &str) -> Result<Tenant> {
    let found = crate::tenancy::find_allowed_tenant_by_reference(conn, text.trim())?;
    found.ok_or_else(|| Error::new(Code::UnknownTenant, format!("There is no tenant {text} that can be targeted.")))
}
