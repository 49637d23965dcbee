//! Signing in to the tenant plane: the same rules as in the system plane, with its own cookie, audience and count.

use serde_json::json;
use std::time::Duration;
use support::TestApp;
use support::app::PASSWORD;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn signing_in_sets_the_cookie_of_the_tenant_plane() {
    let app = TestApp::start().await;
    let (workspace, (id, email)) = (app.default_workspace(), app.create_user());
    app.add_to_workspace(id, &workspace);

    let answer = app.anonymous().user_login(&format!("  {} ", email.to_uppercase()), PASSWORD).await.assert_status(200);

    let workspaces = json!([{ "id": workspace.id, "name": workspace.name }]);
    assert_eq!(answer.body, json!({ "user": { "id": id, "email": email, "name": "Uma User", "workspaces": workspaces } }));
    let cookie = answer.header("set-cookie").unwrap();
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    assert!(cookie.starts_with("tenantatlas_admin="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/admin", "Max-Age=43200"] {
        assert!(attributes.contains(&attribute), "no {attribute}: {cookie}");
    }
}

#[tokio::test]
async fn a_cookie_and_a_token_are_the_same_to_me() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (browser, program) = (app.cookie_member(&tenant, "owner").await, app.member(&tenant, "owner").await);

    for (user, email) in [(&browser, &browser.email), (&program, &program.email)] {
        let me = user.user_me().await.assert_status(200);
        assert_eq!(me.body["user"]["email"], *email);
        assert_eq!(me.body["user"]["workspaces"][0]["id"], tenant.workspace_id);
    }
    app.anonymous().user_me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_wrong_password_an_unknown_a_deactivated_and_an_operators_account_are_told_in_the_same_words() {
    let app = TestApp::start().await;
    let ((_, email), (gone, gone_email)) = (app.create_user(), app.create_user());
    let (_, operator) = app.create_operator(&[]);
    app.execute(&format!("UPDATE users SET deactivated_at = db_now() WHERE id = {gone}"));
    let visitor = app.anonymous().with_header("x-request-id", "same");

    let wrong = visitor.user_login(&email, "not the password").await.assert_problem(401, "invalid-credentials");
    for other in ["nobody@example.com", &gone_email, &operator] {
        let refused = visitor.user_login(other, PASSWORD).await.assert_problem(401, "invalid-credentials");
        assert_eq!(refused.body, wrong.body, "{other}");
    }
}

#[tokio::test]
async fn attempts_are_counted_for_each_plane_and_audited_as_the_users() {
    let app = TestApp::start().await;
    let (id, email) = app.create_user();
    let visitor = app.anonymous();
    for _ in 0..9 {
        visitor.user_login(&email, "not the password").await.assert_problem(401, "invalid-credentials");
    }
    visitor.user_token(&email, PASSWORD).await.assert_status(200);

    let refused = visitor.user_login(&email, PASSWORD).await.assert_problem(429, "too-many-attempts");

    assert!(refused.header("retry-after").is_some());
    visitor.login(&email, PASSWORD).await.assert_problem(401, "invalid-credentials");
    let rows = app.audited("tenant.auth.sign_in");
    // Of the refusals of a minute the first is a row, until it is over.
    assert_eq!((rows.len(), &rows[1]["actor_type"], &rows[1]["actor_id"]), (2, &json!("user"), &json!(id)));
    assert_eq!((&rows[0]["actor_type"], &rows[0]["outcome"]), (&json!("anonymous"), &json!("failed")));
    assert_eq!(app.audited("tenant.auth.sign_in_throttled").len(), 1);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_on_every_server() {
    let app = TestApp::start().await;
    let browser = app.cookie_member(&app.tenant("Contoso"), "owner").await;
    let second = app.second_server().await;
    browser.at(second.address).user_me().await.assert_status(200);

    let answer = browser.user_logout().await.assert_status(204);

    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("tenantatlas_admin=;") && cookie.contains("Max-Age=0"), "{cookie}");
    browser.user_me().await.assert_problem(401, "unauthenticated");
    browser.at(second.address).user_me().await.assert_problem(401, "unauthenticated");
    assert_eq!(app.audited("tenant.auth.sign_out")[0]["actor_id"], browser.id);
}

#[tokio::test]
async fn a_browser_session_in_use_is_renewed_but_not_beyond_twelve_hours() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let browser = app.cookie_member(&tenant, "readonly").await;

    for _ in 0..28 {
        app.clock().advance(25 * MINUTE);
        browser.get_my_tenant(tenant.id).await.assert_status(200);
    }
    app.clock().advance(21 * MINUTE);

    browser.user_me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_write_with_a_cookie_from_another_origin_is_refused() {
    let app = TestApp::start().await;
    let browser = app.cookie_member(&app.tenant("Contoso"), "owner").await;

    browser.with_header("sec-fetch-site", "cross-site").user_logout().await.assert_problem(403, "cross-origin");

    browser.user_me().await.assert_status(200);
}

#[tokio::test]
async fn a_deactivated_user_is_out_at_once() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let user = app.member(&tenant, "owner").await;

    app.execute(&format!("UPDATE users SET deactivated_at = db_now() WHERE id = {}", user.id));

    user.get_my_tenant(tenant.id).await.assert_problem(401, "unauthenticated");
    user.list_my_tenants("").await.assert_problem(401, "unauthenticated");
}
