//! `tenantatlas token`

use serde_json::json;
use support::TestApp;
use support::actor::Credential;
use support::cli::run;

#[tokio::test]
async fn a_token_made_here_works_until_it_is_revoked_here() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&["platform.access_system_panel", "platform.ops.view"]);
    let create =
        ["token", "create", "--as", &email, "--name", "Report", "--capability", "platform.ops.view", "--days", "7", "--json"];

    let created = run(app.database_url(), &create, "").assert_code(0).json();

    let program = app.anonymous().with_credential(Credential::Bearer(created["secret"].as_str().unwrap().to_owned()));
    program.list_runs("").await.assert_status(200);
    let list = run(app.database_url(), &["token", "list", "--as", &email], "").assert_code(0);
    assert!(list.out.contains("Report") && list.out.contains("active") && !list.out.contains("tatlas_"), "{}", list.out);
    let id = created["token"]["id"].to_string();
    run(app.database_url(), &["token", "revoke", &id, "--as", &email], "").assert_code(0);
    program.list_runs("").await.assert_problem(401, "unauthenticated");
    let row = &app.audited("platform.api_tokens.created")[0];
    assert_eq!((&row["actor_label"], &row["target_label"]), (&json!(email), &json!("Report")));
}

#[tokio::test]
async fn a_users_token_is_made_for_them() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let user = app.member(&tenant, "readonly").await;
    let with = |capability| ["token", "create", "--user", &user.email, "--name", "Report", "--capability", capability, "--json"];

    run(app.database_url(), &with("findings.edit"), "").assert_code(2);
    let created = run(app.database_url(), &with("findings.view"), "").assert_code(0).json();

    let program = app.anonymous().with_credential(Credential::Bearer(created["secret"].as_str().unwrap().to_owned()));
    program.list_findings(tenant.id, "").await.assert_status(200);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&["platform.access_system_panel"]);
    let create = |who: &str, capability: &str, days: &str| {
        let arguments = ["token", "create", "--as", who, "--name", "Report", "--capability", capability, "--days", days];
        run(app.database_url(), &arguments, "")
    };
    create("nobody@example.com", "platform.ops.view", "7").assert_code(1);
    create(&email, "platform.ops.view", "7").assert_code(2);
    create(&email, "platform.access_system_panel", "366").assert_code(2);
    run(app.database_url(), &["token", "list"], "").assert_code(2);
    run(app.database_url(), &["token", "revoke", "1", "--as", &email], "").assert_code(1);
    assert_eq!(app.value("SELECT count(*) FROM api_tokens"), json!(0));
}
