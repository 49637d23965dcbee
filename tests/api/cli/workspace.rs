//! `tenantatlas workspace`

use support::TestApp;
use support::cli::run;

#[tokio::test]
async fn a_created_workspace_is_listed_and_audited() {
    let app = TestApp::start().await;

    let created = run(app.database_url(), &["workspace", "create", "--json", "--slug", "contoso", "--name", " Contoso Ltd "], "")
        .assert_code(0);

    assert_eq!((&created.json()["slug"], &created.json()["name"]), (&"contoso".into(), &"Contoso Ltd".into()));
    let listed = run(app.database_url(), &["workspace", "list", "--json"], "").assert_code(0).json();
    assert_eq!((&listed[0]["slug"], &listed[1]["slug"]), (&"default".into(), &"contoso".into()));
    let audited = app.rows("SELECT action, workspace_id FROM audit_logs");
    assert_eq!(audited, [serde_json::json!({ "action": "platform.workspaces.created", "workspace_id": created.json()["id"] })]);
}

#[tokio::test]
async fn a_slug_that_is_wrong_is_wrong_usage_and_one_that_is_taken_fails() {
    let app = TestApp::start().await;
    for slug in ["", "Contoso", "-a", "a-", "a b", "ä", &"a".repeat(64)] {
        run(app.database_url(), &["workspace", "create", &format!("--slug={slug}"), "--name", "A"], "").assert_code(2);
    }

    let taken = run(app.database_url(), &["workspace", "create", "--slug", "default", "--name", "A"], "").assert_code(1);

    assert!(taken.err.contains("exists already"), "{}", taken.err);
}
