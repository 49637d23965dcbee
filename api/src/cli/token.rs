//! `tenantatlas token create|list|revoke`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, all_pages, table};
use crate::auth::Identity;
use crate::auth::act_as::act_as;
use crate::auth::api_tokens::{self, ApiToken, NewApiToken};
use crate::auth::capability::AccessSystemPanel;
use crate::auth::keys::Keys;
use crate::auth::token_owner::TokenOwner;
use crate::config::Config;
use crate::context::Ctx;
use crate::db::id::id_of_argument;
use crate::error::Result;
use clap::Args;
use diesel::{Connection, PgConnection};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Commands over API tokens.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a token for a program; its text is printed once.
    Create {
        #[command(flatten)]
        owner: OwnerArgs,
        /// What it is called.
        #[arg(long)]
        name: String,
        /// Capability that its owner holds; repeatable.
        #[arg(long = "capability", required = true)]
        capabilities: Vec<String>,
        /// Days until it ends, 1 to 365.
        #[arg(long, default_value_t = api_tokens::DEFAULT_DAYS)]
        days: i32,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List the tokens of an operator or user.
    List {
        #[command(flatten)]
        owner: OwnerArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// End a token.
    Revoke {
        /// Number of the token.
        #[arg(value_parser = id_of_argument)]
        id: i64,
        #[command(flatten)]
        owner: OwnerArgs,
    },
}

/// Whose tokens.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct OwnerArgs {
    /// Operator for whom you act, by e-mail address.
    #[arg(long = "as", value_name = "EMAIL")]
    operator: Option<String>,
    /// Customer's user for whom you act, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
}

impl OwnerArgs {
    fn find(&self, conn: &mut PgConnection) -> Result<(Ctx, TokenOwner)> {
        if let Some(email) = &self.user {
            let (user, owner) = TokenOwner::user_on_behalf(conn, email)?;
            return Ok((Ctx::on_command_line(user.user().actor()), owner));
        }
        let (ctx, permit) = act_as::<AccessSystemPanel>(conn, self.operator.as_deref().unwrap_or_default())?;
        Ok((ctx, TokenOwner::operator(&permit)?))
    }
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| conn.transaction(|conn| execute(config, conn, command))))
}

fn execute(config: &Config, conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::Create { owner, name, capabilities, days, output } => {
            let (ctx, owner) = owner.find(conn)?;
            let keys = Keys::load_on(&config.signing_keys, conn)?;
            let new = NewApiToken { name, capabilities, expires_in_days: Some(days) };
            let (token, secret) = api_tokens::create_api_token(&ctx, &owner, conn, &keys, &new)?;
            output.print(&json!({ "token": token, "secret": secret }), |_| created(&token, &secret))?;
        }
        Command::List { owner, output } => {
            let (_, owner) = owner.find(conn)?;
            let tokens = all_pages(|token: &ApiToken| token.id, |page| api_tokens::list_api_tokens(&owner, conn, page))?;
            output.print(&tokens, |tokens| list(tokens))?;
        }
        Command::Revoke { id, owner } => {
            let (ctx, owner) = owner.find(conn)?;
            api_tokens::revoke_api_token(&ctx, &owner, conn, id)?;
            super::output::line(&format!("Revoked token {id}."))?;
        }
    }
    Ok(Exit::Done)
}

fn created(token: &ApiToken, secret: &str) -> String {
    format!(
        "{secret}\nMade token {}, {}; it ends {}. Its text is not shown again.",
        token.id,
        token.name,
        told(Some(token.expires_at))
    )
}

fn list(tokens: &[ApiToken]) -> String {
    let state = |token: &ApiToken| format!("{:?}", token.state).to_lowercase();
    let cells = |token: &ApiToken| {
        let capabilities = token.capabilities.join(" ");
        vec![
            token.id.to_string(),
            token.name.clone(),
            state(token),
            told(Some(token.expires_at)),
            told(token.last_used_at),
            capabilities,
        ]
    };
    table(&["ID", "NAME", "STATE", "ENDS", "LAST USED", "CAPABILITIES"], &tokens.iter().map(cells).collect::<Vec<_>>())
}

fn told(time: Option<OffsetDateTime>) -> String {
    let whole = time.map(|time| time.replace_nanosecond(0).unwrap_or(time));
    whole.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| "-".to_owned())
}
