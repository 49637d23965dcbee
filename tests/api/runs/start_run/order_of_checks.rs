//! The order of checks (RB-07), pair by pair: the earlier answer wins.

use super::{preflight_of_all, start, start_of_all};
use serde_json::json;
use support::TestApp;
use support::actor::runbooks::single_tenant;
use support::table::with;

const UNKNOWN: i64 = 999_999;

#[tokio::test]
async fn a_missing_credential_comes_before_everything() {
    let app = TestApp::start().await;
    start(&app.anonymous(), &json!({ "broken": true })).await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_missing_capability_comes_before_a_broken_body() {
    let app = TestApp::start().await;
    for held in
        [vec!["platform.runbooks.view"], vec!["platform.runbooks.run"], vec!["platform.runbooks.findings.lifecycle_backfill"]]
    {
        let operator = app.operator_with(&held).await;
        start(&operator, &json!({ "broken": true })).await.assert_problem(403, "capability-missing");
        start(&operator, &start_of_all(UNKNOWN)).await.assert_problem(403, "capability-missing");
    }
}

#[tokio::test]
async fn a_broken_body_comes_before_the_confirmation() {
    let app = TestApp::start().await;
    let body = with(start_of_all(UNKNOWN), json!({ "typed_confirmation": "no", "extra": 1 }));
    start(&app.operator().await, &body).await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn an_idempotency_key_that_was_used_comes_before_the_confirmation() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await.with_header("idempotency-key", "once");
    let body = start_of_all(preflight_of_all(&operator).await);
    start(&operator, &body).await.assert_status(201);

    let other = with(body, json!({ "typed_confirmation": "no" }));
    start(&operator, &other).await.assert_problem(422, "idempotency-key-reused");
    app.drain().await;
}

#[tokio::test]
async fn the_confirmation_comes_before_the_reason() {
    let app = TestApp::start().await;
    let body = with(start_of_all(UNKNOWN), json!({ "typed_confirmation": "no", "reason": null }));
    start(&app.operator().await, &body).await.assert_problem(422, "confirmation-mismatch");
}

#[tokio::test]
async fn confirmation_and_reason_come_before_an_unknown_preflight() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let unconfirmed = with(start_of_all(UNKNOWN), json!({ "typed_confirmation": "no" }));
    start(&operator, &unconfirmed).await.assert_problem(422, "confirmation-mismatch");
    let without_reason = with(start_of_all(UNKNOWN), json!({ "reason": null }));
    start(&operator, &without_reason).await.assert_problem(422, "reason-required");
    start(&operator, &start_of_all(UNKNOWN)).await.assert_problem(422, "preflight-unknown").assert_pointers(&["/preflight_id"]);
}

#[tokio::test]
async fn confirmation_and_reason_come_before_the_active_run() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    operator.start_backfill_of_all().await.assert_status(201);

    let unconfirmed = with(start_of_all(UNKNOWN), json!({ "typed_confirmation": null }));
    start(&operator, &unconfirmed).await.assert_problem(422, "confirmation-mismatch");
    let without_reason = with(start_of_all(UNKNOWN), json!({ "reason": null }));
    start(&operator, &without_reason).await.assert_problem(422, "reason-required");
    app.drain().await;
}

#[tokio::test]
async fn the_active_run_comes_before_an_unknown_and_a_stale_preflight() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let (operator, other) = (app.operator().await, app.operator().await);
    let foreign = preflight_of_all(&other).await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();

    for preflight in [UNKNOWN, foreign] {
        let met = start(&operator, &start_of_all(preflight)).await.assert_status(200);
        assert_eq!((met.id(), &met.body["deduplicated"]), (run, &json!(true)));
        assert_eq!(met.header("location"), None);
    }
    app.drain().await;
}

#[tokio::test]
async fn the_active_run_comes_before_nothing_to_do() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.execute("DELETE FROM findings");

    assert_eq!(start(&operator, &start_of_all(UNKNOWN)).await.assert_status(200).id(), run);
    app.drain().await;
}

#[tokio::test]
async fn an_unknown_preflight_comes_before_nothing_to_do() {
    let app = TestApp::start().await;
    start(&app.operator().await, &start_of_all(UNKNOWN)).await.assert_problem(422, "preflight-unknown");
}

#[tokio::test]
async fn nothing_to_do_comes_before_a_stale_preflight() {
    let app = TestApp::start().await;
    let (operator, other) = (app.operator().await, app.operator().await);
    let foreign = preflight_of_all(&other).await;
    start(&operator, &start_of_all(foreign)).await.assert_problem(409, "nothing-to-do");
}

#[tokio::test]
async fn a_tenant_that_may_not_be_targeted_is_unknown_to_a_start_as_well() {
    let app = TestApp::start().await;
    let deleted = app.tenant("Gone");
    app.delete_tenant(&deleted);
    let operator = app.operator().await;
    for id in [deleted.id, app.platform_tenant_id(), UNKNOWN] {
        let body = json!({ "preflight_id": 1, "scope": single_tenant(id) });
        start(&operator, &body).await.assert_problem(422, "unknown-tenant").assert_pointers(&["/scope/tenant_id"]);
    }
}
