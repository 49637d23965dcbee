//! Bodies that are too large, never end, or are no JSON of this world.

use super::raw::{Connection, status};
use crate::guards::operations::{operations, prepare};
use std::time::{Duration, Instant};
use support::TestApp;

#[tokio::test]
async fn every_operation_with_a_body_refuses_what_is_too_large_too_deep_or_of_another_type() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let large = format!("{{}}{}", " ".repeat(64 * 1024));
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    for operation in operations().into_iter().filter(|operation| operation.takes_json()) {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        call.send_text(&caller, &large).await.assert_problem(413, "payload-too-large");
        for text in [&deep, "\u{0}", "nul", "{\"a\":1", "{\"a\":1,\"a\":2}", "[]", "\"x\"", "1e999", "{\"\\ud800\": 1}"] {
            let answer = call.send_text(&caller, text).await;
            assert!([400, 422].contains(&answer.status), "{}: {}", operation.id, answer.text);
        }
        let method = operation.method.parse().unwrap();
        let other = caller
            .send_text(method, call.path(), Some("text/xml"), "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>")
            .await;
        other.assert_problem(415, "unsupported-media-type");
    }
}

/// Bodies that stop half-way hold no thread and no connection to the database.
#[tokio::test]
async fn bodies_that_never_end_do_not_keep_others_waiting() {
    let app = TestApp::start().await;
    let address = app.server().address;
    let half = "POST /api/v1/system/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"email\"";
    let mut open: Vec<Connection> = (0..100).map(|_| Connection::open(address)).collect();
    for connection in &mut open {
        connection.send(half.as_bytes());
    }

    let begun = Instant::now();
    app.operator().await.get("/api/v1/system/auth/me").await.assert_status(200);

    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(open);
}

#[tokio::test]
async fn a_body_that_comes_in_single_bytes_is_read_like_any_other() {
    let app = TestApp::start().await;
    let mut connection = Connection::open(app.server().address);
    connection.send(b"POST /api/v1/system/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    for byte in b"{}" {
        connection.send(format!("1\r\n{}\r\n", *byte as char).as_bytes());
    }
    let answer = connection.exchange(b"0\r\n\r\n");
    assert_eq!(status(&answer), 422, "{answer}");
}
