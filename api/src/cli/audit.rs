//! `tenantatlas audit list`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table, time_of};
use super::tenant::find_tenant;
use crate::audit::AuditEvent;
use crate::audit::list_audit_events::{AuditFilter, list_audit_events};
use crate::auth::Permit;
use crate::auth::capability::AuditView;
use crate::config::Config;
use crate::db::page::PageRequest;
use crate::error::Result;
use clap::Args;

/// Commands over the audit log.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List events, newest first.
    List(ListArgs),
}

/// Filters of the list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Id of a registered action, as platform.ops.runbooks.start.
    #[arg(long)]
    action: Option<String>,
    /// Tenant, by directory id, number or name.
    #[arg(long)]
    tenant: Option<String>,
    /// Number of a run.
    #[arg(long, value_name = "ID")]
    run: Option<i64>,
    /// Rows wanted, 1 to 200.
    #[arg(long, default_value_t = 20)]
    limit: i64,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    let Command::List(args) = command;
    let events = with_database(config, |db| {
        db.run(|conn| {
            let tenant = args.tenant.as_deref().map(|text| find_tenant(conn, text)).transpose()?;
            let filter = AuditFilter {
                action: args.action.clone(),
                tenant_id: tenant.map(|tenant| tenant.id),
                run_id: args.run,
                ..AuditFilter::default()
            };
            let page = PageRequest::parse(Some(args.limit), None)?;
            Ok(list_audit_events(&Permit::<AuditView>::system("command line"), conn, &filter, page)?.items)
        })
    })?;
    args.output.print(&events, |events| match events.as_slice() {
        [] => "No events.".to_owned(),
        events => table(&["TIME", "BY", "OUTCOME", "EVENT"], &events.iter().map(cells).collect::<Vec<_>>()),
    })?;
    Ok(Exit::Done)
}

fn cells(event: &AuditEvent) -> Vec<String> {
    vec![time_of(event.recorded_at), event.actor.label.clone(), event.outcome.clone(), event.summary.clone()]
}
