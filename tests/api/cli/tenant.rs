//! `tenantatlas tenant`

use support::TestApp;
use support::cli::{Ended, run};

fn create(app: &TestApp, external_id: &str, workspace: &str) -> Ended {
    let arguments = ["tenant", "create", "--json", "--external-id", external_id, "--name", "Contoso", "--workspace", workspace];
    run(app.database_url(), &arguments, "")
}

#[tokio::test]
async fn a_created_tenant_is_listed_and_audited_in_its_workspace() {
    let app = TestApp::start().await;
    let workspace = app.workspace("contoso", "Contoso Ltd");

    let tenant = create(&app, "11111111-2222", "contoso").assert_code(0).json();

    assert_eq!(tenant["workspace"]["id"], workspace.id);
    let listed = run(app.database_url(), &["tenant", "list", "--json"], "").assert_code(0).json();
    assert_eq!(listed, serde_json::json!([tenant]));
    let audited = app.rows("SELECT action, workspace_id, tenant_id FROM audit_logs");
    assert_eq!(
        audited,
        [serde_json::json!({ "action": "platform.tenants.created", "workspace_id": workspace.id, "tenant_id": tenant["id"] })]
    );
}

#[tokio::test]
async fn the_reserved_directory_id_is_refused_in_any_case() {
    let app = TestApp::start().await;
    for id in ["platform", "PLATFORM", " Platform "] {
        let ended = create(&app, id, "default").assert_code(2);
        assert!(ended.err.contains("reserved"), "{}", ended.err);
    }
}

#[tokio::test]
async fn an_unknown_workspace_and_a_directory_id_that_is_taken_are_told() {
    let app = TestApp::start().await;
    create(&app, "1", "default").assert_code(0);

    let unknown = create(&app, "2", "nowhere").assert_code(2);
    let taken = create(&app, "1", "default").assert_code(1);

    assert!(unknown.err.contains("nowhere") && taken.err.contains("exists already"), "{} {}", unknown.err, taken.err);
}
