//! `POST /auth/login`

use serde_json::json;
use std::collections::BTreeSet;
use support::TestApp;
use support::app::PASSWORD;

const LOGIN: &str = "/api/v1/system/auth/login";

#[tokio::test]
async fn signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let app = TestApp::start().await;
    let (id, email) = app.create_operator(&["platform.access_system_panel", "platform.ops.view"]);

    let answer = app.anonymous().login(&email, PASSWORD).await.assert_status(200);

    assert_eq!(
        answer.body,
        json!({ "operator": { "id": id, "email": email, "name": "Olga Operator",
                "capabilities": ["platform.access_system_panel", "platform.ops.view"],
                "is_break_glass": false, "break_glass_expires_at": null } })
    );
    let cookie = answer.header("set-cookie").unwrap();
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    assert!(cookie.starts_with("tenantatlas_system="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/system", "Max-Age=43200"] {
        assert!(attributes.contains(&attribute), "no {attribute}: {cookie}");
    }
    assert!(!attributes.contains(&"Secure"), "on loopback there is no TLS: {cookie}");
}

#[tokio::test]
async fn the_cookie_is_secure_where_others_can_reach_the_listener() {
    let app = TestApp::builder().setting("TENANTATLAS_LISTEN", "0.0.0.0:0").start().await;
    let (_, email) = app.create_operator(&[]);

    let answer = app.anonymous().login(&email, PASSWORD).await.assert_status(200);

    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn the_cookie_is_secure_where_people_come_by_tls() {
    let app = TestApp::builder().setting("TENANTATLAS_PUBLIC_URL", "https://atlas.example.com").start().await;
    let (_, email) = app.create_operator(&[]);

    let answer = app.anonymous().login(&email, PASSWORD).await.assert_status(200);

    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn the_address_is_taken_in_any_case_and_with_white_space_around_it() {
    let app = TestApp::start().await;
    let (id, email) = app.create_operator(&[]);

    let answer = app.anonymous().login(&format!("  {} ", email.to_uppercase()), PASSWORD).await.assert_status(200);

    assert_eq!(answer.body["operator"]["id"], id);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_and_a_deactivated_account_are_told_in_the_same_words() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let (gone, gone_email) = app.create_operator(&[]);
    app.execute(&format!("UPDATE platform_users SET deactivated_at = db_now() WHERE id = {gone}"));
    let visitor = app.anonymous().with_header("x-request-id", "same");

    let wrong = visitor.login(&email, "not the password").await.assert_problem(401, "invalid-credentials");
    let unknown = visitor.login("nobody@example.com", PASSWORD).await.assert_problem(401, "invalid-credentials");
    let deactivated = visitor.login(&gone_email, PASSWORD).await.assert_problem(401, "invalid-credentials");

    assert_eq!(wrong.body, unknown.body);
    assert_eq!(wrong.body, deactivated.body);
    let names = |answer: &support::Response| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names(&wrong), names(&unknown));
    assert_eq!(wrong.header("set-cookie"), None);
}

#[tokio::test]
async fn a_refused_sign_in_is_audited_without_the_password() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);

    app.anonymous().login(&email, "the secret that was typed").await.assert_status(401);

    let rows = app.rows("SELECT * FROM audit_logs");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["action"], "platform.auth.sign_in");
    assert_eq!(rows[0]["outcome"], "failed");
    assert_eq!((&rows[0]["actor_type"], &rows[0]["actor_label"]), (&json!("anonymous"), &json!(email)));
    assert!(!rows[0].to_string().contains("the secret that was typed"), "{}", rows[0]);
}

#[tokio::test]
async fn a_successful_sign_in_is_audited_as_the_operators() {
    let app = TestApp::start().await;
    let (id, email) = app.create_operator(&[]);

    app.anonymous().with_header("user-agent", "a browser").login(&email, PASSWORD).await.assert_status(200);

    let rows = app.rows("SELECT * FROM audit_logs");
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["actor_id"], &rows[0]["outcome"]), (&json!(id), &json!("success")));
    assert_eq!((&rows[0]["ip"], &rows[0]["user_agent"]), (&json!("127.0.0.1"), &json!("a browser")));
}

#[tokio::test]
async fn wrong_fields_are_named_before_anything_is_counted() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();

    let missing = visitor.post(LOGIN, &json!({ "email": "a@example.com" })).await;
    missing.assert_problem(422, "validation-failed").assert_pointers(&["/password"]);
    let unknown = visitor.post(LOGIN, &json!({ "email": "a@example.com", "password": "x", "remember": true })).await;
    unknown.assert_problem(422, "validation-failed").assert_pointers(&["/remember"]);
    let empty = visitor.post(LOGIN, &json!({ "email": "", "password": "" })).await;
    empty.assert_problem(422, "validation-failed").assert_pointers(&["/email", "/password"]);
    let long = visitor.post(LOGIN, &json!({ "email": "a@example.com", "password": "x".repeat(1025) })).await;
    long.assert_problem(422, "validation-failed").assert_pointers(&["/password"]);

    assert_eq!(app.value("SELECT count(*) FROM sign_in_attempts"), 0);
}
