//! `tenantatlas user create|list|deactivate|set-password`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table};
use super::password::PasswordArgs;
use crate::auth::Permit;
use crate::auth::users::{self, UserAccount};
use crate::config::Config;
use crate::context::Ctx;
use crate::error::Result;
use diesel::{Connection, PgConnection};

/// Commands over customers' users.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a user; the password is asked for, or read from standard input.
    Create {
        /// E-mail address.
        #[arg(long)]
        email: String,
        /// Display name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List users.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
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

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| conn.transaction(|conn| execute(conn, command))))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    let ctx = Ctx::cli();
    let permit = Permit::system("command line");
    match command {
        Command::List { output } => output.print(&users::list(&permit, conn)?, |rows| list(rows))?,
        Command::Create { email, name, password, output } => {
            let user = users::create(&ctx, &permit, conn, (&email, &name), &password.read()?)?;
            output.print(&user, |user| format!("Created user {}.", user.email))?;
        }
        Command::Deactivate { email, output } => {
            let user = users::deactivate(&ctx, &permit, conn, &email)?;
            output.print(&user, |user| format!("Deactivated {} and ended their sessions and API tokens.", user.email))?;
        }
        Command::SetPassword { email, password, output } => {
            let user = users::set_password(&ctx, &permit, conn, &email, &password.read()?)?;
            output.print(&user, |user| format!("Set the password of {} and ended their sessions and API tokens.", user.email))?;
        }
    }
    Ok(Exit::Done)
}

fn list(users: &[UserAccount]) -> String {
    let state = |user: &UserAccount| if user.active { "active" } else { "deactivated" };
    let cells = |user: &UserAccount| vec![user.email.clone(), user.name.clone(), state(user).to_owned()];
    table(&["E-MAIL", "NAME", "STATE"], &users.iter().map(cells).collect::<Vec<_>>())
}
