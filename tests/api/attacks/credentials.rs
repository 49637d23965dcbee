//! Credentials that are shown in odd ways: twice, quoted, in headers that hold what no header should.

use super::raw::{Connection, status};
use support::TestApp;
use support::actor::Credential;

const ME: &str = "/api/v1/system/auth/me";

#[tokio::test]
async fn an_authorization_that_is_none_is_401() {
    let app = TestApp::start().await;
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "bearer\t",
        "Basic b3BlcmF0b3I6cGFzc3dvcmQ=",
        "Bearer a b",
        "Bearer null",
        "Bearer undefined",
        "Bearer {{token}}",
        "Bearer ..",
        "Bearer ../../etc/passwd",
        "Bearer \u{e4}\u{f6}",
        "Digest username=\"x\"",
        ",",
    ] {
        let answer = app.anonymous().with_header("authorization", value).get(ME).await;
        answer.assert_problem(401, "unauthenticated");
    }
    let long = format!("Bearer {}", "a".repeat(20_000));
    app.anonymous().with_header("authorization", &long).get(ME).await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_cookie_that_is_none_is_401_and_a_good_header_is_not_helped_by_it() {
    let app = TestApp::start().await;
    let operator = app.cookie_operator().await;
    let token = operator.token().to_owned();
    for cookie in [
        "tenantatlas_system".to_owned(),
        "tenantatlas_system=".to_owned(),
        "tenantatlas_system=x; path=/; secure".to_owned(),
        "tenantatlas_system=%00".to_owned(),
        "=tenantatlas_system".to_owned(),
        format!("TENANTATLAS_SYSTEM={token}"),
        format!("tenantatlas_admin={token}"),
        format!("__Host-tenantatlas_system={token}"),
        format!("x={};", "y".repeat(20_000)),
        ";".repeat(500),
    ] {
        let visitor = operator.with_credential(Credential::Cookie(cookie));
        visitor.get(ME).await.assert_problem(401, "unauthenticated");
    }
    operator.get(ME).await.assert_status(200);
    // Where both are sent the header counts.
    operator.with_header("authorization", "Bearer wrong").get(ME).await.assert_problem(401, "unauthenticated");
}

/// A line break in a header would let a caller write headers of the answer, or lines of the log.
#[tokio::test]
async fn nothing_that_is_sent_becomes_a_header_of_the_answer() {
    let app = TestApp::start().await;
    let address = app.server().address;
    for sent in [
        "trace\r\nSet-Cookie: a=b",
        "trace\rSet-Cookie: a=b",
        "trace\nSet-Cookie: a=b",
        "trace\0",
        "trace%0d%0aSet-Cookie:%20a=b",
    ] {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: {sent}\r\nConnection: close\r\n\r\n");
        let answer = Connection::open(address).exchange(request.as_bytes());
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(!head.contains("set-cookie"), "{sent:?}: {answer}");
        assert!([0, 200, 400].contains(&status(&answer)), "{sent:?}: {answer}");
    }
    let redirect = "GET /docs?x=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answer = Connection::open(address).exchange(redirect.as_bytes()).to_lowercase();
    assert!(!answer.contains("set-cookie") && !answer.contains("evil.example"), "{answer}");
}
