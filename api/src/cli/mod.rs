//! The command line: one file per command, each calling the same use cases as the routes.

mod alerts;
mod audit;
mod completions;
mod controls;
mod database;
mod demo;
mod deploy_runbooks;
mod exit;
mod findings;
mod findings_backfill;
mod findings_import;
mod keys;
mod membership;
mod migrate;
mod openapi;
mod operator;
mod output;
mod password;
mod product_usage;
mod run_text;
mod runbooks;
mod runs;
mod serve;
mod tenant;
mod token;
mod user;
mod wait;
mod words;
mod worker;
mod workspace;

pub use exit::Exit;

use crate::config::Config;
use crate::error::{Code, Error};
use crate::observability::{self, Log};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

const SETTINGS: &str = "Settings, as environment variables (the README lists all):
  DATABASE_URL          database; a private PostgreSQL in the data directory when not set
  TENANTATLAS_DATA_DIR  data directory [default: .data]
  TENANTATLAS_LISTEN    address and port of serve [default: 127.0.0.1:8080]
  TENANTATLAS_LOG       filter of log lines [default: info]

Examples:
  tenantatlas serve --demo
  tenantatlas operator create --email you@example.com --name You --role admin
  tenantatlas runbooks preflight findings.lifecycle.backfill --all-tenants
  tenantatlas runs list --status active

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped by a control.";

/// Operator control plane of a multi-tenant SaaS.
#[derive(Debug, Parser)]
#[command(name = "tenantatlas", version, about, disable_help_subcommand = true, after_help = SETTINGS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Describes every command, for guards over all of them.
pub fn commands() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and, unless told otherwise, work on runs.
    Serve(serve::Args),
    /// Work on runs only.
    Worker(worker::Args),
    /// Bring the database to this version.
    ///
    /// The user of DATABASE_URL needs: to own the tables; where something is to be migrated, CREATE on the schema public; to be
    /// granted the role tenantatlas_tenant, or CREATEROLE to make it; once, CREATE on the database, or to be given the schema
    /// graphile_worker. The role tenantatlas_tenant needs TEMPORARY on the database, which everybody has unless it was taken from
    /// PUBLIC. What is missing is told with the statement that gives it, and nothing is changed.
    ///
    /// Everything else may run as a second user, who owns nothing and creates nothing: see --grant-to.
    Migrate(migrate::Args),
    /// Print the OpenAPI document.
    Openapi,
    /// Demo data.
    #[command(subcommand)]
    Demo(demo::Command),
    /// Administer operators.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Administer API tokens, with which programs act for operators and users.
    #[command(subcommand)]
    Token(token::Command),
    /// Administer the keys that sign sessions.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Administer workspaces.
    #[command(subcommand)]
    Workspace(workspace::Command),
    /// Administer tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Administer customers' users.
    #[command(subcommand)]
    User(user::Command),
    /// Say which user belongs where.
    #[command(subcommand)]
    Membership(membership::Command),
    /// Import findings and rebuild their lifecycle.
    #[command(subcommand)]
    Findings(findings::Command),
    /// Preview and start runbooks.
    #[command(subcommand)]
    Runbooks(runbooks::Command),
    /// Start the runbooks that a deployment needs.
    DeployRunbooks(deploy_runbooks::Args),
    /// Look at runs and steer them.
    #[command(subcommand)]
    Runs(runs::Command),
    /// Pause and resume risky actions.
    #[command(subcommand)]
    Controls(controls::Command),
    /// Look at alert rules and try them out.
    #[command(subcommand)]
    Alerts(alerts::Command),
    /// Read the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Keep the events of product telemetry.
    #[command(subcommand)]
    ProductUsage(product_usage::Command),
    /// Print the completion script of a shell.
    Completions(completions::Args),
    /// Print the manual page.
    Man(completions::ManArgs),
}

/// Reads the arguments and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // What needs no database needs no settings either.
    let printed = match &cli.command {
        Command::Openapi => Some(openapi::run()),
        Command::Completions(args) => Some(completions::run(args)),
        Command::Man(args) => Some(completions::run_man(args)),
        _ => None,
    };
    if let Some(printed) = printed {
        return printed.unwrap_or_else(|error| exit::report(&error)).into();
    }
    let (config, log) = match prepare() {
        Ok(prepared) => prepared,
        Err(error) => return exit::report(&error).into(),
    };
    let result = match cli.command {
        Command::Openapi | Command::Completions(_) | Command::Man(_) => Ok(Exit::Done),
        Command::Serve(args) => serve::run(config, &args),
        Command::Worker(args) => worker::run(&config, &args),
        Command::Migrate(args) => migrate::run(&config, &args),
        Command::Demo(command) => demo::run(&config, command),
        Command::Operator(command) => operator::run(&config, command),
        Command::Token(command) => token::run(&config, command),
        Command::Keys(command) => keys::run(&config, command),
        Command::Workspace(command) => workspace::run(&config, command),
        Command::Tenant(command) => tenant::run(&config, command),
        Command::User(command) => user::run(&config, command),
        Command::Membership(command) => membership::run(&config, command),
        Command::Findings(command) => findings::run(&config, command),
        Command::Runbooks(command) => runbooks::run(&config, command),
        Command::DeployRunbooks(args) => deploy_runbooks::run(&config, &args),
        Command::Runs(command) => runs::run(&config, command),
        Command::Controls(command) => controls::run(&config, command),
        Command::Alerts(command) => alerts::run(&config, command),
        Command::Audit(command) => audit::run(&config, command),
        Command::ProductUsage(command) => product_usage::run(&config, command),
    };
    result.unwrap_or_else(|error| exit::tell(&error, |text| log.say(text))).into()
}

fn prepare() -> Result<(Config, Log), Error> {
    let config = Config::from_env().map_err(|error| Error::new(Code::ValidationFailed, error.to_string()))?;
    let log = observability::init_logging(&config).map_err(|error| Error::new(Code::ValidationFailed, error))?;
    Ok((config, log))
}
