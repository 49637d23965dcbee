//! `tenantatlas runbooks list|preflight|start`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, number, span, table};
use super::run_text::left_out;
use super::tenant::find_tenant;
use super::wait::wait_for_end;
use super::words;
use crate::auth::Permit;
use crate::auth::act_as::act_as;
use crate::auth::capability::{RunbooksRun, RunbooksView};
use crate::config::Config;
use crate::context::Ctx;
use crate::controls::EffectiveState;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::runbooks::{self, CATALOG, Preflight, Runbook, Scope, preflight};
use crate::runs::Run;
use crate::runs::confirmation::{Reason, ReasonCode};
use crate::runs::context::Source;
use crate::runs::get_run::{find_active_run, find_last_run};
use crate::runs::model::RunRef;
use crate::runs::overview::{Usual, find_usual};
use crate::runs::start_run::{StartRun, Started, start_run};
use crate::text::counted;
use clap::Args;
use diesel::PgConnection;
use serde::Serialize;

/// Tenants that a preflight names; JSON has up to 200.
const TENANTS_SHOWN: usize = 20;

/// Commands over runbooks.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the runbooks of this version.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show what a run would change; nothing is changed.
    Preflight {
        /// Key of the runbook.
        #[arg(value_parser = words::runbooks())]
        key: String,
        #[command(flatten)]
        scope: ScopeArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Start a run.
    #[command(
        after_help = "Example:\n  tenantatlas runbooks start findings.lifecycle.backfill --all-tenants --confirm BACKFILL \\\n    \
                            --reason-code DATA_REPAIR --reason \"Rows of old versions\" --wait"
    )]
    Start {
        /// Key of the runbook.
        #[arg(value_parser = words::runbooks())]
        key: String,
        #[command(flatten)]
        scope: ScopeArgs,
        #[command(flatten)]
        start: StartArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Tenants that a runbook goes over.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ScopeArgs {
    /// One tenant, by directory id, number or name.
    #[arg(long)]
    tenant: Option<String>,
    /// Every tenant; a start needs --confirm, --reason-code and --reason.
    #[arg(long)]
    all_tenants: bool,
}

/// Confirmation of a start.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// The word that the runbook asks for before a run over all tenants.
    #[arg(long, value_name = "WORD")]
    confirm: Option<String>,
    /// Code of the reason.
    #[arg(long, value_parser = words::reason_codes(), requires = "reason")]
    reason_code: Option<String>,
    /// Why, in 5 to 500 characters.
    #[arg(long, requires = "reason_code")]
    reason: Option<String>,
    /// Operator for whom you act, by e-mail address; the command line itself when left out.
    #[arg(long = "as", value_name = "EMAIL")]
    operator: Option<String>,
    /// Wait for the end; fails unless the run succeeds.
    #[arg(long)]
    wait: bool,
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    match command {
        Command::List { output } => list(config, output),
        Command::Preflight { key, scope, output } => preflight_of(config, runbooks::find(&key)?, &scope, output),
        Command::Start { key, scope, start, output } => start_of(config, runbooks::find(&key)?, &scope, &start, output),
    }
}

#[derive(Serialize)]
struct Listed {
    key: &'static str,
    label: &'static str,
    description: &'static str,
    scopes: &'static [&'static str],
    typed_confirmation: &'static str,
    control: crate::controls::Decision,
    active_run: Option<RunRef>,
    last_run: Option<RunRef>,
}

fn list(config: &Config, output: OutputArgs) -> Result<Exit> {
    let listed: Vec<Listed> =
        with_database(config, |db| db.run(|conn| CATALOG.iter().map(|runbook| listed(conn, *runbook)).collect()))?;
    output.print(&listed, |listed| table(&["KEY", "NAME", "STATE", "RUN"], &listed.iter().map(cells).collect::<Vec<_>>()))?;
    Ok(Exit::Done)
}

fn listed(conn: &mut PgConnection, runbook: &dyn Runbook) -> Result<Listed> {
    let info = runbook.info();
    Ok(Listed {
        key: info.key,
        label: info.label,
        description: info.description,
        scopes: info.scopes,
        typed_confirmation: info.typed_confirmation,
        control: Scope::AllTenants {}.decide(conn, info)?.decision(),
        active_run: find_active_run(conn, info.key)?,
        last_run: find_last_run(conn, info.key)?,
    })
}

fn cells(runbook: &Listed) -> Vec<String> {
    let state = match runbook.control.effective_state {
        EffectiveState::Paused => "paused",
        EffectiveState::Enabled => "enabled",
    };
    let run = match (&runbook.active_run, &runbook.last_run) {
        (Some(run), _) => format!("run {} is {}", run.id, run.status.as_str()),
        (None, Some(run)) => format!("run {} {}", run.id, run.outcome.as_str().replace('_', " ")),
        (None, None) => "never run".to_owned(),
    };
    vec![runbook.key.to_owned(), runbook.label.to_owned(), state.to_owned(), run]
}

fn scope_of(db: &Db, args: &ScopeArgs) -> Result<Scope> {
    match &args.tenant {
        None => Ok(Scope::AllTenants {}),
        Some(text) => db.run(|conn| find_tenant(conn, text)).map(|tenant| Scope::SingleTenant { tenant_id: tenant.id }),
    }
}

/// Forecasts a run, and prints the forecast.
pub fn preflight_of(config: &Config, runbook: &'static dyn Runbook, scope: &ScopeArgs, output: OutputArgs) -> Result<Exit> {
    let permit = Permit::<RunbooksView>::system("command line");
    let (figures, usual) = with_database(config, |db| {
        let scope = scope_of(db, scope)?;
        db.run(|conn| {
            let figures = preflight::preflight(&Ctx::cli(), &permit, conn, runbook, &scope)?;
            Ok((figures, find_usual(&permit, conn, runbook.info().key)?))
        })
    })?;
    output.print(&figures, |figures| describe(figures, usual))?;
    Ok(Exit::Done)
}

fn describe(preflight: &Preflight, usual: Usual) -> String {
    let figures = &preflight.figures;
    let mut lines = vec![
        format!(
            "{} of {} findings in {} of {} tenants would change; {} would be overdue.",
            number(figures.affected_count),
            number(figures.total_count),
            number(figures.affected_tenants),
            number(preflight.estimated_tenants),
            number(figures.overdue_after)
        ),
        format!("{} duplicates would be closed.", number(figures.by_change.duplicates_closed)),
    ];
    #[allow(clippy::cast_precision_loss, reason = "an estimate does not need the last digit")]
    lines.extend(usual.pace.filter(|pace| pace.rows_per_second > 0.0).map(|pace| {
        let seconds = (figures.total_count as f64 / pace.rows_per_second).max(1.0);
        format!("A run would take about {}, at the pace of the last {}.", span(seconds), counted(pace.runs, "run"))
    }));
    let excluded = preflight.excluded.iter();
    lines
        .extend(excluded.map(|workspace| format!("Left out: {} tenants of {}, paused.", workspace.tenant_count, workspace.name)));
    if preflight.control.effective_state == EffectiveState::Paused {
        lines.push("A start would be refused: its control is paused.".to_owned());
    } else if preflight.estimated_tenants == 0 && !preflight.excluded.is_empty() {
        lines.push("A start would be refused: every workspace is paused.".to_owned());
    }
    let shown = figures.by_tenant.iter().take(TENANTS_SHOWN);
    lines.extend(shown.map(|tenant| format!("  {}: {}", tenant.name, number(tenant.affected_count))));
    let further = figures.affected_tenants.saturating_sub(i64::try_from(TENANTS_SHOWN).unwrap_or(i64::MAX));
    lines.extend((further > 0).then(|| format!("  and {} more", counted(further, "tenant"))));
    lines.join("\n")
}

/// Starts a run, and waits for its end where that is asked for.
pub fn start_of(
    config: &Config,
    runbook: &'static dyn Runbook,
    scope: &ScopeArgs,
    args: &StartArgs,
    output: OutputArgs,
) -> Result<Exit> {
    with_database(config, |db| {
        let scope = scope_of(db, scope)?;
        start(db, runbook, scope, args, output)
    })
}

fn start(db: &Db, runbook: &'static dyn Runbook, scope: Scope, args: &StartArgs, output: OutputArgs) -> Result<Exit> {
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
    let started = db.run(|conn| {
        let (ctx, permit) = match &args.operator {
            Some(email) => act_as::<RunbooksRun>(conn, email)?,
            None => (Ctx::cli(), Permit::system("command line")),
        };
        start_run(&ctx, &permit, conn, start)
    });
    match started {
        Ok(Started::Created(run) | Started::Deduplicated(run)) => finish(db, *run, args.wait, output),
        Ok(Started::Replayed(_)) => Err(Error::internal("a command has no idempotency key")),
        Err(error) if error.code() == Code::NothingToDo => {
            let answer = serde_json::json!({ "result": "nothing_to_do", "detail": error.detail() });
            output.print(&answer, |_| error.detail().to_owned())?;
            Ok(Exit::Done)
        }
        Err(error) => Err(error),
    }
}

fn finish(db: &Db, run: Run, wait: bool, output: OutputArgs) -> Result<Exit> {
    if wait {
        return wait_for_end(db, run.id, output);
    }
    output.print(&run, |run| match run.deduplicated {
        Some(true) => format!("Run {} is active already.", run.id),
        _ => format!("Started run {} over {}{}.", run.id, counted(run.summary_counts.tenants, "tenant"), left_out(run)),
    })?;
    Ok(Exit::Done)
}
