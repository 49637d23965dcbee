//! `POST /notifications/{id}/read` and `POST /notifications/read-all`

use serde_json::{Value, json};
use support::{Actor, TestApp};

/// An operator with so many unread notifications, newest first.
async fn told(app: &TestApp, count: usize) -> (Actor, Vec<Value>) {
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    for _ in 0..count {
        app.pending_findings(&tenant, 1);
        operator.start_backfill_of(tenant.id).await.assert_status(201);
        app.drain().await;
    }
    let items = operator.list_notifications("").await.items().to_vec();
    (operator, items)
}

fn id(notification: &Value) -> i64 {
    notification["id"].as_i64().unwrap()
}

#[tokio::test]
async fn one_is_read_and_stays_read_since_the_first_time() {
    let app = TestApp::start().await;
    let (operator, told) = told(&app, 2).await;

    operator.read_notification(id(&told[1])).await.assert_status(204);

    let page = operator.list_notifications("").await.body;
    assert_eq!((&page["unread_count"], &page["items"][0]["read_at"]), (&json!(1), &json!(null)));
    let read_at = page["items"][1]["read_at"].clone();
    assert!(read_at.is_string());
    operator.read_notification(id(&told[1])).await.assert_status(204);
    assert_eq!(operator.list_notifications("").await.body["items"][1]["read_at"], read_at);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let app = TestApp::start().await;
    let (operator, told) = told(&app, 1).await;
    let other = app.operator().await;

    other.read_notification(id(&told[0])).await.assert_problem(404, "not-found");
    other.read_all_notifications(&json!({})).await.assert_status(204);
    operator.read_notification(999_999).await.assert_problem(404, "not-found");

    assert_eq!(operator.list_notifications("").await.body["unread_count"], 1);
}

#[tokio::test]
async fn all_are_read_up_to_the_one_that_was_seen() {
    let app = TestApp::start().await;
    let (operator, told) = told(&app, 3).await;

    operator.read_all_notifications(&json!({ "up_to": id(&told[1]) })).await.assert_status(204);
    let page = operator.list_notifications("").await.body;
    assert_eq!((&page["unread_count"], &page["items"][0]["read_at"]), (&json!(1), &json!(null)));

    operator.read_all_notifications(&json!({})).await.assert_status(204);
    assert_eq!(operator.list_notifications("").await.body["unread_count"], 0);
    operator.read_all_notifications(&json!({})).await.assert_status(204);
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (body, pointer) in [(json!({ "up_to": 0 }), "/up_to"), (json!({ "up_to": "x" }), "/up_to"), (json!({ "x": 1 }), "/x")] {
        operator.read_all_notifications(&body).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
}
