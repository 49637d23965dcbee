//! `tenantatlas findings backfill-lifecycle`

use super::database::with_database;
use super::exit::Exit;
use super::output::OutputArgs;
use super::runs::left_out;
use super::tenant::find_tenant;
use super::wait::wait_for_end;
use crate::auth::Permit;
use crate::config::Config;
use crate::context::Ctx;
use crate::controls::EffectiveState;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::runbooks::{LIFECYCLE_BACKFILL, Preflight, Runbook, Scope, preflight};
use crate::runs::Run;
use crate::runs::confirmation::{Reason, ReasonCode};
use crate::runs::context::Source;
use crate::runs::start_run::{StartRun, Started, start_run};

/// Arguments of `findings backfill-lifecycle`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One tenant, by directory id or number.
    #[arg(long, conflicts_with = "all_tenants", required_unless_present = "all_tenants")]
    tenant: Option<String>,
    /// Every tenant; needs --confirm, --reason-code and --reason.
    #[arg(long)]
    all_tenants: bool,
    /// The word BACKFILL.
    #[arg(long)]
    confirm: Option<String>,
    /// DATA_REPAIR, INCIDENT, SUPPORT or SECURITY.
    #[arg(long, requires = "reason")]
    reason_code: Option<String>,
    /// Why, in 5 to 500 characters.
    #[arg(long, requires = "reason_code")]
    reason: Option<String>,
    /// Only say what would change.
    #[arg(long)]
    preflight_only: bool,
    /// Wait for the end; fails unless the run succeeds.
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(config: &Config, args: &Args) -> Result<Exit> {
    with_database(config, |db| {
        let scope = scope(db, args)?;
        let runbook = LIFECYCLE_BACKFILL;
        match args.preflight_only {
            true => only_preflight(db, args, runbook, &scope),
            false => start(db, args, runbook, scope),
        }
    })
}

fn scope(db: &Db, args: &Args) -> Result<Scope> {
    match &args.tenant {
        None => Ok(Scope::AllTenants {}),
        Some(text) => db.run(|conn| find_tenant(conn, text)).map(|tenant| Scope::SingleTenant { tenant_id: tenant.id }),
    }
}

fn only_preflight(db: &Db, args: &Args, runbook: &dyn Runbook, scope: &Scope) -> Result<Exit> {
    let permit = Permit::system("command line");
    let figures = db.run(|conn| preflight::preflight(&Ctx::cli(), &permit, conn, runbook, scope))?;
    args.output.print(&figures, describe)?;
    Ok(Exit::Done)
}

fn describe(preflight: &Preflight) -> String {
    let figures = &preflight.figures;
    let mut lines = vec![
        format!(
            "{} of {} findings in {} of {} tenants would change; {} would be overdue.",
            figures.affected_count,
            figures.total_count,
            figures.affected_tenants,
            preflight.estimated_tenants,
            figures.overdue_after
        ),
        format!("{} duplicates would be closed.", figures.by_change.duplicates_closed),
    ];
    let excluded = preflight.excluded.iter();
    lines
        .extend(excluded.map(|workspace| format!("Left out: {} tenants of {}, paused.", workspace.tenant_count, workspace.name)));
    if preflight.control.effective_state == EffectiveState::Paused {
        lines.push("A start would be refused: its control is paused.".to_owned());
    } else if preflight.estimated_tenants == 0 && !preflight.excluded.is_empty() {
        lines.push("A start would be refused: every workspace is paused.".to_owned());
    }
    lines.extend(figures.by_tenant.iter().map(|tenant| format!("  {}: {}", tenant.name, tenant.affected_count)));
    lines.join("\n")
}

fn start(db: &Db, args: &Args, runbook: &'static dyn Runbook, scope: Scope) -> Result<Exit> {
    let reason = match (&args.reason_code, &args.reason) {
        (Some(code), Some(text)) => Some(Reason { code: ReasonCode::parse(code)?, text: text.clone() }),
        _ => None,
    };
    let start = StartRun {
        runbook,
        scope,
        preflight_id: None,
        typed_confirmation: args.confirm.clone(),
        reason,
        source: Source::Cli,
        idempotency: None,
    };
    let permit = Permit::system("command line");
    match db.run(|conn| start_run(&Ctx::cli(), &permit, conn, start)) {
        Ok(Started::Created(run) | Started::Deduplicated(run)) => finish(db, args, *run),
        Ok(Started::Replayed(_)) => Err(Error::internal("a command has no idempotency key")),
        Err(error) if error.code() == Code::NothingToDo => {
            let answer = serde_json::json!({ "result": "nothing_to_do", "detail": error.detail() });
            args.output.print(&answer, |_| error.detail().to_owned())?;
            Ok(Exit::Done)
        }
        Err(error) => Err(error),
    }
}

fn finish(db: &Db, args: &Args, run: Run) -> Result<Exit> {
    if !args.wait {
        args.output.print(&run, |run| match run.deduplicated {
            Some(true) => format!("Run {} is active already.", run.id),
            _ => format!("Started run {} over {} tenants{}.", run.id, run.summary_counts.tenants, left_out(run)),
        })?;
        return Ok(Exit::Done);
    }
    wait_for_end(db, run.id, args.output)
}
