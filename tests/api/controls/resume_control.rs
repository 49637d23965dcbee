//! `POST /ops/controls/{key}/resume`

use super::{control_actions, control_rows, three_workspaces};
use serde_json::json;
use support::TestApp;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn a_resume_ends_the_pause_of_its_scope_and_no_other() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);

    let resumed = operator.resume_backfill_of(contoso.workspace_id).await.assert_status(200).body;

    assert_eq!(resumed["changed"], true);
    let left: Vec<_> =
        resumed["control"]["activations"].as_array().unwrap().iter().map(|pause| pause["workspace_id"].clone()).collect();
    assert_eq!(left, [json!(null), json!(fabrikam.workspace_id)]);
    let row = control_rows(&app).pop().unwrap();
    assert_eq!(row["action"], "operational_control.resumed");
    assert_eq!(
        (&row["workspace_id"], &row["metadata"]["reason_text"]),
        (&json!(contoso.workspace_id), &json!("Asked by the customer"))
    );
    assert_eq!(row["metadata"]["affected"]["tenant_count"], 0, "it stays paused globally");
    assert_eq!(row["summary"], "Resumed Findings lifecycle backfill for the workspace Contoso Group.");
}

#[tokio::test]
async fn resuming_what_is_not_paused_says_so_without_error_or_audit() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    for answer in [operator.resume_backfill().await, operator.resume_backfill_of(contoso.workspace_id).await] {
        let body = answer.assert_status(200).body;
        assert_eq!((&body["changed"], &body["control"]["state_label"]), (&json!(false), &json!("Enabled")));
    }
    assert!(control_actions(&app).is_empty());
}

#[tokio::test]
async fn a_resume_that_cannot_be_audited_does_not_happen() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action <> 'operational_control.resumed')");

    operator.resume_backfill().await.assert_problem(500, "internal-error");

    operator.start_backfill_of_all().await.assert_problem(409, "operational-control-paused");
}

#[tokio::test]
async fn after_a_resume_starts_are_accepted_again() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");

    operator.resume_backfill().await.assert_status(200);

    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;
    assert_eq!(control_actions(&app), ["paused", "execution_blocked", "resumed"]);
}

#[tokio::test]
async fn each_field_missing_wrong_or_unknown_is_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (body, pointer) in [
        (json!({}), "/scope_type"),
        (json!({ "scope_type": "all" }), "/scope_type"),
        (json!({ "scope_type": "global", "workspace_id": 1 }), "/workspace_id"),
        (json!({ "scope_type": "workspace" }), "/workspace_id"),
        (json!({ "scope_type": "workspace", "workspace_id": 999_999 }), "/workspace_id"),
        (json!({ "scope_type": "global", "scheduled": "yes" }), "/scheduled"),
        (json!({ "scope_type": "global", "reason_text": "Over" }), "/reason_text"),
    ] {
        operator.resume_control(BACKFILL, &body).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
}
