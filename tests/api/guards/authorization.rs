//! Every operation of the system plane, called as everybody: the committed matrix says who may do what.

use super::operations::{Operation, operations, prepare};
use std::collections::HashMap;
use std::fmt::Write;
use support::actor::Credential;
use support::app::{ACCESS, all_capabilities};
use support::{Actor, Response, TestApp, snapshot};
use tenantatlas::auth::Plane;
use tenantatlas::auth::session::{Lifetime, sign};
use tenantatlas::runbooks::CATALOG;

const MATRIX: &str = "tests/api/guards/role_matrix.txt";
/// What starts or steers a run also needs the runbook's own capability.
const ALSO_THE_RUNBOOKS_OWN: [&str; 5] = ["start_run", "cancel_run", "pause_run", "resume_run", "retry_failed"];

struct Row<'a> {
    operation: &'a Operation,
    cells: Vec<String>,
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    let other_plane = other_plane(&app, &admin);
    let operations = operations();
    let mut rows = Vec::new();
    for operation in operations.iter().filter(|operation| operation.is_system()) {
        let call = prepare(&app, &admin, operation).await;
        let mut callers = Callers { app: &app, cache: HashMap::new() };
        let mut cells = vec![call.send(&app.anonymous()).await.cell(), call.send(&other_plane).await.cell()];
        for capabilities in columns(operation) {
            cells.push(match capabilities {
                Some(capabilities) => {
                    let caller = callers.holding(&capabilities).await;
                    // A start confirms the caller's own preflight.
                    app.execute(&format!("UPDATE runbook_preflights SET platform_user_id = {}", caller.id));
                    let answer = call.send(&caller).await;
                    if operation.id == "logout" {
                        callers.cache.clear();
                    }
                    answer.cell()
                }
                None => "-".to_owned(),
            });
        }
        assert_eq!(cells, expected(operation), "{}: {HEADINGS:?}", operation.id);
        rows.push(Row { operation, cells });
    }
    snapshot::assert_matches(MATRIX, &matrix(&rows));
}

#[tokio::test]
async fn where_others_suffice_each_of_them_is_needed() {
    let app = TestApp::start().await;
    let admin = app.operator().await;
    let mut seen = 0;
    for operation in operations().iter().filter(|operation| !operation.instead.is_empty()) {
        let call = prepare(&app, &admin, operation).await;
        let others: Vec<&str> = operation.instead.iter().map(String::as_str).collect();
        assert_eq!(call.send(&app.operator_with(&others).await).await.cell(), "yes", "{}", operation.id);
        call.send(&app.operator_holding(&others).await).await.assert_problem(403, "capability-missing");
        for missing in &others {
            let rest: Vec<&str> = others.iter().filter(|name| *name != missing).copied().collect();
            let refused = call.send(&app.operator_with(&rest).await).await.assert_problem(403, "capability-missing");
            assert_eq!(refused.body["capability"].as_str(), operation.capability.as_deref());
        }
        seen += 1;
    }
    assert!(seen > 0, "no such operation was found");
}

#[tokio::test]
async fn a_missing_capability_is_told_before_anything_about_the_request_is() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let (admin, visitor) = (app.operator().await, app.operator_with(&[]).await);
    let own = own_capability();
    let almost: Vec<&str> = all_capabilities().into_iter().filter(|name| *name != own).collect();
    let almost = app.operator_holding(&almost).await;
    for operation in operations().iter().filter(|operation| operation.is_system() && needed(operation).len() > 1) {
        let call = prepare(&app, &admin, operation).await;
        call.send_text(&visitor, "{ not json").await.assert_problem(403, "capability-missing");
        call.send_text(&app.anonymous(), "{ not json").await.assert_problem(401, "unauthenticated");
        if ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str()) {
            call.send_text(&almost, "{ not json").await.assert_problem(403, "capability-missing");
        }
        let garbage = format!("{}?nonsense=1", call.path());
        let method = operation.method.parse().unwrap();
        visitor.send_text(method, &garbage, None, "").await.assert_problem(403, "capability-missing");
    }
}

#[tokio::test]
async fn a_credential_of_the_other_plane_finds_nothing_however_it_is_shown() {
    let app = TestApp::start().await;
    let admin = app.operator().await;
    let bearer = other_plane(&app, &admin);
    let cookie = bearer.with_credential(Credential::Cookie(format!("{}={}", Plane::System.cookie(), bearer.token())));
    for caller in [bearer, cookie] {
        for path in ["/api/v1/system/auth/me", "/api/v1/system/tenants?nonsense=1", "/api/v1/system/no-such-path"] {
            caller.get(path).await.assert_problem(404, "not-found");
        }
        caller.login(&admin.email, "wrong").await.assert_problem(404, "not-found");
        let wrong_method = caller.send_text(reqwest::Method::DELETE, "/api/v1/system/tenants", None, "").await;
        wrong_method.assert_problem(404, "not-found");
    }
}

const HEADINGS: [&str; 6] = ["anonymous", "other plane", "all but access", "access only", "what it needs", "without runbook's"];

/// The callers with a credential, in the order of [`HEADINGS`] after the first two.
fn columns(operation: &Operation) -> Vec<Option<Vec<String>>> {
    let all_but_access = all_capabilities().into_iter().filter(|name| *name != ACCESS).map(ToOwned::to_owned).collect();
    let without_own = needed(operation).into_iter().filter(|name| *name != own_capability()).collect();
    let has_own = ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str());
    vec![Some(all_but_access), Some(vec![ACCESS.to_owned()]), Some(needed(operation)), has_own.then_some(without_own)]
}

/// Everything a caller has to hold.
fn needed(operation: &Operation) -> Vec<String> {
    let mut needed: Vec<String> = operation.capability.iter().cloned().collect();
    if ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str()) {
        needed.push(own_capability());
    }
    if operation.capability.is_some() && operation.capability.as_deref() != Some(ACCESS) {
        needed.push(ACCESS.to_owned());
    }
    needed
}

fn own_capability() -> String {
    CATALOG[0].info().capability.name.to_owned()
}

/// What the document promises.
fn expected(operation: &Operation) -> Vec<String> {
    let yes_if = |may: bool| if may { "yes" } else { "403" };
    let needs = operation.capability.as_deref();
    let has_own = ALSO_THE_RUNBOOKS_OWN.contains(&operation.id.as_str());
    let cells = [
        if operation.is_public { "yes" } else { "401" },
        "404",
        yes_if(needs.is_none()),
        yes_if(needs.is_none() || needs == Some(ACCESS)),
        "yes",
        if has_own { "403" } else { "-" },
    ];
    cells.map(ToOwned::to_owned).to_vec()
}

fn other_plane(app: &TestApp, admin: &Actor) -> Actor {
    let token = sign(&app.server().keys, Plane::Admin, 1, uuid::Uuid::new_v4(), Lifetime::BEARER).unwrap();
    admin.with_credential(Credential::Bearer(token))
}

/// Operators by what they hold.
struct Callers<'a> {
    app: &'a TestApp,
    cache: HashMap<Vec<String>, Actor>,
}

impl Callers<'_> {
    async fn holding(&mut self, capabilities: &[String]) -> Actor {
        if let Some(actor) = self.cache.get(capabilities) {
            return actor.clone();
        }
        let names: Vec<&str> = capabilities.iter().map(String::as_str).collect();
        let actor = self.app.operator_holding(&names).await;
        self.cache.insert(capabilities.to_vec(), actor.clone());
        actor
    }
}

trait Cell {
    fn cell(&self) -> String;
}

impl Cell for Response {
    fn cell(&self) -> String {
        if (200..300).contains(&self.status) { "yes".to_owned() } else { self.status.to_string() }
    }
}

fn matrix(rows: &[Row<'_>]) -> String {
    let mut text = String::from(
        "Who may do what in the system plane, as the tests found it.\n\
         yes: done. 401: not signed in. 403: signed in, but a capability is missing. 404: nothing is there for a credential of the other plane.\n\n",
    );
    let widths: Vec<usize> = HEADINGS.iter().map(|heading| heading.len()).collect();
    let mut line = |operation: &str, request: &str, cells: &[String], needs: &str| {
        let cells: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let row = format!("{operation:<20} {request:<50} {}  {needs}", cells.join("  "));
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
