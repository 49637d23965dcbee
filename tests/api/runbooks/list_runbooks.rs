//! `GET /ops/runbooks`

use serde_json::json;
use support::TestApp;
use support::actor::runbooks::BACKFILL;

const VIEW: &str = "platform.runbooks.view";

#[tokio::test]
async fn the_catalog_lists_the_backfill_with_everything_a_dialog_needs() {
    let app = TestApp::start().await;
    let body = app.operator().await.list_runbooks().await.assert_status(200).body;

    assert_eq!(body["items"].as_array().unwrap().len(), 1);
    let runbook = &body["items"][0];
    assert_eq!(runbook["key"], BACKFILL);
    assert_eq!(runbook["label"], "Rebuild findings lifecycle");
    assert_eq!(runbook["capability"], "platform.runbooks.findings.lifecycle_backfill");
    assert_eq!(runbook["scopes"], json!(["all_tenants", "single_tenant"]));
    assert_eq!(runbook["typed_confirmation"], "BACKFILL");
    assert!(runbook["estimated_duration_seconds"].as_u64().unwrap() > 0);
    assert_eq!(runbook["control"]["control_key"], BACKFILL);
    assert_eq!(runbook["control"]["effective_state"], "enabled");
    assert_eq!(runbook["active_run"], json!(null));
    assert_eq!((&runbook["last_run"], &runbook["usual_pace"]), (&json!(null), &json!(null)));
    assert_eq!(
        runbook["actions"],
        json!([
            { "action": "preflight", "allowed": true, "reason": null },
            { "action": "start", "allowed": true, "reason": null },
        ])
    );
}

#[tokio::test]
async fn duration_and_pace_are_those_of_the_last_runs() {
    let app = TestApp::start().await;
    let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let operator = app.operator().await;
    let took = |run: i64, seconds: i64| {
        app.execute(&format!(
            "UPDATE operation_runs SET started_at = completed_at - interval '{seconds} seconds' WHERE id = {run}"
        ));
    };
    app.pending_findings(&contoso, 30);
    app.pending_findings(&fabrikam, 70);
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;
    took(all, 40);
    app.pending_findings(&contoso, 20);
    let one = operator.start_backfill_of(contoso.id).await.assert_status(201).id();
    app.drain().await;
    took(one, 10);

    let body = operator.list_runbooks().await.assert_status(200).body;

    assert_eq!(body["items"][0]["estimated_duration_seconds"], 40);
    assert_eq!(body["items"][0]["usual_pace"], json!({ "runs": 2, "rows_per_second": 3.0 }));
}

#[tokio::test]
async fn start_is_shown_with_the_capability_that_is_missing() {
    let app = TestApp::start().await;
    for (held, missing) in [
        (vec![VIEW], "platform.runbooks.run"),
        (vec![VIEW, "platform.runbooks.run"], "platform.runbooks.findings.lifecycle_backfill"),
    ] {
        let body = app.operator_with(&held).await.list_runbooks().await.assert_status(200).body;
        let start = &body["items"][0]["actions"][1];
        assert_eq!(start["allowed"], false);
        assert!(start["reason"].as_str().unwrap().contains(missing), "{start}");
    }
}

#[tokio::test]
async fn without_the_capability_to_view_runbooks_the_catalog_is_forbidden() {
    let app = TestApp::start().await;
    app.operator_with(&["platform.ops.view"]).await.list_runbooks().await.assert_problem(403, "capability-missing");
}
