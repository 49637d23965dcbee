//! Bodies that are not well formed: each field missing, wrong, too long, unknown.

use super::start_of_all;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::SYSTEM;
use support::actor::runbooks::BACKFILL;
use support::table::with;

#[tokio::test]
async fn each_field_missing_wrong_too_long_or_unknown_is_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let body = start_of_all(1);
    let without = |field: &str| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove(field);
        body
    };
    let set = |members: Value| with(body.clone(), members);
    for (body, pointer) in [
        (without("preflight_id"), "/preflight_id"),
        (set(json!({ "preflight_id": null })), "/preflight_id"),
        (set(json!({ "preflight_id": "1" })), "/preflight_id"),
        (set(json!({ "preflight_id": 0 })), "/preflight_id"),
        (set(json!({ "preflight_id": -1 })), "/preflight_id"),
        (set(json!({ "preflight_id": 1.5 })), "/preflight_id"),
        (set(json!({ "preflight_id": u64::MAX })), "/preflight_id"),
        (without("scope"), "/scope"),
        (set(json!({ "scope": { "mode": "none" } })), "/scope/mode"),
        (set(json!({ "scope": { "mode": "single_tenant" } })), "/scope/tenant_id"),
        (set(json!({ "scope": { "mode": "single_tenant", "tenant_id": "x" } })), "/scope/tenant_id"),
        (set(json!({ "typed_confirmation": 1 })), "/typed_confirmation"),
        (set(json!({ "typed_confirmation": "B".repeat(101) })), "/typed_confirmation"),
        (set(json!({ "reason": "because" })), "/reason"),
        (set(json!({ "reason": { "text": "Because of that." } })), "/reason/code"),
        (set(json!({ "reason": { "code": "SUPPORT" } })), "/reason/text"),
        (set(json!({ "reason": { "code": "SUPPORT", "text": 12345 } })), "/reason/text"),
        (set(json!({ "reason": { "code": "SUPPORT", "text": "Because.", "by": "me" } })), "/reason/by"),
        (set(json!({ "dry_run": true })), "/dry_run"),
    ] {
        let refused = operator.start_run(BACKFILL, &body).await;
        refused.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    assert_eq!(app.count_runs(), 0);
}

#[tokio::test]
async fn a_body_that_is_no_json_or_too_large_is_refused() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let path = format!("{SYSTEM}/ops/runbooks/{BACKFILL}/runs");
    let post = |kind: Option<&'static str>, body: String| {
        let (operator, path) = (operator.clone(), path.clone());
        async move { operator.send_text(reqwest::Method::POST, &path, kind, &body).await }
    };
    post(Some("application/json"), "{\"preflight_id\":".to_owned()).await.assert_problem(400, "malformed-request");
    post(Some("application/json"), String::new()).await.assert_problem(400, "malformed-request");
    post(Some("application/x-www-form-urlencoded"), "a=b".to_owned()).await.assert_problem(415, "unsupported-media-type");
    post(None, "{}".to_owned()).await.assert_problem(415, "unsupported-media-type");
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(70_000));
    post(Some("application/json"), large).await.assert_problem(413, "payload-too-large");
}
