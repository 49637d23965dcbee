//! Addresses that do not exist, and methods they do not have.

use reqwest::Method;
use support::TestApp;

#[tokio::test]
async fn an_unknown_address_is_not_found_for_everybody() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for path in [
        "/api/v1/system/nothing",
        "/api/v1/nothing",
        "/api",
        "/api/v1/admin/nothing",
        "/assets/nothing.js",
        "/api/v1/system/auth/me/",
    ] {
        operator.get(path).await.assert_problem(404, "not-found");
        app.anonymous().get(path).await.assert_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_known_address_names_its_methods() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/system/tenants", "GET, HEAD"),
        (Method::GET, "/api/v1/system/auth/login", "POST"),
        (Method::PUT, "/api/v1/system/ops/runs/1", "GET, HEAD"),
        (Method::PATCH, "/api/v1/system/ops/runs/1/cancel", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
    ] {
        let answer = operator.send_text(method, path, None, "").await.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
}

#[tokio::test]
async fn where_there_is_get_there_is_head_with_the_same_headers_and_no_body() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for path in ["/healthz", "/openapi.json", "/api/v1/system/tenants", "/api/v1/system/ops/runs/1", "/no-such-page"] {
        let (get, head) = (operator.get(path).await, operator.send_text(Method::HEAD, path, None, "").await);
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        for name in ["content-type", "cache-control", "content-security-policy"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
    }
    operator.send_text(Method::HEAD, "/api/v1/system/auth/login", None, "").await.assert_status(405);
}

#[tokio::test]
async fn an_id_that_can_be_none_is_not_found() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for id in ["0", "-1", "x", "9223372036854775808", "9223372036854775807", "1.5"] {
        operator.get(&format!("/api/v1/system/ops/runs/{id}")).await.assert_problem(404, "not-found");
    }
    operator.get_runbook("no.such.runbook").await.assert_problem(404, "not-found");
}
