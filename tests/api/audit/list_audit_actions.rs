//! `GET /audit-logs/actions`

use serde_json::json;
use support::TestApp;
use tenantatlas::audit::ACTIONS;

#[tokio::test]
async fn every_registered_action_is_named_and_can_be_filtered_by() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&["platform.audit.view"]).await;

    let actions = operator.list_audit_actions().await.assert_status(200);

    let registered: Vec<_> = ACTIONS.iter().map(|row| json!({ "id": row.id, "label": row.label })).collect();
    assert_eq!(actions.items(), registered);
    for action in ACTIONS {
        operator.list_audit_logs(&format!("action={}", action.id)).await.assert_status(200);
    }
}
