//! `tenantatlas alerts list|test`

use super::database::with_database;
use super::exit::Exit;
use super::output::{OutputArgs, all_pages, table};
use crate::alerts::rules::list_rules;
use crate::alerts::try_out::test_rule;
use crate::alerts::{Delivery, Rule};
use crate::auth::Permit;
use crate::auth::act_as::act_as;
use crate::auth::capability::AlertsManage;
use crate::config::Config;
use crate::error::{Code, Error, Result};
use diesel::{Connection, PgConnection};

/// Commands over alerts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the rules.
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Send a test to every destination of a rule.
    Test {
        /// The rule, by name or number.
        rule: String,
        /// Operator for whom you act, by e-mail address.
        #[arg(long = "as", value_name = "EMAIL")]
        operator: String,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Runs the command.
pub fn run(config: &Config, command: Command) -> Result<Exit> {
    with_database(config, |db| db.run(|conn| execute(conn, command)))
}

fn execute(conn: &mut PgConnection, command: Command) -> Result<Exit> {
    match command {
        Command::List { output } => output.print(&rules(conn)?, |rules| list(rules))?,
        Command::Test { rule, operator, output } => {
            let (ctx, permit) = act_as::<AlertsManage>(conn, &operator)?;
            let id = find(conn, rule.trim())?;
            let deliveries = conn.transaction(|conn| test_rule(&ctx, &permit, conn, id))?;
            output.print(&deliveries, |deliveries| describe(deliveries))?;
        }
    }
    Ok(Exit::Done)
}

fn rules(conn: &mut PgConnection) -> Result<Vec<Rule>> {
    let permit = Permit::<AlertsManage>::system("command line");
    all_pages(|rule: &Rule| rule.id, |page| list_rules(&permit, conn, page))
}

/// By name first: a rule may be called 7.
fn find(conn: &mut PgConnection, reference: &str) -> Result<i64> {
    let rules = rules(conn)?;
    let found =
        rules.iter().find(|rule| rule.name == reference).or_else(|| rules.iter().find(|rule| rule.id.to_string() == reference));
    found.map(|rule| rule.id).ok_or_else(|| Error::new(Code::NotFound, format!("There is no alert rule {reference}.")))
}

fn list(rules: &[Rule]) -> String {
    let cells = |rule: &Rule| {
        let destinations: Vec<&str> = rule.destinations.iter().map(|destination| destination.name.as_str()).collect();
        let state = if rule.enabled { "enabled" } else { "disabled" };
        vec![rule.id.to_string(), rule.name.clone(), state.to_owned(), rule.events.join(", "), destinations.join(", ")]
    };
    table(&["ID", "NAME", "STATE", "EVENTS", "DESTINATIONS"], &rules.iter().map(cells).collect::<Vec<_>>())
}

fn describe(deliveries: &[Delivery]) -> String {
    let line = |delivery: &Delivery| format!("Delivery {} to {} is on its way.", delivery.id, delivery.destination_name);
    deliveries.iter().map(line).collect::<Vec<_>>().join("\n")
}
