//! `tenantatlas runs list|show|cancel|pause|resume|retry-failed|acknowledge`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table};
use super::tenant::find_tenant;
use crate::auth::Permit;
use crate::auth::act_as::act_as;
use crate::auth::capability::{OpsView, RunbooksRun};
use crate::config::Config;
use crate::context::{Ctx, SystemUser};
use crate::db::id::id_of_argument;
use crate::db::page::PageRequest;
use crate::error::{Error, Result};
use crate::runs::Run;
use crate::runs::acknowledge_run::acknowledge_run;
use crate::runs::cancel_run::cancel_run;
use crate::runs::confirmation::{Reason, ReasonCode};
use crate::runs::context::Source;
use crate::runs::get_run::get_run;
use crate::runs::list_runs::{InitiatorFilter, RunFilter, Standing, list_runs};
use crate::runs::pause_run::pause_run;
use crate::runs::resume_run::resume_run;
use crate::runs::retry_failed::retry_failed;
use crate::runs::start_run::Started;
use crate::runs::state::Outcome;
use crate::text::visible;
use clap::Args;
use diesel::PgConnection;
use serde::Deserialize;

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
        /// DATA_REPAIR, INCIDENT, SUPPORT or SECURITY.
        #[arg(long)]
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
    /// queued, running, completed or active, which is queued or running.
    #[arg(long)]
    status: Option<String>,
    /// succeeded, partially_succeeded, failed, blocked, cancelled or pending; several with commas between.
    #[arg(long, value_delimiter = ',')]
    outcome: Vec<String>,
    /// Whether somebody has taken note of the failure: true or false; runs that did not fail are neither.
    #[arg(long, value_name = "BOOL")]
    acknowledged: Option<bool>,
    /// Operation type.
    #[arg(long = "type")]
    kind: Option<String>,
    /// Tenant, by directory id or number.
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
    with_database(config, |db| db.run(|conn| execute(conn, command)))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::List(args) => list(conn, &args)?,
        Command::Show { id, output } => {
            output.print(&get_run(&Permit::<OpsView>::system("command line"), conn, id)?, describe)?
        }
        Command::Cancel(args) => change(conn, &args, cancel_run)?,
        Command::Pause(args) => change(conn, &args, pause_run)?,
        Command::Resume(args) => change(conn, &args, resume)?,
        Command::RetryFailed { id, operator, reason_code, reason, output } => {
            let reason = Reason { code: ReasonCode::parse(&reason_code)?, text: reason };
            let (ctx, permit) = act_as::<RunbooksRun>(conn, &operator)?;
            match retry_failed(&ctx, &permit, conn, id, Some(reason), Source::Cli, None)? {
                Started::Created(run) | Started::Deduplicated(run) => output.print(run.as_ref(), describe)?,
                Started::Replayed(_) => return Err(Error::internal("a command has no idempotency key")),
            }
        }
        Command::Acknowledge { id, operator, note, output } => {
            let (ctx, permit) = act_as::<RunbooksRun>(conn, &operator)?;
            output.print(&acknowledge_run(&ctx, &permit, conn, id, &note)?, describe)?;
        }
    }
    Ok(Exit::Done)
}

type Change = fn(&Ctx, &Permit<RunbooksRun>, &mut PgConnection, i64, Option<&str>) -> Result<Run>;

fn change(conn: &mut PgConnection, args: &ChangeArgs, change: Change) -> Result<()> {
    let (ctx, permit) = act_as::<RunbooksRun>(conn, &args.operator)?;
    let run = change(&ctx, &permit, conn, args.id, args.reason.as_deref())?;
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
    args.output.print(&runs, |runs| {
        table(
            &["ID", "TYPE", "STATUS", "OUTCOME", "DONE", "UPDATED", "FAILED", "BY"],
            &runs.iter().map(cells).collect::<Vec<_>>(),
        )
    })
}

fn cells(run: &Run) -> Vec<String> {
    vec![
        run.id.to_string(),
        run.kind.clone(),
        state(run).to_owned(),
        run.outcome.as_str().to_owned(),
        format!("{:.0} %", run.progress.fraction * 100.0),
        run.summary_counts.updated.to_string(),
        run.summary_counts.failed.to_string(),
        by(run),
    ]
}

/// Names the starter of a run; where it was typed on the command line for somebody else, with the system user who typed.
fn by(run: &Run) -> String {
    let typed = run.context.get("command_line").filter(|_| run.initiator.kind != "cli");
    let typed = typed.and_then(|typed| SystemUser::deserialize(typed).ok());
    typed.map_or_else(|| run.initiator.name.clone(), |typed| format!("{}, typed by {typed}", run.initiator.name))
}

fn state(run: &Run) -> &'static str {
    match (run.paused_at, run.stale) {
        (Some(_), _) => "paused",
        (None, true) => "stale",
        (None, false) => run.status.as_str(),
    }
}

/// What a run leaves out because workspaces were paused when it was started, to be put behind what it does (CTL-13).
pub(super) fn left_out(run: &Run) -> String {
    let excluded = run.context.get("excluded").and_then(serde_json::Value::as_array).map_or(&[][..], Vec::as_slice);
    let one = |workspace: &serde_json::Value| {
        let name = workspace.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
        let tenants = workspace.get("tenant_count").and_then(serde_json::Value::as_i64).unwrap_or_default();
        format!("; left out: {tenants} tenants of {name}, paused")
    };
    excluded.iter().map(one).collect()
}

/// A run in a few lines.
pub(super) fn describe(run: &Run) -> String {
    let counts = run.summary_counts;
    let mut lines = vec![
        format!("Run {}: {}, {}, {}", run.id, run.kind, state(run), run.outcome.as_str()),
        format!("Started by {}", by(run)),
        format!(
            "{} of {} findings processed, {} updated, {} skipped; {} of {} tenants done, {} failed",
            counts.processed,
            counts.total,
            counts.updated,
            counts.skipped,
            run.progress.targets_done,
            counts.tenants,
            counts.failed
        ),
    ];
    lines.extend(Some(left_out(run)).filter(|text| !text.is_empty()).map(|text| text.trim_start_matches("; ").to_owned()));
    lines
        .extend(run.failure_summary.iter().map(|failure| format!("  {} × {}: {}", failure.count, failure.code, failure.message)));
    lines.extend(run.acknowledgement.as_ref().map(|by| format!("Acknowledged by {}: {}", by.operator_name, visible(&by.note))));
    lines.join("\n")
}
