//! The matrix of the system plane: operators by what they hold, and their programs.

use super::super::operations::{Operation, prepare};
use super::{Cell, Row, worthless};
use std::collections::HashMap;
use std::fmt::Write;
use support::app::{ACCESS, all_capabilities};
use support::{Actor, TestApp};
use tenantatlas::auth::capability;
use tenantatlas::runbooks::CATALOG;

/// What starts or steers a run also needs the runbook's own capability.
pub const ALSO_THE_RUNBOOKS_OWN: [&str; 6] =
    ["start_run", "cancel_run", "pause_run", "resume_run", "retry_failed", "acknowledge_run"];

/// Every operation of the plane, called as everybody.
pub async fn rows<'a>(app: &TestApp, admin: &Actor, operations: &'a [Operation]) -> Vec<Row<'a>> {
    let other_plane = app.user().await;
    let worthless = worthless(app, &app.operator().await).await;
    let mut rows = Vec::new();
    for operation in operations.iter().filter(|operation| operation.is_system()) {
        let call = prepare(app, admin, operation).await;
        let mut callers = Callers::of(app);
        let mut cells = Vec::new();
        for caller in [&app.anonymous(), &other_plane].into_iter().chain(&worthless) {
            cells.push(call.send(caller).await.cell());
        }
        for capabilities in columns(operation) {
            cells.push(match capabilities {
                Some(capabilities) => {
                    let caller = callers.holding(&capabilities).await;
                    hand_over(app, &caller);
                    let answer = call.send(&caller).await;
                    if operation.id.starts_with("logout") {
                        callers.cache.clear();
                    }
                    answer.cell()
                }
                None => "-".to_owned(),
            });
        }
        for program in programs(&app.operator().await, operation).await {
            let call = prepare(app, admin, operation).await;
            hand_over(app, &program);
            cells.push(call.send(&program).await.cell());
        }
        assert_eq!(cells, expected(operation), "{}: {HEADINGS:?}", operation.id);
        rows.push(Row { operation, cells });
    }
    rows
}

/// Programs of somebody who may do everything: one made for what is needed, one for nothing, and two that have ended.
async fn programs(owner: &Actor, operation: &Operation) -> [Actor; 3] {
    let needed = needed(operation);
    let is_for_machines = |name: &&str| capability::find(name).is_some_and(|entry| entry.is_for_machines());
    let needed: Vec<&str> = needed.iter().map(String::as_str).filter(is_for_machines).chain([ACCESS]).collect();
    let ended = owner.program(&needed).await;
    let newest = owner.list_api_tokens("limit=1").await.assert_status(200).body["items"][0]["id"].as_i64().unwrap();
    owner.revoke_api_token(newest).await.assert_status(204);
    [owner.program(&needed).await, owner.program(&[ACCESS]).await, ended]
}

const HEADINGS: [&str; 12] = [
    "anonymous",
    "a user",
    "expired",
    "revoked",
    "tampered",
    "all but access",
    "access only",
    "what it needs",
    "without runbook's",
    "program",
    "program for less",
    "revoked program",
];

/// The callers with a live session, in the order of [`HEADINGS`] after those without.
fn columns(operation: &Operation) -> Vec<Option<Vec<String>>> {
    let all_but_access = all_capabilities().into_iter().filter(|name| *name != ACCESS).map(ToOwned::to_owned).collect();
    let without_own = needed(operation).into_iter().filter(|name| *name != own_capability()).collect();
    let has_own = ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str());
    vec![Some(all_but_access), Some(vec![ACCESS.to_owned()]), Some(needed(operation)), has_own.then_some(without_own)]
}

/// Everything a caller has to hold.
pub fn needed(operation: &Operation) -> Vec<String> {
    let mut needed: Vec<String> = operation.capability.iter().cloned().collect();
    if ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str()) {
        needed.push(own_capability());
    }
    if operation.capability.is_some() && operation.capability.as_deref() != Some(ACCESS) {
        needed.push(ACCESS.to_owned());
    }
    needed
}

pub fn own_capability() -> String {
    CATALOG[0].info().capability.name.to_owned()
}

/// What the document promises.
fn expected(operation: &Operation) -> Vec<String> {
    let yes_if = |may: bool| if may { "yes" } else { "403" };
    let needs = operation.capability.as_deref();
    let has_own = ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str());
    let without = if operation.is_public { "yes" } else { "401" };
    // What a program was made for stands in for what its owner holds.
    let program = |may: &'static str| if operation.is_person_only() { "403" } else { may };
    let cells = [
        without,
        "404",
        without,
        without,
        without,
        yes_if(needs.is_none()),
        yes_if(needs.is_none() || needs == Some(ACCESS)),
        "yes",
        if has_own { "403" } else { "-" },
        program("yes"),
        program(yes_if(needs.is_none() || needs == Some(ACCESS))),
        without,
    ];
    cells.map(ToOwned::to_owned).to_vec()
}

/// Operators by what they hold.
pub struct Callers<'a> {
    app: &'a TestApp,
    cache: HashMap<Vec<String>, Actor>,
}

impl<'a> Callers<'a> {
    pub fn of(app: &'a TestApp) -> Self {
        Self { app, cache: HashMap::new() }
    }

    pub async fn holding(&mut self, capabilities: &[String]) -> Actor {
        if let Some(actor) = self.cache.get(capabilities) {
            return actor.clone();
        }
        let names: Vec<&str> = capabilities.iter().map(String::as_str).collect();
        let actor = self.app.operator_holding(&names).await;
        self.cache.insert(capabilities.to_vec(), actor.clone());
        actor
    }
}

pub fn matrix(rows: &[Row<'_>]) -> String {
    let mut text = String::from(
        "Who may do what in the system plane, as the tests found it.\n\
         yes: done. 401: no good credential. 403: signed in, but a capability is missing. 404: nothing is there for a credential of the other plane.\n\
         program: an API token made for what is needed, of somebody who holds everything; for less: made for entering the plane alone.\n\n",
    );
    let widths: Vec<usize> = HEADINGS.iter().map(|heading| heading.len()).collect();
    let mut line = |operation: &str, request: &str, cells: &[String], needs: &str| {
        let cells: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let row = format!("{operation:<28} {request:<65} {}  {needs}", cells.join("  "));
        writeln!(text, "{}", row.trim_end()).unwrap();
    };
    line("operation", "request", &HEADINGS.map(ToOwned::to_owned), "needs");
    for Row { operation, cells } in rows {
        let path = operation.path.trim_start_matches("/api/v1/system");
        let needs = match (operation.is_public, needed(operation)) {
            (true, _) => "nothing".to_owned(),
            (false, needs) if needs.is_empty() => "to be signed in".to_owned(),
            (false, needs) if operation.instead.is_empty() => needs.join(" + "),
            (false, needs) => format!("{}, or {} + {ACCESS}", needs.join(" + "), operation.instead.join(" + ")),
        };
        line(&operation.id, &format!("{} {path}", operation.method), cells, &needs);
    }
    text
}

/// A start confirms the caller's own preflight, and what somebody was told is theirs alone.
fn hand_over(app: &TestApp, caller: &Actor) {
    app.execute(&format!("UPDATE runbook_preflights SET platform_user_id = {}", caller.id));
    app.execute(&format!("UPDATE notifications SET platform_user_id = {} WHERE user_id IS NULL", caller.id));
}
