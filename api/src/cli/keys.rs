//! `tenantatlas keys list|rotate|retire`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, line, table};
use crate::auth::Permit;
use crate::auth::signing_keys::{self, SigningKey};
use crate::config::Config;
use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use diesel::{Connection, PgConnection};
use time::format_description::well_known::Rfc3339;

/// Commands over the keys that sign sessions.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the keys kept in the database, the signing one first.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Make a new key, which signs from now on; the others go by themselves when nothing hangs on them any more.
    Rotate {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Take a key away that somebody else may know: what it signed ends.
    Retire {
        /// Id of the key.
        id: String,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    if !config.signing_keys.is_empty() {
        let how = "The keys are those of TENANTATLAS_SIGNING_KEYS. To rotate, add a key at its end and restart every node, then put \
                   it first and restart every node again; take the old one out a day later. \
                   API tokens that were not used since then end with it.";
        return Err(Error::new(Code::ValidationFailed, how));
    }
    with_database(config, |db| db.run(|conn| conn.transaction(|conn| execute(conn, command))))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    let (ctx, permit) = (Ctx::cli(), Permit::system("command line"));
    match command {
        Command::List { output } => output.print(&signing_keys::list(&permit, conn)?, |keys| list(keys))?,
        Command::Rotate { output } => {
            output.print(&signing_keys::rotate(&ctx, &permit, conn)?, |key| format!("Key {} signs from now on.", key.id))?;
        }
        Command::Retire { id } => {
            signing_keys::retire(&ctx, &permit, conn, &id)?;
            line(&format!("Took key {id} away. Every node goes by that within a minute."))?;
        }
    }
    Ok(Exit::Done)
}

fn list(keys: &[SigningKey]) -> String {
    let made =
        |key: &SigningKey| key.created_at.replace_nanosecond(0).unwrap_or(key.created_at).format(&Rfc3339).unwrap_or_default();
    let does = |key: &SigningKey| if key.signs { "signs" } else { "verifies" }.to_owned();
    let cells = |key: &SigningKey| vec![key.id.clone(), does(key), made(key), key.api_tokens.to_string()];
    table(&["ID", "DOES", "MADE", "API TOKENS"], &keys.iter().map(cells).collect::<Vec<_>>())
}
