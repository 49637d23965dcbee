//! Headers of every answer.

use support::{Response, TestApp};

fn assert_guarded(answer: &Response) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert!(answer.header("permissions-policy").is_some() && answer.header("x-request-id").is_some());
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn every_answer_is_guarded_and_those_of_the_api_are_not_stored() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for path in ["/api/v1/system/auth/me", "/api/v1/system/no-such-path", "/api/v1/system/tenants?limit=0"] {
        let answer = operator.get(path).await;
        assert_guarded(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    for path in ["/", "/healthz", "/metrics", "/openapi.json", "/docs/", "/problems/not-found", "/no-such-page"] {
        assert_guarded(&operator.get(path).await);
    }
    assert_guarded(&app.anonymous().login("a@example.com", "x").await);
}

#[tokio::test]
async fn browsers_are_told_to_come_by_tls_where_people_do() {
    let plain = TestApp::builder().setting("TENANTATLAS_PUBLIC_URL", "http://atlas.example.com").start().await;
    let tls = TestApp::builder().setting("TENANTATLAS_PUBLIC_URL", "https://atlas.example.com").start().await;

    for path in ["/", "/healthz", "/api/v1/system/auth/me"] {
        assert_eq!(plain.anonymous().get(path).await.header("strict-transport-security"), None);
        assert_eq!(tls.anonymous().get(path).await.header("strict-transport-security"), Some("max-age=31536000"));
    }
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_goes_into_answer_and_audit() {
    let app = TestApp::start().await;
    let visitor = app.anonymous().with_header("x-request-id", "trace-1.a_b");

    let answer = visitor.login("a@example.com", "x").await.assert_problem(401, "invalid-credentials");

    assert_eq!(answer.header("x-request-id"), Some("trace-1.a_b"));
    assert_eq!(app.value("SELECT request_id FROM audit_logs"), "trace-1.a_b");
}

#[tokio::test]
async fn any_other_request_id_is_replaced_by_a_new_one() {
    let app = TestApp::start().await;
    for id in ["", "with space", &"x".repeat(65), "quote\"", "semi;colon"] {
        let first = app.anonymous().with_header("x-request-id", id).healthz().await;
        let second = app.anonymous().healthz().await;
        let given = first.header("x-request-id").unwrap();
        assert!(uuid::Uuid::parse_str(given).is_ok(), "{given}");
        assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_that() {
    let app = TestApp::start().await;

    let compressed = app.anonymous().with_header("accept-encoding", "gzip").get("/").await;
    let plain = app.anonymous().get("/openapi.json").await;

    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert_eq!(plain.header("content-encoding"), None);
}

#[tokio::test]
async fn who_accepts_no_coding_there_is_gets_the_answer_without_any() {
    let app = TestApp::start().await;
    for accepted in ["identity;q=0", "*;q=0", "zstd, identity;q=0", "br;q=0, gzip;q=0, deflate;q=0, identity;q=0"] {
        let visitor = app.anonymous().with_header("accept-encoding", accepted);
        let refused = visitor.me().await.assert_problem(401, "unauthenticated");
        assert_guarded(&refused);
        assert_eq!(refused.header("content-encoding"), None);
        assert_guarded(&visitor.get("/openapi.json").await.assert_status(200));
    }
}
