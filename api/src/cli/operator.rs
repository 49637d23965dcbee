//! `tenantatlas operator create|list|grant|revoke|deactivate|set-password`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table};
use super::password::PasswordArgs;
use super::words;
use crate::auth::Permit;
use crate::auth::operator_role::OperatorRole;
use crate::auth::operators::{self, NewOperator, OperatorAccount};
use crate::config::Config;
use crate::context::Ctx;
use crate::error::Result;
use clap::Args;
use diesel::{Connection, PgConnection};

/// Commands over operators.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create an operator; the password is asked for, or read from standard input.
    #[command(after_help = "Example:\n  tenantatlas operator create --email you@example.com --name You --role admin")]
    Create {
        /// E-mail address.
        #[arg(long)]
        email: String,
        /// Display name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        rights: RightsArgs,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List operators.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Give capabilities.
    Grant(CapabilityArgs),
    /// Take capabilities away.
    Revoke(CapabilityArgs),
    /// End an account and its sessions.
    Deactivate {
        /// E-mail address.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Replace a password and end all sessions and API tokens of the account.
    SetPassword {
        /// E-mail address.
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Whose capabilities change, and which.
#[derive(Debug, Args)]
pub struct CapabilityArgs {
    /// E-mail address.
    #[arg(long)]
    email: String,
    /// Capability; repeatable.
    #[arg(long = "capability", required = true, value_parser = words::capabilities())]
    capabilities: Vec<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Capabilities of a new operator: those of a role, and others beside.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct RightsArgs {
    /// Set of capabilities: viewer looks, operator runs and pauses as well, admin has all but break-glass.
    #[arg(long, value_parser = words::operator_roles())]
    role: Option<String>,
    /// Capability; repeatable.
    #[arg(long = "capability", value_parser = words::capabilities())]
    capabilities: Vec<String>,
}

impl RightsArgs {
    fn capabilities(self) -> Vec<String> {
        let role = self.role.as_deref().and_then(OperatorRole::parse);
        let of_role = role.map(OperatorRole::capabilities).unwrap_or_default().into_iter().map(|entry| entry.name.to_owned());
        let mut all: Vec<String> = of_role.chain(self.capabilities).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| conn.transaction(|conn| execute(conn, command))))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    let ctx = Ctx::cli();
    let permit = Permit::system("command line");
    match command {
        Command::List { output } => output.print(&operators::list(&permit, conn)?, |rows| list(rows))?,
        Command::Create { email, name, rights, password, output } => {
            let new = NewOperator { email, name, capabilities: rights.capabilities(), password: password.read()? };
            output.print(&operators::create(&ctx, &permit, conn, &new)?, |o| format!("Created operator {}.", o.email))?;
        }
        Command::Grant(args) => {
            let operator = operators::grant(&ctx, &permit, conn, &args.email, &args.capabilities)?;
            args.output.print(&operator, describe)?;
        }
        Command::Revoke(args) => {
            let operator = operators::revoke(&ctx, &permit, conn, &args.email, &args.capabilities)?;
            args.output.print(&operator, describe)?;
        }
        Command::Deactivate { email, output } => {
            let operator = operators::deactivate(&ctx, &permit, conn, &email)?;
            output.print(&operator, |o| format!("Deactivated {} and ended their sessions and API tokens.", o.email))?;
        }
        Command::SetPassword { email, password, output } => {
            let operator = operators::set_password(&ctx, &permit, conn, &email, &password.read()?)?;
            output.print(&operator, |o| format!("Set the password of {} and ended their sessions and API tokens.", o.email))?;
        }
    }
    Ok(Exit::Done)
}

fn describe(operator: &OperatorAccount) -> String {
    format!("{} holds: {}", operator.email, operator.capabilities.join(", "))
}

fn list(rows: &[OperatorAccount]) -> String {
    let state = |active: bool| if active { "active" } else { "deactivated" }.to_owned();
    let cells = |o: &OperatorAccount| vec![o.email.clone(), o.name.clone(), state(o.active), o.capabilities.join(" ")];
    table(&["E-MAIL", "NAME", "STATE", "CAPABILITIES"], &rows.iter().map(cells).collect::<Vec<_>>())
}
