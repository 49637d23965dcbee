//! `GET /ops/controls`

use super::three_workspaces;
use serde_json::json;
use support::TestApp;
use support::actor::controls::RESTORE;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn the_catalog_has_two_controls_both_enabled_where_nobody_paused_anything() {
    let app = TestApp::start().await;
    let body = app.operator().await.list_controls().await.assert_status(200).body;

    assert_eq!(
        body["items"],
        json!([
            { "key": BACKFILL, "label": "Findings lifecycle backfill", "available": true, "supported_scopes": ["global", "workspace"],
              "operation_types": [BACKFILL], "affected_surfaces": ["system.ops.runbooks", "tenant.findings.list"],
              "surface_labels": ["Ops / Runbooks", "the findings of tenants"],
              "effective_state": "enabled", "state_label": "Enabled", "activations": [], "scheduled": [], "in_flight_runs": 0 },
            { "key": RESTORE, "label": "Restore execution", "available": false, "supported_scopes": ["global", "workspace"],
              "operation_types": [RESTORE], "affected_surfaces": ["tenant.restore_runs.create"],
              "surface_labels": ["making a restore run in a tenant"],
              "effective_state": "enabled", "state_label": "Enabled", "activations": [], "scheduled": [], "in_flight_runs": 0 },
        ])
    );
}

#[tokio::test]
async fn a_control_is_paused_while_any_pause_is_in_force_and_says_where() {
    let (_app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let state = |body: &serde_json::Value| {
        let item = &body["items"][0];
        let labels = item["activations"].as_array().unwrap().iter().map(|pause| pause["scope_label"].clone()).collect::<Vec<_>>();
        (item["effective_state"].clone(), item["state_label"].clone(), labels)
    };
    let listed = operator.list_controls().await.assert_status(200).body;
    assert_eq!(
        state(&listed),
        (
            json!("paused"),
            json!("Workspace pauses active (2)"),
            vec![json!("Workspace Contoso Group"), json!("Workspace Fabrikam Group")]
        )
    );
    assert_eq!(listed["items"][1]["effective_state"], "enabled", "the other control is another matter");

    operator.pause_backfill().await.assert_status(201);
    let listed = operator.list_controls().await.body;
    assert_eq!(listed["items"][0]["state_label"], "Paused globally");
    assert_eq!(listed["items"][0]["activations"][0]["scope_label"], "All workspaces", "the global one comes first");
}
