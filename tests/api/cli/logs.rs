//! What a server writes about a day's work names no secret and no person (API-04).

use serde_json::json;
use support::app::PASSWORD;
use support::cli::LoggedServer;
use support::{Actor, TestApp};

const REASON: &str = "Reason that only audit keeps";

/// Works as a person, a program and somebody who guesses; what must not be written.
async fn work(app: &TestApp, at: &Actor) -> Vec<String> {
    let operator = app.operator().await;
    let browser = at.signed_in_with_cookie(&operator.email, PASSWORD).await;
    let session = at.signed_in(&operator.email, PASSWORD).await;
    at.login(&operator.email, "a guessed password").await.assert_status(401);
    at.login("nobody-at-all@example.com", "a guessed password").await.assert_status(401);
    let body = json!({ "name": "Secretly named", "capabilities": ["platform.ops.view"] });
    let secret = browser.create_api_token(&body).await.assert_status(201).body["secret"].as_str().unwrap().to_owned();
    let program = at.with_credential(support::actor::Credential::Bearer(secret.clone()));
    program.list_runs("").await.assert_status(200);
    program.list_tenants("search=somebodys-search").await.assert_status(200);
    browser.open_break_glass(REASON, 5).await.assert_status(201);
    let reasoned = browser.with_header("break-glass-reason", "Reason%20in%20a%20header");
    reasoned.pause_control(support::actor::controls::RESTORE, &support::actor::controls::global_pause()).await.assert_status(201);
    reasoned
        .pause_control(support::actor::controls::RESTORE, &json!({ "nonsense": "typed by somebody" }))
        .await
        .assert_status(422);
    browser.end_break_glass().await.assert_status(204);
    let tenant = app.tenant("Contoso Confidential");
    let user = app.member(&tenant, "owner").await;
    at.signed_in_as_user(&user.email, PASSWORD)
        .await
        .list_findings(tenant.id, "search=somebodys-search")
        .await
        .assert_status(200);
    browser.logout().await.assert_status(204);
    let shown = [browser.token().to_owned(), session.token().to_owned(), secret, operator.email, user.email];
    let typed = [PASSWORD, "a guessed password", "nobody-at-all", "Secretly named", REASON, "Reason%20in", "Reason in a header"];
    let named = ["typed by somebody", "somebodys-search", "Olga Operator", "Uma User", "Contoso Confidential"];
    shown.into_iter().chain(typed.into_iter().chain(named).map(ToOwned::to_owned)).collect()
}

#[tokio::test]
async fn a_days_work_leaves_no_secret_and_nobodys_name_in_the_log() {
    let app = TestApp::start().await;
    let server = LoggedServer::start(app.database_url(), "debug");

    let secrets = work(&app, &Actor::anonymous(server.address)).await;
    let written = server.end();

    assert!(written.lines().filter(|line| line.contains("answered")).count() > 10, "the requests were not logged: {written}");
    for secret in secrets {
        let lines: Vec<&str> = written.lines().filter(|line| line.contains(&secret)).collect();
        assert!(lines.is_empty(), "{secret:?} is in {lines:#?}");
    }
}
