//! `tenantatlas deploy-runbooks`

use super::database::with_database;
use super::exit::Exit;
use super::output::OutputArgs;
use super::run_text::left_out;
use crate::auth::Permit;
use crate::config::Config;
use crate::context::{Actor, Ctx};
use crate::error::{Code, Result};
use crate::runbooks::{CATALOG, Runbook, Scope};
use crate::runs::confirmation::{Reason, ReasonCode};
use crate::runs::context::Source;
use crate::runs::start_run::{StartRun, Started, start_run};
use diesel::PgConnection;
use serde::Serialize;

/// Arguments of `deploy-runbooks`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Serialize)]
struct Deployed {
    runbook: &'static str,
    result: &'static str,
    run_id: Option<i64>,
    detail: String,
}

/// Starts every runbook that belongs to a deployment, confirmed by code. Nothing to do is fine, and so is a pause (CTL-10).
pub fn run(config: &Config, args: &Args) -> Result<Exit> {
    let started: Vec<Deployed> = with_database(config, |db| {
        let runbooks = CATALOG.iter().filter(|runbook| runbook.info().deploy_hook);
        runbooks.map(|runbook| db.run(|conn| deploy(conn, *runbook))).collect()
    })?;
    args.output.print(&started, |started| {
        let line = |one: &Deployed| format!("{}: {}", one.runbook, one.detail);
        started.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Exit::Done)
}

fn deploy(conn: &mut PgConnection, runbook: &'static dyn Runbook) -> Result<Deployed> {
    let key = runbook.info().key;
    let start = StartRun {
        runbook,
        scope: Scope::AllTenants {},
        preflight_id: None,
        typed_confirmation: Some(runbook.info().typed_confirmation.to_owned()),
        reason: Some(Reason { code: ReasonCode::DataRepair, text: "Deploy hook".to_owned() }),
        source: Source::DeployHook,
        idempotency: None,
    };
    let permit = Permit::system("deploy hook");
    match start_run(&Ctx::on_command_line(Actor::System), &permit, conn, start) {
        Ok(Started::Created(run)) => Ok(Deployed {
            runbook: key,
            result: "started",
            run_id: Some(run.id),
            detail: format!("started run {}{}", run.id, left_out(&run)),
        }),
        Ok(Started::Deduplicated(run)) => Ok(Deployed {
            runbook: key,
            result: "deduplicated",
            run_id: Some(run.id),
            detail: format!("run {} is active", run.id),
        }),
        Ok(Started::Replayed(_)) => {
            Ok(Deployed { runbook: key, result: "replayed", run_id: None, detail: "answered before".to_owned() })
        }
        Err(error) if error.code() == Code::NothingToDo => Ok(Deployed {
            runbook: key,
            result: "nothing_to_do",
            run_id: None,
            detail: format!("nothing to do. {}", error.detail()),
        }),
        Err(error) if error.code() == Code::OperationalControlPaused => {
            Ok(Deployed { runbook: key, result: "paused", run_id: None, detail: format!("paused. {}", error.detail()) })
        }
        Err(error) => Err(error),
    }
}
