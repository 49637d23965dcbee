//! Every operation of both planes, called as everybody: the committed matrix says who may do what.

use super::operations::{Operation, operations, prepare};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write;
use support::actor::Credential;
use support::app::{ACCESS, PASSWORD, all_capabilities};
use support::fixtures::Tenant;
use support::{Actor, Response, TestApp, snapshot};
use tenantatlas::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use tenantatlas::auth::{Plane, Role, capability, tenant_capability};
use tenantatlas::runbooks::CATALOG;

const MATRIX: &str = "tests/api/guards/role_matrix.txt";
/// What starts or steers a run also needs the runbook's own capability.
const ALSO_THE_RUNBOOKS_OWN: [&str; 6] =
    ["start_run", "cancel_run", "pause_run", "resume_run", "retry_failed", "acknowledge_run"];

/// Whoever lacks it in the tenant is not told that there is anything: it is looked for among what they may see.
const FOUND_BY_STARTERS: [&str; 1] = ["read_my_notification"];

/// What shows a run to members asks for the capability that starts one of its type; those of the tests are backfills.
const SHOWS_A_BACKFILL: [&str; 3] = ["get_operation", "list_operation_targets", "watch_operation"];

struct Row<'a> {
    operation: &'a Operation,
    cells: Vec<String>,
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    let other_plane = app.user().await;
    let worthless = worthless(&app, &app.operator().await).await;
    let operations = operations();
    let mut rows = Vec::new();
    for operation in operations.iter().filter(|operation| operation.is_system()) {
        let call = prepare(&app, &admin, operation).await;
        let mut callers = Callers { app: &app, cache: HashMap::new() };
        let mut cells = Vec::new();
        for caller in [&app.anonymous(), &other_plane].into_iter().chain(&worthless) {
            cells.push(call.send(caller).await.cell());
        }
        for capabilities in columns(operation) {
            cells.push(match capabilities {
                Some(capabilities) => {
                    let caller = callers.holding(&capabilities).await;
                    hand_over(&app, &caller);
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
            let call = prepare(&app, &admin, operation).await;
            hand_over(&app, &program);
            cells.push(call.send(&program).await.cell());
        }
        assert_eq!(cells, expected(operation), "{}: {HEADINGS:?}", operation.id);
        rows.push(Row { operation, cells });
    }
    let cast = Cast::assemble(&app).await;
    let mut of_tenants = Vec::new();
    for operation in operations.iter().filter(|operation| operation.is_of_tenants()) {
        of_tenants.push(Row { operation, cells: cells_of_tenants(&app, &admin, &cast, operation).await });
    }
    snapshot::assert_matches(MATRIX, &format!("{}\n{}", matrix(&rows), matrix_of_tenants(&of_tenants)));
}

/// A start confirms the caller's own preflight, and what somebody was told is theirs alone.
fn hand_over(app: &TestApp, caller: &Actor) {
    app.execute(&format!("UPDATE runbook_preflights SET platform_user_id = {}", caller.id));
    app.execute(&format!("UPDATE notifications SET platform_user_id = {} WHERE user_id IS NULL", caller.id));
}

/// Shown by nobody: a session that is over, one that was ended, and a token with another signature.
async fn worthless(app: &TestApp, signed_in: &Actor) -> [Actor; 3] {
    let again = async |path: &str| {
        let body = json!({ "email": signed_in.email, "password": PASSWORD });
        let answer = app.anonymous().post(path, &body).await.assert_status(200);
        signed_in.with_credential(Credential::Bearer(answer.body["access_token"].as_str().unwrap().to_owned()))
    };
    let is_operator = signed_in.email.starts_with("operator");
    let path = if is_operator { "/api/v1/system/auth/token" } else { "/api/v1/admin/auth/token" };
    let over = signed_in.clone();
    app.execute("UPDATE sessions SET expires_at = db_now() - interval '1 second' WHERE id = (SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1)");
    let ended = again(path).await;
    if is_operator { ended.logout().await } else { ended.user_logout().await }.assert_status(204);
    let forged = again(path).await;
    let (claims, signature) = forged.token().rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = forged.with_credential(Credential::Bearer(format!("{claims}.{other}{}", &signature[1..])));
    [over, ended, forged]
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
async fn every_single_capability_that_an_operation_needs_is_asked_for() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    let mut callers = Callers { app: &app, cache: HashMap::new() };
    for operation in operations().iter().filter(|operation| operation.is_system()) {
        let can_be_replaced = |name: &String| !operation.instead.is_empty() && operation.capability.as_ref() == Some(name);
        for lacking in needed(operation).into_iter().filter(|name| !can_be_replaced(name)) {
            let others: Vec<String> =
                all_capabilities().into_iter().filter(|name| *name != lacking).map(ToOwned::to_owned).collect();
            let caller = callers.holding(&others).await;
            let answer = prepare(&app, &admin, operation).await.send(&caller).await.assert_problem(403, "capability-missing");
            assert_eq!(answer.body["capability"], lacking, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn who_is_no_member_or_lacks_the_role_is_told_before_anything_about_the_request_is() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let (admin, stranger) = (app.operator().await, app.member(&app.tenant("Elsewhere"), "owner").await);
    for operation in operations().iter().filter(|operation| operation.path.contains("{tenant}")) {
        let call = prepare(&app, &admin, operation).await;
        let method: reqwest::Method = operation.method.parse().unwrap();
        let garbage = format!("{}?nonsense=1", call.path());
        call.send_text(&stranger, "{ not json").await.assert_problem(404, "not-found");
        stranger.send_text(method.clone(), &garbage, None, "").await.assert_problem(404, "not-found");
        call.send_text(&app.anonymous(), "{ not json").await.assert_problem(401, "unauthenticated");
        for role in Role::ALL.into_iter().filter(|role| !may(*role, operation)) {
            let member = app.member(call.tenant(), role.as_str()).await;
            call.send_text(&member, "{ not json").await.assert_problem(403, "capability-missing");
            member.send_text(method.clone(), &garbage, None, "").await.assert_problem(403, "capability-missing");
        }
    }
}

#[tokio::test]
async fn a_credential_of_the_other_plane_finds_nothing_however_it_is_shown() {
    let app = TestApp::start().await;
    let (admin, tenant) = (app.operator().await, app.tenant("Contoso"));
    let user = app.member(&tenant, "owner").await;
    for caller in both_ways(&admin, Plane::Admin) {
        for path in ["/api/v1/admin/auth/me", "/api/v1/admin/tenants?nonsense=1", "/api/v1/admin/no-such-path"] {
            caller.get(path).await.assert_problem(404, "not-found");
        }
        caller.get_my_tenant(tenant.id).await.assert_problem(404, "not-found");
        caller.user_login(&user.email, "wrong").await.assert_problem(404, "not-found");
        let wrong_method = caller.send_text(reqwest::Method::DELETE, "/api/v1/admin/tenants", None, "").await;
        wrong_method.assert_problem(404, "not-found");
    }
    for caller in both_ways(&user, Plane::System) {
        for path in ["/api/v1/system/auth/me", "/api/v1/system/tenants?nonsense=1", "/api/v1/system/no-such-path"] {
            caller.get(path).await.assert_problem(404, "not-found");
        }
        caller.login(&admin.email, "wrong").await.assert_problem(404, "not-found");
        let wrong_method = caller.send_text(reqwest::Method::DELETE, "/api/v1/system/tenants", None, "").await;
        wrong_method.assert_problem(404, "not-found");
    }
}

/// The caller with a token as it is, and in the cookie of a plane.
fn both_ways(caller: &Actor, plane: Plane) -> [Actor; 2] {
    let cookie = format!("{}={}", plane.cookie(), caller.token());
    [caller.clone(), caller.with_credential(Credential::Cookie(cookie))]
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

/// Everybody who calls the tenant plane.
struct Cast {
    operator: Actor,
    worthless: [Actor; 3],
    members: Vec<Actor>,
    strangers: Vec<Actor>,
    colleague: Actor,
    programs: Vec<Actor>,
}

impl Cast {
    async fn assemble(app: &TestApp) -> Self {
        let elsewhere = app.tenant("Elsewhere");
        let (mut members, mut strangers) = (Vec::new(), Vec::new());
        for role in Role::ALL {
            members.push(app.user().await);
            strangers.push(app.member(&elsewhere, role.as_str()).await);
        }
        let colleague = app.user().await;
        app.add_to_workspace(colleague.id, &app.default_workspace());
        // The token of the last was made while its owner could do more.
        let all: Vec<&str> =
            tenant_capability::ALL.iter().filter(|entry| entry.is_for_machines()).map(|entry| entry.name).collect();
        let (owner, lowered) = (members[0].clone(), members[3].clone());
        for member in [&owner, &lowered] {
            app.set_membership(member.id, &elsewhere, "owner");
        }
        let programs = vec![owner.program(&all).await, owner.program(&["tenant.view"]).await, lowered.program(&all).await];
        app.execute(&format!("DELETE FROM tenant_memberships WHERE user_id IN ({}, {})", owner.id, lowered.id));
        Self {
            programs,
            operator: app.operator().await,
            worthless: worthless(app, &app.user().await).await,
            members,
            strangers,
            colleague,
        }
    }

    /// In the order of [`TENANT_HEADINGS`]; the members are members of this tenant.
    fn of(&self, app: &TestApp, tenant: &Tenant) -> Vec<Actor> {
        for (member, role) in self.members.iter().zip(Role::ALL) {
            app.set_membership(member.id, tenant, role.as_str());
        }
        let mut callers = vec![app.anonymous(), self.operator.clone()];
        callers.extend(self.worthless.iter().chain(&self.members).chain(&self.strangers).cloned());
        callers.push(self.colleague.clone());
        callers.extend(self.programs.iter().cloned());
        callers
    }
}

const TENANT_HEADINGS: [&str; 17] = [
    "anonymous",
    "an operator",
    "expired",
    "revoked",
    "tampered",
    "owner",
    "manager",
    "operator",
    "readonly",
    "owner elsewhere",
    "manager elsewhere",
    "operator elsewhere",
    "readonly elsewhere",
    "of the workspace",
    "owner's program",
    "program for less",
    "readonly's program",
];

async fn cells_of_tenants(app: &TestApp, admin: &Actor, cast: &Cast, operation: &Operation) -> Vec<String> {
    let mut cells = Vec::new();
    for column in 0..TENANT_HEADINGS.len() {
        // Each on what nobody has touched.
        let call = prepare(app, admin, operation).await;
        let mut caller = cast.of(app, call.tenant()).swap_remove(column);
        let has_session = (5..14).contains(&column);
        if operation.id == "user_logout" && has_session {
            caller = app.anonymous().signed_in_as_user(&caller.email, PASSWORD).await;
        }
        if operation.id == "user_logout_everywhere" && has_session {
            caller = app.user().await;
        }
        if caller.id > 0 && caller.email.starts_with("user") {
            app.give_notifications_to(caller.id);
        }
        cells.push(call.send(&caller).await.cell());
    }
    assert_eq!(cells, expected_of_tenants(operation), "{}: {TENANT_HEADINGS:?}", operation.id);
    cells
}

/// Whether a role may do it.
fn may(role: Role, operation: &Operation) -> bool {
    let entry = |name: &String| tenant_capability::ALL.iter().find(|entry| entry.name == *name).unwrap();
    needed_of_role(operation).as_ref().is_none_or(|name| role.holds(entry(name)))
}

/// The capability that a member needs in the tenant.
fn needed_of_role(operation: &Operation) -> Option<String> {
    let backfill = CATALOG[0].info().member_capability.map(|entry| entry.name.to_owned());
    if SHOWS_A_BACKFILL.contains(&operation.id.as_str()) { backfill } else { operation.capability.clone() }
}

/// What the document promises.
fn expected_of_tenants(operation: &Operation) -> Vec<String> {
    let without = if operation.is_public { "yes" } else { "401" };
    let is_found_by_starters = FOUND_BY_STARTERS.contains(&operation.id.as_str());
    let member = |role: Role| match (may(role, operation), is_found_by_starters) {
        (true, true) if !role.holds(FindingsBackfill::ENTRY) => "404",
        (true, _) => "yes",
        (false, _) => "403",
    };
    let stranger = if operation.path.contains('{') && !operation.path.contains("/auth/") { "404" } else { "yes" };
    let is_for_less = needed_of_role(operation).as_deref().is_none_or(|name| name == "tenant.view");
    let program = |may: &'static str| if operation.is_person_only() { "403" } else { may };
    let mut cells = vec![without, "404", without, without, without];
    cells.extend(Role::ALL.map(member));
    cells.extend([stranger; 5]);
    if operation.id == "create_user_api_token" {
        // Who may do nothing anywhere has nothing to hand on.
        cells[13] = "422";
    }
    cells.extend([
        program(member(Role::Owner)),
        program(match (is_for_less, is_found_by_starters) {
            (true, false) => "yes",
            (true, true) => "404",
            (false, _) => "403",
        }),
        program(member(Role::Readonly)),
    ]);
    cells.into_iter().map(ToOwned::to_owned).collect()
}

fn matrix_of_tenants(rows: &[Row<'_>]) -> String {
    let mut text = String::from(
        "Who may do what in the tenant plane. owner to readonly: roles in the tenant that the request is about; elsewhere: in another\n\
         tenant only; of the workspace: a member of the tenant's workspace and of no tenant. 404: also for what is not the caller's.\n\
         Programs have API tokens: of an owner, made for everything or for seeing the tenant alone; of a member who was an owner when\n\
         it was made for everything, and is readonly now.\n\n",
    );
    let mut line = |operation: &str, request: &str, cells: &[String], needs: &str| {
        let cells = cells.iter().zip(TENANT_HEADINGS).map(|(cell, heading)| format!("{cell:<width$}", width = heading.len()));
        let row = format!("{operation:<28} {request:<65} {}  {needs}", cells.collect::<Vec<_>>().join("  "));
        writeln!(text, "{}", row.trim_end()).unwrap();
    };
    line("operation", "request", &TENANT_HEADINGS.map(ToOwned::to_owned), "needs");
    for Row { operation, cells } in rows {
        let path = operation.path.trim_start_matches("/api/v1/admin");
        let needs = match (operation.is_public, needed_of_role(operation)) {
            (true, _) => "nothing".to_owned(),
            (false, None) => "to be signed in".to_owned(),
            (false, Some(capability)) if operation.capability.is_none() => format!("{capability}, as to start it"),
            (false, Some(capability)) => capability,
        };
        line(&operation.id, &format!("{} {path}", operation.method), cells, &needs);
    }
    text
}
