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

/// Tenants that are named where none or several fit.
const SUGGESTED: usize = 5;

/// Finds the tenant that was meant: by directory id, else by number, else by its whole name, whatever the case. Errors: 422
/// `unknown-tenant`, with tenants whose name is like it.
pub(super) fn find_tenant(conn: &mut PgConnection, text: &str) -> Result<Tenant> {
    let text = text.trim();
    if let Some(found) = crate::tenancy::find_allowed_tenant_by_reference(conn, text)? {
        return Ok(found);
    }
    let permit = Permit::system("command line");
    let alike = all_pages(|row: &Tenant| row.id, |page| list_tenants(&permit, conn, Some(text), None, page))?;
    let mut named = alike.iter().filter(|tenant| tenant.name.to_lowercase() == text.to_lowercase());
    match (named.next(), named.next()) {
        (Some(tenant), None) => Ok(tenant.clone()),
        (Some(_), Some(_)) => Err(unknown(format!("Several tenants are called {text}; name one by its number"), &alike)),
        (None, _) if alike.is_empty() => {
            Err(Error::new(Code::UnknownTenant, format!("There is no tenant {text} that can be targeted.")))
        }
        (None, _) => Err(unknown(format!("There is no tenant {text} that can be targeted; there are"), &alike)),
    }
}

fn unknown(sentence: String, alike: &[Tenant]) -> Error {
    let names: Vec<String> = alike.iter().take(SUGGESTED).map(|tenant| format!("{} ({})", tenant.name, tenant.id)).collect();
    Error::new(Code::UnknownTenant, format!("{sentence}: {}.", names.join(", ")))
}
