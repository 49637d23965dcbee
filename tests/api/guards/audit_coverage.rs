//! What changes something leaves an audit row; what only looks leaves none.

use super::audit_scope::assert_scope;
use super::operations::{Operation, operations, prepare};
use support::{Actor, TestApp};

#[tokio::test]
async fn every_operation_that_changes_something_is_audited_and_reading_is_not() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    for operation in operations() {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        let before = last_audit_id(&app);

        let answer = call.send(&caller).await;

        assert!((200..300).contains(&answer.status), "{} answered {}", operation.id, answer.text);
        let rows = app.rows(&format!("SELECT * FROM audit_logs WHERE id > {before} ORDER BY id"));
        assert_eq!(!rows.is_empty(), operation.is_mutating(), "{} left {rows:?}", operation.id);
        for row in rows {
            assert_complete(&row, &operation, &caller, answer.header("x-request-id"));
        }
    }
}

fn assert_complete(row: &serde_json::Value, operation: &Operation, caller: &Actor, request_id: Option<&str>) {
    assert_eq!(row["request_id"].as_str(), request_id, "{}: {row}", operation.id);
    assert_scope(row);
    assert_eq!(row["ip"], "127.0.0.1", "{}: {row}", operation.id);
    if !operation.is_public {
        assert_eq!(
            (row["actor_id"].as_i64(), row["actor_label"].as_str()),
            (Some(caller.id), Some(caller.email.as_str())),
            "{row}"
        );
    }
    assert!(row["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{}: {row}", operation.id);
}

fn last_audit_id(app: &TestApp) -> i64 {
    app.value("SELECT coalesce(max(id), 0) FROM audit_logs").as_i64().unwrap()
}
