//! `POST /ops/controls/{key}/preview`

use super::{control_rows, three_workspaces};
use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::BACKFILL;

fn counts(body: &Value) -> [i64; 3] {
    ["workspace_count", "tenant_count", "active_run_count"].map(|name| body[name].as_i64().unwrap())
}

fn global(action: &str) -> Value {
    json!({ "action": action, "scope_type": "global" })
}

fn workspace(action: &str, id: i64) -> Value {
    json!({ "action": action, "scope_type": "workspace", "workspace_id": id })
}

#[tokio::test]
async fn a_pause_names_workspaces_tenants_and_runs_and_leaves_out_the_platform_and_deleted_tenants() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    app.tenant_in(&app.workspace("empty-soon", "Empty soon"), "Gone");
    app.execute("UPDATE tenants SET deleted_at = db_now() WHERE name = 'Gone'");
    operator.start_backfill_of(contoso.id).await.assert_status(201);

    let all = operator.preview_control(BACKFILL, &global("pause")).await.assert_status(200).body;
    assert_eq!(counts(&all), [3, 3, 1]);
    assert_eq!(all["affected_surfaces"], json!(["system.ops.runbooks", "tenant.findings.list"]));
    assert_eq!(
        all["summary"],
        "New starts of Findings lifecycle backfill will be stopped in 3 workspaces with 3 tenants. 1 run under way there is not \
         touched. Affected: Ops / Runbooks, the findings of tenants."
    );

    let one = operator.preview_control(BACKFILL, &workspace("pause", fabrikam.workspace_id)).await.assert_status(200).body;
    assert_eq!(counts(&one), [1, 1, 0]);
    let summary = one["summary"].as_str().unwrap();
    assert!(summary.contains("the workspace Fabrikam Group with 1 tenant. 0 runs under way there are not touched."), "{summary}");

    let platform = app.default_workspace().id;
    assert_eq!(counts(&operator.preview_control(BACKFILL, &workspace("pause", platform)).await.body), [0, 0, 0]);
    assert!(control_rows(&app).is_empty(), "a preview changes nothing");
    app.drain().await;
}

#[tokio::test]
async fn a_resume_names_what_will_be_available_again() {
    let (_app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let preview = async |body: Value| operator.preview_control(BACKFILL, &body).await.assert_status(200).body;
    let idle = preview(global("resume")).await;
    assert_eq!((counts(&idle), idle["summary"].as_str().unwrap().ends_with("Nothing will change.")), ([0, 0, 0], true));

    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let one = preview(workspace("resume", contoso.workspace_id)).await;
    assert_eq!(counts(&one), [1, 1, 0]);
    assert!(one["summary"].as_str().unwrap().contains("will be available again for the workspace Contoso Group with 1 tenant"));

    operator.pause_backfill().await.assert_status(201);
    let covered = preview(workspace("resume", contoso.workspace_id)).await;
    assert_eq!(counts(&covered), [0, 0, 0]);
    assert!(covered["summary"].as_str().unwrap().contains("will stay paused there, because it is paused globally"));
    let rest = preview(global("resume")).await;
    assert_eq!(counts(&rest), [2, 2, 0], "the workspace that is paused individually stays paused");
    assert!(rest["summary"].as_str().unwrap().contains("available again for 2 workspaces with 2 tenants"));
    assert_eq!(counts(&preview(workspace("resume", fabrikam.workspace_id)).await), [0, 0, 0]);
}

#[tokio::test]
async fn each_field_missing_wrong_or_unknown_is_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (body, pointer) in [
        (json!({}), "/action"),
        (json!({ "action": "stop", "scope_type": "global" }), "/action"),
        (json!({ "action": "pause" }), "/scope_type"),
        (json!({ "action": "pause", "scope_type": "tenant" }), "/scope_type"),
        (json!({ "action": "pause", "scope_type": "global", "workspace_id": 1 }), "/workspace_id"),
        (json!({ "action": "pause", "scope_type": "workspace" }), "/workspace_id"),
        (json!({ "action": "pause", "scope_type": "workspace", "workspace_id": "1" }), "/workspace_id"),
        (json!({ "action": "pause", "scope_type": "workspace", "workspace_id": 999_999 }), "/workspace_id"),
        (json!({ "action": "pause", "scope_type": "global", "reason_text": "Incident" }), "/reason_text"),
    ] {
        operator.preview_control(BACKFILL, &body).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
}
