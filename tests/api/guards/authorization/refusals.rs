//! What is refused, to whom, and before what.

use super::super::operations::{operations, prepare};
use super::Cell;
use super::system::{ALSO_THE_RUNBOOKS_OWN, Callers, needed, own_capability};
use super::tenants::may;
use support::actor::Credential;
use support::app::all_capabilities;
use support::{Actor, TestApp};
use tenantatlas::auth::{Plane, Role};

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
    let mut callers = Callers::of(&app);
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

#[tokio::test]
async fn a_credential_of_the_other_plane_that_has_ended_is_nobodys() {
    let app = TestApp::start().await;
    let (admin, user) = (app.operator().await, app.user().await);
    admin.get("/api/v1/admin/auth/me").await.assert_problem(404, "not-found");
    user.get("/api/v1/system/auth/me").await.assert_problem(404, "not-found");

    admin.logout().await.assert_status(204);
    user.user_logout().await.assert_status(204);

    for caller in both_ways(&admin, Plane::Admin) {
        caller.get("/api/v1/admin/auth/me").await.assert_problem(401, "unauthenticated");
    }
    for caller in both_ways(&user, Plane::System) {
        caller.get("/api/v1/system/auth/me").await.assert_problem(401, "unauthenticated");
    }
    let idle = app.user().await;
    app.clock().advance(std::time::Duration::from_secs(3601));
    idle.get("/api/v1/system/auth/me").await.assert_problem(401, "unauthenticated");
}

/// The caller with a token as it is, and in the cookie of a plane.
fn both_ways(caller: &Actor, plane: Plane) -> [Actor; 2] {
    let cookie = format!("{}={}", plane.cookie(), caller.token());
    [caller.clone(), caller.with_credential(Credential::Cookie(cookie))]
}
