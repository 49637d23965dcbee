//! `tenantatlas controls list|show|preview|pause|move|resume|history`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, table, time_of as shown_time};
use super::words;
use crate::audit::AuditEvent;
use crate::auth::Permit;
use crate::auth::act_as::act_as;
use crate::auth::capability::ControlsManage;
use crate::config::Config;
use crate::controls::get_control::get_control;
use crate::controls::impact::ControlAction;
use crate::controls::list_control_history::list_control_history;
use crate::controls::list_controls::list_controls;
use crate::controls::mutation::Expected;
use crate::controls::pause_control::{PauseControl, not_paused_there, pause_control};
use crate::controls::preview_control::{Asked, preview_control};
use crate::controls::resume_control::{ResumeControl, resume_control};
use crate::controls::{self, Activation, Control, ControlScope, Definition};
use crate::db::page::PageRequest;
use crate::error::{Error, Result};
use crate::runs::in_flight::InFlight;
use crate::tenancy;
use crate::text::visible;
use clap::Args;
use diesel::{Connection, PgConnection};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Commands over controls.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List all controls with their state.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one control with its pauses.
    Show {
        /// Key of the control.
        #[arg(value_parser = words::controls())]
        key: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Say whom a pause or a resume would concern.
    Preview {
        /// Key of the control.
        #[arg(value_parser = words::controls())]
        key: String,
        /// Preview a resume instead of a pause.
        #[arg(long, conflicts_with_all = ["from_global", "from_workspace"])]
        resume: bool,
        #[command(flatten)]
        scope: ScopeArgs,
        /// Preview the move of the pause of the whole installation.
        #[arg(long, conflicts_with = "from_workspace")]
        from_global: bool,
        /// Preview the move of the pause of one workspace, by slug or number.
        #[arg(long, value_name = "WORKSPACE")]
        from_workspace: Option<String>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Stop new starts.
    Pause(PauseArgs),
    /// Move a pause to another scope in one step: at every moment one of both holds.
    Move(MoveArgs),
    /// Let them start again.
    Resume {
        /// Key of the control.
        #[arg(value_parser = words::controls())]
        key: String,
        #[command(flatten)]
        scope: ScopeArgs,
        /// Call off the scheduled pause, not the one in force.
        #[arg(long)]
        scheduled: bool,
        /// Operator for whom you act, by e-mail address.
        #[arg(long = "as", value_name = "EMAIL")]
        operator: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show what was done to a control and what it stopped, newest first.
    History {
        /// Key of the control.
        #[arg(value_parser = words::controls())]
        key: String,
        /// Rows wanted, 1 to 200.
        #[arg(long, default_value_t = 20)]
        limit: i64,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Where something is paused.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ScopeArgs {
    /// The whole installation.
    #[arg(long)]
    global: bool,
    /// One workspace, by slug or number.
    #[arg(long)]
    workspace: Option<String>,
}

/// Arguments of `controls pause`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// Key of the control.
    #[arg(value_parser = words::controls())]
    key: String,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Why, in 5 to 500 characters.
    #[arg(long)]
    reason: String,
    /// From when on, as 2026-11-21T12:00:00Z; at once when left out.
    #[arg(long, value_parser = time_of)]
    starts_at: Option<OffsetDateTime>,
    /// Until when, as 2026-11-21T14:00:00Z; until somebody resumes when left out.
    #[arg(long, value_parser = time_of)]
    expires_at: Option<OffsetDateTime>,
    /// Operator for whom you act, by e-mail address.
    #[arg(long = "as", value_name = "EMAIL")]
    operator: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Arguments of `controls move`.
#[derive(Debug, Args)]
pub struct MoveArgs {
    /// Key of the control.
    #[arg(value_parser = words::controls())]
    key: String,
    #[command(flatten)]
    from: FromArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Why, in 5 to 500 characters; the reason that the pause has when left out.
    #[arg(long)]
    reason: Option<String>,
    /// Move the scheduled pause, not the one in force.
    #[arg(long)]
    scheduled: bool,
    /// Operator for whom you act, by e-mail address.
    #[arg(long = "as", value_name = "EMAIL")]
    operator: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Where the pause holds that is moved.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct FromArgs {
    /// The pause of the whole installation.
    #[arg(long)]
    from_global: bool,
    /// The pause of one workspace, by slug or number.
    #[arg(long, value_name = "WORKSPACE")]
    from_workspace: Option<String>,
}

fn time_of(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_| "a time as 2026-11-21T12:00:00Z is expected".to_owned())
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| execute(conn, command)))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::List { output } => output.print(&list_controls(&permit(), conn, &InFlight)?, |all| list(all))?,
        Command::Show { key, output } => {
            output.print(&get_control(&permit(), conn, &InFlight, find(&key)?)?, describe)?;
        }
        Command::Preview { key, resume, scope, from_global, from_workspace, output } => {
            let (control, scope) = (find(&key)?, scope.find(conn)?);
            let action = if resume { ControlAction::Resume } else { ControlAction::Pause };
            let is_move = from_global || from_workspace.is_some();
            let moved_from = is_move.then(|| scope_of(conn, "/from-workspace", from_workspace.as_deref())).transpose()?;
            let asked = Asked { action, scope, moved_from };
            let preview = preview_control(&permit(), conn, &InFlight, control, asked)?;
            output.print(&preview, |preview| preview.summary.clone())?;
        }
        Command::Pause(args) => pause(conn, args)?,
        Command::Move(args) => move_pause(conn, args)?,
        Command::Resume { key, scope, scheduled, operator, output } => {
            resume(conn, &key, &scope, scheduled, (&operator, output))?
        }
        Command::History { key, limit, output } => {
            let page = PageRequest::parse(Some(limit), None)?;
            let events = list_control_history(&permit(), conn, find(&key)?, page)?.items;
            output.print(&events, |events| history(events))?;
        }
    }
    Ok(Exit::Done)
}

fn permit() -> Permit<ControlsManage> {
    Permit::system("command line")
}

fn find(key: &str) -> Result<&'static Definition> {
    controls::find(key)
}

impl ScopeArgs {
    fn find(&self, conn: &mut PgConnection) -> Result<ControlScope> {
        scope_of(conn, "/workspace", self.workspace.as_deref())
    }
}

fn scope_of(conn: &mut PgConnection, option: &str, workspace: Option<&str>) -> Result<ControlScope> {
    let Some(text) = workspace else { return Ok(ControlScope::Global) };
    let workspace = tenancy::find_workspace_by_reference(conn, text.trim())?;
    let unknown = || Error::invalid_field(option, "unknown", format!("There is no workspace {text}."));
    workspace.map(|workspace| ControlScope::Workspace(workspace.id)).ok_or_else(unknown)
}

fn pause(conn: &mut PgConnection, args: PauseArgs) -> Result<()> {
    let (ctx, permit) = act_as::<ControlsManage>(conn, &args.operator)?;
    let (control, scope) = (find(&args.key)?, args.scope.find(conn)?);
    let pause = PauseControl {
        scope,
        moved_from: None,
        reason_text: args.reason,
        starts_at: args.starts_at,
        expires_at: args.expires_at,
        previewed: None,
        expected: Expected::Anything,
    };
    let paused = conn.transaction(|conn| pause_control(&ctx, &permit, conn, &InFlight, control, pause))?;
    args.output.print(&paused.control, describe)
}

fn move_pause(conn: &mut PgConnection, args: MoveArgs) -> Result<()> {
    let (ctx, permit) = act_as::<ControlsManage>(conn, &args.operator)?;
    let control = find(&args.key)?;
    let left = scope_of(conn, "/from-workspace", args.from.from_workspace.as_deref())?;
    let scope = args.scope.find(conn)?;
    // Held against what was read: what the pause says may be changed meanwhile.
    let seen = get_control(&permit, conn, &InFlight, control)?;
    let present = if args.scheduled { &seen.scheduled } else { &seen.activations };
    let present = present.iter().find(|pause| pause.scope_type == left.kind() && pause.workspace_id == left.workspace_id());
    let present = present.ok_or_else(|| not_paused_there(control))?;
    let moved = PauseControl {
        scope,
        moved_from: Some(left),
        reason_text: args.reason.unwrap_or_else(|| present.reason_text.clone()),
        starts_at: args.scheduled.then_some(present.starts_at),
        expires_at: present.expires_at,
        previewed: None,
        expected: Expected::OneOf(vec![seen.version.clone()]),
    };
    let moved = conn.transaction(|conn| pause_control(&ctx, &permit, conn, &InFlight, control, moved))?;
    args.output.print(&moved.control, describe)
}

fn resume(
    conn: &mut PgConnection,
    key: &str,
    scope: &ScopeArgs,
    scheduled: bool,
    (operator, output): (&str, OutputArgs),
) -> Result<()> {
    let (ctx, permit) = act_as::<ControlsManage>(conn, operator)?;
    let (control, scope) = (find(key)?, scope.find(conn)?);
    let resume = ResumeControl { scope, scheduled, previewed: None, expected: Expected::Anything };
    let resumed = conn.transaction(|conn| resume_control(&ctx, &permit, conn, &InFlight, control, resume))?;
    output.print(&json!({ "control": resumed.control, "changed": resumed.changed }), |_| match resumed.changed {
        true => describe(&resumed.control),
        false => format!("Already enabled there.\n{}", describe(&resumed.control)),
    })
}

fn list(all: &[Control]) -> String {
    let cells = |control: &Control| {
        let note = if control.available { "" } else { UNUSED };
        vec![control.key.to_owned(), control.state_label.clone(), control.in_flight_runs.to_string(), note.to_owned()]
    };
    table(&["KEY", "STATE", "IN FLIGHT", "NOTE"], &all.iter().map(cells).collect::<Vec<_>>())
}

const UNUSED: &str = "No feature of this version uses this control yet.";

fn describe(control: &Control) -> String {
    let mut lines = vec![format!("{} ({}): {}", control.label, control.key, control.state_label)];
    if !control.available {
        lines.push(UNUSED.to_owned());
    }
    lines.extend(control.activations.iter().map(|pause| activation("since", pause)));
    lines.extend(control.scheduled.iter().map(|pause| activation("from", pause)));
    if control.in_flight_runs > 0 {
        lines.push(format!("Runs accepted before and still in flight: {}", control.in_flight_runs));
    }
    lines.join("\n")
}

fn activation(word: &str, pause: &Activation) -> String {
    let until = pause.expires_at.map(|end| format!(" until {}", shown_time(end))).unwrap_or_default();
    format!(
        "  {}, {word} {}{until}, by {}: {}",
        pause.scope_label,
        shown_time(pause.starts_at),
        pause.owner_name,
        visible(&pause.reason_text)
    )
}

/// Names the actor; where it was typed on the command line for an operator, with the system user who typed.
fn by(event: &AuditEvent) -> String {
    let typed = event.command_line.as_ref().filter(|_| event.actor.kind != "cli");
    typed.map_or_else(|| event.actor.label.clone(), |typed| format!("{}, typed by {typed}", event.actor.label))
}

fn history(events: &[AuditEvent]) -> String {
    if events.is_empty() {
        return "No history: this control was never paused and never stopped a start.".to_owned();
    }
    let event = |event: &AuditEvent| {
        let reason = event.metadata.get("reason_text").and_then(serde_json::Value::as_str);
        let reason = reason.map(|reason| format!("\n  Reason: {}", visible(reason))).unwrap_or_default();
        format!("{}  {}, {}\n  {}{reason}", shown_time(event.recorded_at), event.label, by(event), event.summary)
    };
    events.iter().map(event).collect::<Vec<_>>().join("\n")
}
