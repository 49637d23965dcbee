//! `GET /ops/runbooks/{key}`

use serde_json::json;
use support::TestApp;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn a_runbook_names_its_active_run_and_then_its_last_run() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.finding(&tenant, &json!({}));
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();

    let active = operator.get_runbook(BACKFILL).await.assert_status(200).body;
    assert_eq!(active["active_run"]["id"], run);
    assert_eq!(active["active_run"]["status"], "queued");
    assert_eq!(active["last_run"], json!(null));

    app.drain().await;
    let done = operator.get_runbook(BACKFILL).await.assert_status(200).body;
    assert_eq!(done["active_run"], json!(null));
    assert_eq!(done["last_run"]["id"], run);
    assert_eq!(done["last_run"]["outcome"], "succeeded");
    assert_eq!(done["last_run"]["updated"], 1);
}

#[tokio::test]
async fn the_active_run_over_all_tenants_comes_before_one_over_a_single_tenant() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.finding(&tenant, &json!({}));
    let operator = app.operator().await;
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.start_backfill_of(tenant.id).await.assert_status(201);

    assert_eq!(operator.get_runbook(BACKFILL).await.body["active_run"]["id"], all);
    while app.drain().await > 0 {}
}

#[tokio::test]
async fn a_runbook_that_is_not_in_the_catalog_is_not_found() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for key in ["findings.lifecycle", "FINDINGS.LIFECYCLE.BACKFILL", "%00", "x"] {
        operator.get_runbook(key).await.assert_problem(404, "not-found");
    }
    operator.preflight_runbook("x", &json!({ "scope": { "mode": "all_tenants" } })).await.assert_problem(404, "not-found");
}
