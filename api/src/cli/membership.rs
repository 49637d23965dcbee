//! `tenantatlas membership set|list`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table};
use super::tenant::find_tenant;
use crate::auth::{Permit, Role};
use crate::config::Config;
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::tenancy::memberships;
use crate::tenancy::model::Member;
use crate::tenancy::{WorkspaceRef, find_workspace_by_reference};
use diesel::{Connection, PgConnection};
use serde::Serialize;

/// Commands over memberships.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Give a user a role in a tenant, or a place in a workspace; or take it away.
    Set(SetArgs),
    /// List who belongs where.
    List {
        /// Only this user's: e-mail address.
        #[arg(long)]
        user: Option<String>,
        /// Only this tenant's: directory id or number.
        #[arg(long)]
        tenant: Option<String>,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Whose membership changes, and how.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("place").required(true).args(["tenant", "workspace"])))]
pub struct SetArgs {
    /// E-mail address of the user.
    #[arg(long)]
    user: String,
    /// Directory id or number of the tenant.
    #[arg(long)]
    tenant: Option<String>,
    /// Slug or number of the workspace; it shows the user its name, and nothing of its tenants.
    #[arg(long)]
    workspace: Option<String>,
    /// owner, manager, operator or readonly, in a tenant.
    #[arg(long, value_parser = role, required_unless_present_any = ["remove", "workspace"], conflicts_with_all = ["remove", "workspace"])]
    role: Option<Role>,
    /// Take it away.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    output: OutputArgs,
}

fn role(text: &str) -> std::result::Result<Role, String> {
    Role::parse(text).ok_or_else(|| "owner, manager, operator or readonly is expected".to_owned())
}

#[derive(Serialize)]
struct Done {
    user: String,
    changed: bool,
    #[serde(skip)]
    sentence: String,
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| conn.transaction(|conn| execute(conn, command))))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::Set(args) => {
            let (changed, what) = set(conn, &args)?;
            let sentence = if changed { format!("{}: {what}.", args.user) } else { format!("{}: nothing to change.", args.user) };
            args.output.print(&Done { user: args.user, changed, sentence }, |done| done.sentence.clone())?;
        }
        Command::List { user, tenant, output } => {
            let tenant_id = tenant.map(|text| find_tenant(conn, &text)).transpose()?.map(|tenant| tenant.id);
            let rows = memberships::list_members(&Permit::system("command line"), conn, user.as_deref(), tenant_id)?;
            output.print(&rows, |rows| list(rows))?;
        }
    }
    Ok(Exit::Done)
}

fn set(conn: &mut PgConnection, args: &SetArgs) -> Result<(bool, String)> {
    let (ctx, permit) = (Ctx::cli(), Permit::system("command line"));
    if let Some(text) = &args.workspace {
        let workspace = find_workspace(conn, text)?;
        return Ok(match args.remove {
            true => (
                memberships::remove_workspace_membership(&ctx, &permit, conn, &args.user, &workspace)?,
                format!("no longer of the workspace {}", workspace.name),
            ),
            false => (
                memberships::add_workspace_membership(&ctx, &permit, conn, &args.user, &workspace)?,
                format!("of the workspace {}", workspace.name),
            ),
        });
    }
    let tenant = find_tenant(conn, args.tenant.as_deref().unwrap_or_default())?;
    Ok(match args.role {
        Some(role) => (
            memberships::set_tenant_membership(&ctx, &permit, conn, &args.user, &tenant, role)?,
            format!("{} of {}", role.as_str(), tenant.name),
        ),
        None => (
            memberships::remove_tenant_membership(&ctx, &permit, conn, &args.user, &tenant)?,
            format!("no longer a member of {}", tenant.name),
        ),
    })
}

fn find_workspace(conn: &mut PgConnection, text: &str) -> Result<WorkspaceRef> {
    let found = find_workspace_by_reference(conn, text.trim())?;
    found.ok_or_else(|| Error::invalid_field("/workspace", "unknown", format!("There is no workspace {text}.")))
}

fn list(rows: &[Member]) -> String {
    let cells = |row: &Member| {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let state = if row.active { "active" } else { "deactivated" };
        vec![row.email.clone(), row.workspace.name.clone(), or_dash(&row.tenant_name), or_dash(&row.role), state.to_owned()]
    };
    table(&["E-MAIL", "WORKSPACE", "TENANT", "ROLE", "STATE"], &rows.iter().map(cells).collect::<Vec<_>>())
}
