//! `tenantatlas workspace create|list`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, all_pages, table};
use crate::auth::Permit;
use crate::config::Config;
use crate::context::Ctx;
use crate::error::Result;
use crate::tenancy::create_workspace::create_workspace;
use crate::tenancy::list_workspaces::list_workspaces;
use crate::tenancy::model::Workspace;
use diesel::{Connection, PgConnection};

/// Commands over workspaces.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a workspace.
    Create {
        /// Stable name: lower-case letters, digits and hyphens.
        #[arg(long)]
        slug: String,
        /// Display name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List workspaces.
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
        Command::Create { slug, name, output } => {
            let permit = Permit::system("command line");
            let id = conn.transaction(|conn| create_workspace(&Ctx::cli(), &permit, conn, &slug, &name))?;
            let created = serde_json::json!({ "id": id, "slug": slug, "name": name.trim() });
            output.print(&created, |_| format!("Created workspace {slug} ({id})."))?;
        }
        Command::List { output } => {
            let rows =
                all_pages(|row: &Workspace| row.id, |page| list_workspaces(&Permit::system("command line"), conn, None, page))?;
            output.print(&rows, |rows| {
                let cells = |w: &Workspace| vec![w.id.to_string(), w.slug.clone(), w.name.clone(), w.tenant_count.to_string()];
                table(&["ID", "SLUG", "NAME", "TENANTS"], &rows.iter().map(cells).collect::<Vec<_>>())
            })?;
        }
    }
    Ok(Exit::Done)
}
