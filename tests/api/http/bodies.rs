//! Bodies and query parameters: nothing in a request is ignored silently.

use reqwest::Method;
use serde_json::json;
use support::TestApp;
use support::actor::runbooks::BACKFILL;

const LOGIN: &str = "/api/v1/system/auth/login";
const JSON: Option<&str> = Some("application/json");

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let app = TestApp::start().await;
    for body in ["{ \"email\": ", "", "email=a", "\u{feff}{}"] {
        let answer = app.anonymous().send_text(Method::POST, LOGIN, JSON, body).await;
        answer.assert_problem(400, "malformed-request");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_not_supported() {
    let app = TestApp::start().await;
    for content_type in [Some("text/plain"), Some("application/x-www-form-urlencoded"), None] {
        let answer = app.anonymous().send_text(Method::POST, LOGIN, content_type, "{}").await;
        answer.assert_problem(415, "unsupported-media-type");
    }
}

#[tokio::test]
async fn a_body_may_say_its_character_set() {
    let app = TestApp::start().await;

    let answer = app.anonymous().send_text(Method::POST, LOGIN, Some("application/json; charset=utf-8"), "{}").await;

    answer.assert_problem(422, "validation-failed").assert_pointers(&["/email"]);
}

#[tokio::test]
async fn a_body_over_64_kibibytes_is_too_large() {
    let app = TestApp::start().await;
    let padded = |length: usize| format!("{{}}{}", " ".repeat(length - 2));

    let fits = app.anonymous().send_text(Method::POST, LOGIN, JSON, &padded(64 * 1024)).await;
    let too_large = app.anonymous().send_text(Method::POST, LOGIN, JSON, &padded(64 * 1024 + 1)).await;

    fits.assert_problem(422, "validation-failed");
    too_large.assert_problem(413, "payload-too-large");
}

#[tokio::test]
async fn wrong_types_and_unknown_members_are_pointed_at() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (body, pointer) in [
        (json!({}), "/scope"),
        (json!({ "scope": { "mode": "all_tenants" }, "dry_run": true }), "/dry_run"),
        (json!([]), "/scope"),
    ] {
        let answer = operator.preflight_runbook(BACKFILL, &body).await.assert_problem(422, "validation-failed");
        let pointers: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert!(pointers == [pointer] || body.is_array(), "{body}: {pointers:?}");
    }
    for scope in [
        json!({ "mode": "some" }),
        json!({ "mode": "single_tenant" }),
        json!({ "mode": "all_tenants", "tenant_id": 1 }),
        json!(1),
    ] {
        let answer = operator.preflight(&scope).await.assert_problem(422, "validation-failed");
        assert!(answer.body["errors"][0]["pointer"].as_str().unwrap().starts_with("/scope"), "{scope}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_nul_character_is_pointed_at_wherever_it_stands() {
    let app = TestApp::start().await;
    let operator = app.operator().await;

    let body = app.anonymous().login("nul\0@example.com", "x").await;
    let deep = operator.preflight(&json!({ "mode": "a\0b" })).await;
    let query = operator.list_tenants("search=a%00b").await;

    body.assert_problem(422, "validation-failed").assert_pointers(&["/email"]);
    deep.assert_problem(422, "validation-failed").assert_pointers(&["/scope/mode"]);
    query.assert_problem(422, "validation-failed").assert_pointers(&["?search"]);
}

#[tokio::test]
async fn unknown_and_wrong_query_parameters_are_pointed_at() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (query, pointer) in [
        ("nonsense=1", "?nonsense"),
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=many", "?limit"),
        ("workspace_id=x", "?workspace_id"),
        ("limit=1&limit=2", "?limit"),
    ] {
        let answer = operator.list_tenants(query).await.assert_problem(422, "validation-failed");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{query}");
    }
    for (query, pointer) in [
        ("after=yesterday", "?after"),
        ("after=9999-12-31T23:59:59-01:00", "?after"),
        ("before=9999-12-31T23:59:59-01:00", "?before"),
        ("after=0000-01-01T00:00:00%2B01:00", "?after"),
    ] {
        operator.list_audit_logs(query).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    for query in ["after=0000-01-01T00:00:00Z&before=9999-12-31T23:59:59Z", "before=9999-12-31T23:59:59%2B01:00"] {
        operator.list_audit_logs(query).await.assert_status(200);
    }
}
