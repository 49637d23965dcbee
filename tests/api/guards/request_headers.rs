//! What requests say in headers, held for every operation that the document says takes it.

use super::operations::{Operation, operations, prepare};
use std::collections::BTreeSet;
use support::TestApp;

fn takes(operation: &Operation, header: &str) -> bool {
    let parameters = operation.document["parameters"].as_array().into_iter().flatten();
    parameters
        .into_iter()
        .any(|one| one["in"] == "header" && one["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(header)))
}

#[tokio::test]
async fn while_break_glass_is_open_every_change_wants_a_reason_and_nothing_else_does() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let (mut asked, mut documented) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations().into_iter().filter(|operation| operation.is_system() && !operation.is_public) {
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        if operation.id != "open_break_glass" {
            admin.open_break_glass("Pager 4711: nobody else is awake", 30).await.assert_status(201);
        }
        if takes(&operation, "break-glass-reason") {
            documented.insert(operation.id.clone());
        }
        // A stream is not waited for.
        if !operation.path.ends_with("/events") || operation.is_mutating() {
            let answer = call.send(&admin).await;
            if answer.body["code"] == "reason-required" {
                asked.insert(operation.id);
            }
        }
    }
    assert_eq!(asked, documented);
    assert!(asked.len() > 20, "{asked:?}");
}

#[tokio::test]
async fn what_is_created_under_an_idempotency_key_is_created_once_however_often_it_is_asked_for() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let creating = |operation: &Operation| operation.method == "POST" && operation.document["responses"]["201"].is_object();
    for operation in operations().into_iter().filter(creating) {
        let id = operation.id.as_str();
        assert!(takes(&operation, "idempotency-key"), "{id} creates something and takes no key");
        let admin = app.operator().await;
        let call = prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await.with_header("idempotency-key", id);

        let (one, two, three) = tokio::join!(call.send(&caller), call.send(&caller), call.send(&caller));
        let late = call.send(&caller).await.assert_status(201);

        assert_eq!(late.header("idempotency-replayed"), Some("true"), "{id}");
        let (answered, refused): (Vec<_>, Vec<_>) = [one, two, three].into_iter().partition(|answer| answer.status == 201);
        let first: Vec<_> = answered.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).collect();
        assert_eq!(first.len(), 1, "{id} was done {} times", first.len());
        for answer in &answered {
            assert_eq!((answer.header("location"), &answer.body["id"]), (late.header("location"), &late.body["id"]), "{id}");
        }
        for answer in refused {
            answer.assert_problem(409, "idempotency-key-in-flight");
        }
    }
}
