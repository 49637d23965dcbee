//! The matrix of the tenant plane: users by their place in the tenant, and their programs.

use super::super::operations::{Operation, prepare};
use super::{Cell, Row, worthless};
use std::fmt::Write;
use support::app::PASSWORD;
use support::fixtures::Tenant;
use support::{Actor, TestApp};
use tenantatlas::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use tenantatlas::auth::{Role, tenant_capability};
use tenantatlas::runbooks::CATALOG;

/// Whoever lacks it in the tenant is not told that there is anything: it is looked for among what they may see.
const FOUND_BY_STARTERS: [&str; 1] = ["read_my_notification"];

/// What shows a run to members asks for the capability that starts one of its type; those of the tests are backfills.
const SHOWS_A_BACKFILL: [&str; 3] = ["get_operation", "list_operation_targets", "watch_operation"];

/// Every operation of the plane, called as everybody.
pub async fn rows<'a>(app: &TestApp, admin: &Actor, operations: &'a [Operation]) -> Vec<Row<'a>> {
    let cast = Cast::assemble(app).await;
    let mut rows = Vec::new();
    for operation in operations.iter().filter(|operation| operation.is_of_tenants()) {
        rows.push(Row { operation, cells: cells(app, admin, &cast, operation).await });
    }
    rows
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

    /// In the order of [`HEADINGS`]; the members are members of this tenant.
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

const HEADINGS: [&str; 17] = [
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

async fn cells(app: &TestApp, admin: &Actor, cast: &Cast, operation: &Operation) -> Vec<String> {
    let mut cells = Vec::new();
    for column in 0..HEADINGS.len() {
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
    assert_eq!(cells, expected(operation), "{}: {HEADINGS:?}", operation.id);
    cells
}

/// Whether a role may do it.
pub fn may(role: Role, operation: &Operation) -> bool {
    let entry = |name: &String| tenant_capability::ALL.iter().find(|entry| entry.name == *name).unwrap();
    needed_of_role(operation).as_ref().is_none_or(|name| role.holds(entry(name)))
}

/// The capability that a member needs in the tenant.
fn needed_of_role(operation: &Operation) -> Option<String> {
    let backfill = CATALOG[0].info().member_capability.map(|entry| entry.name.to_owned());
    if SHOWS_A_BACKFILL.contains(&operation.id.as_str()) { backfill } else { operation.capability.clone() }
}

/// What the document promises.
fn expected(operation: &Operation) -> Vec<String> {
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
        program(if is_for_less { "yes" } else { "403" }),
        program(member(Role::Readonly)),
    ]);
    cells.into_iter().map(ToOwned::to_owned).collect()
}

pub fn matrix(rows: &[Row<'_>]) -> String {
    let mut text = String::from(
        "Who may do what in the tenant plane. owner to readonly: roles in the tenant that the request is about; elsewhere: in another\n\
         tenant only; of the workspace: a member of the tenant's workspace and of no tenant. 404: also for what is not the caller's.\n\
         Programs have API tokens: of an owner, made for everything or for seeing the tenant alone; of a member who was an owner when\n\
         it was made for everything, and is readonly now.\n\n",
    );
    let mut line = |operation: &str, request: &str, cells: &[String], needs: &str| {
        let cells = cells.iter().zip(HEADINGS).map(|(cell, heading)| format!("{cell:<width$}", width = heading.len()));
        let row = format!("{operation:<28} {request:<65} {}  {needs}", cells.collect::<Vec<_>>().join("  "));
        writeln!(text, "{}", row.trim_end()).unwrap();
    };
    line("operation", "request", &HEADINGS.map(ToOwned::to_owned), "needs");
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
