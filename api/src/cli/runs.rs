//! `tenantatlas runs list|show|watch|cancel|pause|resume|retry-failed|acknowledge`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table};
use super::run_text::{HEADER, cells, describe, describe_fully};
use super::tenant::find_tenant;
use super::wait::wait_for_end;
use super::words;
use crate::auth::Permit;
use crate::auth::act_as::act_as;
use crate::auth::capability::{OpsView, RunbooksRun};
use crate::config::Config;
use crate::context::Ctx;
use crate::db::id::id_of_argument;
use crate::db::page::PageRequest;
use crate::error::{Code, Error, Result};
use crate::runs::Run;
use crate::runs::acknowledge_run::acknowledge_run;
use crate::runs::cancel_run::cancel_run;
use crate::runs::confirmation::{Reason, ReasonCode};
use crate::runs::context::Source;
use crate::runs::get_run::get_run;
use crate::runs::list_runs::{InitiatorFilter, RunFilter, Standing, list_runs};
use crate::runs::list_targets::list_targets;
use crate::runs::pause_run::pause_run;
use crate::runs::resume_run::resume_run;
use crate::runs::retry_failed::retry_failed;
use crate::runs::start_run::Started;
use crate::runs::state::{Outcome, TargetState};
use clap::Args;
use diesel::PgConnection;

/// Failed targets that are shown of a run.
const FAILED_SHOWN: i64 = 10;

/// Commands over runs.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List runs, newest first.
    List(ListArgs),
    /// Show one run.
    Show {
        /// Number of the run.
        #[arg(value_parser = id_of_argument)]
        id: i64,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Follow a run until it ends; fails unless it succeeds.
    Watch {
        /// Number of the run.
        #[arg(value_parser = id_of_argument)]
        id: i64,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Stop a run.
    Cancel(ChangeArgs),
    /// Hold a run.
    Pause(ChangeArgs),
    /// Let a paused run go on.
    Resume(ChangeArgs),
    /// Start a new run over the failed targets of a completed one.
    RetryFailed {
        /// Number of the completed run.
        #[arg(value_parser = id_of_argument)]
        id: i64,
        /// Operator for whom you act, by e-mail address.
        #[arg(long = "as", value_name = "EMAIL")]
        operator: String,
        /// Code of the reason.
        #[arg(long, value_parser = words::reason_codes())]
        reason_code: String,
        /// Why, in 5 to 500 characters.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Take note of a failure, so that the dashboard counts it no more.
    Acknowledge {
        /// Number of the run that failed.
        #[arg(value_parser = id_of_argument)]
        id: i64,
        /// Operator for whom you act, by e-mail address.
        #[arg(long = "as", value_name = "EMAIL")]
        operator: String,
        /// What is known of the failure, or is being done about it, in 1 to 500 characters.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Filters of the list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Status; active is queued or running.
    #[arg(long, value_parser = words::statuses())]
    status: Option<String>,
    /// Outcome; several with commas between.
    #[arg(long, value_delimiter = ',', value_parser = words::outcomes())]
    outcome: Vec<String>,
    /// Whether somebody has taken note of the failure: true or false; runs that did not fail are neither.
    #[arg(long, value_name = "BOOL")]
    acknowledged: Option<bool>,
    /// Operation type.
    #[arg(long = "type")]
    kind: Option<String>,
    /// Tenant, by directory id, number or name.
    #[arg(long)]
    tenant: Option<String>,
    /// `operator:<id>`, `user:<id>`, `cli` or `system`.
    #[arg(long)]
    initiator: Option<String>,
    /// Rows wanted, 1 to 200.
    #[arg(long, default_value_t = 20)]
    limit: i64,
    #[command(flatten)]
    output: OutputArgs,
}

/// Which run is changed, by whom and why.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// Number of the run.
    #[arg(value_parser = id_of_argument)]
    id: i64,
    /// Operator for whom you act, by e-mail address.
    #[arg(long = "as", value_name = "EMAIL")]
    operator: String,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| match command {
        Command::Watch { id, output } => wait_for_end(db, id, output),
        command => db.run(|conn| execute(config, conn, command)),
    })
}

fn execute(config: &Config, conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::List(args) => list(conn, &args)?,
        Command::Show { id, output } => show(config, conn, id, output)?,
        Command::Watch { .. } => return Err(Error::internal("a run is watched outside of a transaction")),
        Command::Cancel(args) => change(conn, &args, cancel_run)?,
        Command::Pause(args) => change(conn, &args, pause_run)?,
        Command::Resume(args) => change(conn, &args, resume)?,
        Command::RetryFailed { id, operator, reason_code, reason, output } => {
            let reason = Reason { code: ReasonCode::parse(&reason_code)?, text: reason };
            let (ctx, permit) = act_as::<RunbooksRun>(conn, &operator)?;
            match retry_failed(&ctx, &permit, conn, id, Some(reason), Source::Cli, None).map_err(|error| missing(error, id))? {
                Started::Created(run) | Started::Deduplicated(run) => output.print(run.as_ref(), describe)?,
                Started::Replayed(_) => return Err(Error::internal("a command has no idempotency key")),
            }
        }
        Command::Acknowledge { id, operator, note, output } => {
            let (ctx, permit) = act_as::<RunbooksRun>(conn, &operator)?;
            let run = acknowledge_run(&ctx, &permit, conn, id, &note).map_err(|error| missing(error, id))?;
            output.print(&run, describe)?;
        }
    }
    Ok(Exit::Done)
}

fn show(config: &Config, conn: &mut PgConnection, id: i64, output: OutputArgs) -> Result<()> {
    let permit = Permit::<OpsView>::system("command line");
    let run = get_run(&permit, conn, id).map_err(|error| missing(error, id))?;
    let page = PageRequest::parse(Some(FAILED_SHOWN), None)?;
    let failed = list_targets(&permit, conn, id, Some(TargetState::Failed), page)?.items;
    let address = format!("{}/system/ops/runs/{id}", config.public_address());
    output.print(&run, |run| describe_fully(run, &address, &failed))
}

/// Names the run that is not there.
pub(super) fn missing(error: Error, id: i64) -> Error {
    match error.code() {
        Code::NotFound => Error::new(Code::NotFound, format!("There is no run {id}.")),
        _ => error,
    }
}

type Change = fn(&Ctx, &Permit<RunbooksRun>, &mut PgConnection, i64, Option<&str>) -> Result<Run>;

fn change(conn: &mut PgConnection, args: &ChangeArgs, change: Change) -> Result<()> {
    let (ctx, permit) = act_as::<RunbooksRun>(conn, &args.operator)?;
    let run = change(&ctx, &permit, conn, args.id, args.reason.as_deref()).map_err(|error| missing(error, args.id))?;
    args.output.print(&run, describe)
}

fn resume(ctx: &Ctx, permit: &Permit<RunbooksRun>, conn: &mut PgConnection, id: i64, reason: Option<&str>) -> Result<Run> {
    resume_run(ctx, permit, conn, id, reason, Source::Cli)
}

fn list(conn: &mut PgConnection, args: &ListArgs) -> Result<()> {
    let word = |name: &str| Error::invalid_field(format!("/{name}"), "value", "See --help for the known words.");
    let filter = RunFilter {
        status: args.status.as_deref().map(|text| Standing::parse(text).ok_or_else(|| word("status"))).transpose()?,
        outcomes: args.outcome.iter().map(|text| Outcome::parse(text).ok_or_else(|| word("outcome"))).collect::<Result<_>>()?,
        acknowledged: args.acknowledged,
        kind: args.kind.clone(),
        tenant_id: args.tenant.as_deref().map(|text| find_tenant(conn, text)).transpose()?.map(|tenant| tenant.id),
        initiator: args.initiator.as_deref().map(InitiatorFilter::parse).transpose()?,
        ..RunFilter::default()
    };
    let page = PageRequest::parse(Some(args.limit), None)?;
    let runs = list_runs(&Permit::<OpsView>::system("command line"), conn, &filter, page)?.items;
    args.output.print(&runs, |runs| match runs.as_slice() {
        [] => "No runs.".to_owned(),
        runs => table(&HEADER, &runs.iter().map(cells).collect::<Vec<_>>()),
    })
}
