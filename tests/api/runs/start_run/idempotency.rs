//! `Idempotency-Key` on a start (API-02).

use super::{preflight_of_all, start, start_of_all};
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::time::Duration;
use support::actor::SYSTEM;
use support::actor::runbooks::BACKFILL;
use support::app::PASSWORD;
use support::table::with;
use support::{Actor, TestApp};
use tenantatlas::db::locks::{LockClass, lock};

async fn app_with_work() -> (TestApp, Actor, Value) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let body = start_of_all(preflight_of_all(&operator).await);
    (app, operator.with_header("idempotency-key", "key-1"), body)
}

#[tokio::test]
async fn the_same_key_and_body_replay_the_first_answer_even_after_the_run_has_ended() {
    let (app, operator, body) = app_with_work().await;
    let first = start(&operator, &body).await.assert_status(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    app.drain().await;

    // White space and order of members are no difference.
    let text = format!(
        "{{ \"reason\": {}, \"typed_confirmation\":\"BACKFILL\",\n \"scope\": {}, \"preflight_id\": {} }}",
        body["reason"], body["scope"], body["preflight_id"]
    );
    let path = format!("{SYSTEM}/ops/runbooks/{BACKFILL}/runs");
    let again = operator.send_text(reqwest::Method::POST, &path, Some("application/json"), &text).await.assert_status(201);

    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.body, first.body);
    assert_eq!(app.count_runs(), 1);
    assert_eq!(app.audited("platform.ops.runbooks.start").len(), 1);
}

#[tokio::test]
async fn a_deduplicated_answer_is_replayed_as_such() {
    let (app, operator, body) = app_with_work().await;
    start(&operator, &body).await.assert_status(201);
    let second = app.operator().await.with_header("idempotency-key", "key-1");
    let body_of_second = with(body.clone(), json!({ "preflight_id": preflight_of_all(&second).await }));
    let met = start(&second, &body_of_second).await.assert_status(200);
    app.drain().await;
    let replayed = start(&second, &body_of_second).await.assert_status(200);
    assert_eq!(replayed.body, met.body);
    assert_eq!(replayed.header("location"), None);
    assert_eq!(start(&operator, &body).await.assert_status(201).header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let (app, operator, body) = app_with_work().await;
    start(&operator, &body).await.assert_status(201);
    let other = with(body, json!({ "reason": { "code": "SECURITY", "text": "Something else." } }));
    start(&operator, &other).await.assert_problem(422, "idempotency-key-reused");
    app.drain().await;
}

#[tokio::test]
async fn a_refused_start_may_be_corrected_under_the_same_key() {
    let (app, operator, body) = app_with_work().await;
    start(&operator, &with(body.clone(), json!({ "typed_confirmation": "no" })))
        .await
        .assert_problem(422, "confirmation-mismatch");
    start(&operator, &with(body.clone(), json!({ "preflight_id": 999_999 }))).await.assert_problem(422, "preflight-unknown");
    start(&operator, &body).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn while_the_first_request_is_in_flight_the_same_key_is_a_conflict() {
    let (app, operator, body) = app_with_work().await;
    let name = format!("operator:{}\u{0}start_run {BACKFILL}\u{0}key-1", operator.id);
    let mut other = app.db();
    other.batch_execute("BEGIN").unwrap();
    lock(&mut other, LockClass::Idempotency, &name).unwrap();

    let refused = start(&operator, &body).await.assert_problem(409, "idempotency-key-in-flight");

    assert!(refused.header("retry-after").is_some());
    other.batch_execute("ROLLBACK").unwrap();
    start(&operator, &body).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn twenty_requests_with_one_key_at_once_have_one_effect() {
    let (app, operator, body) = app_with_work().await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (operator, body) = (operator.clone(), body.clone());
        requests.spawn(async move { start(&operator, &body).await });
    }
    let answers = requests.join_all().await;
    let first: Vec<_> = answers.iter().filter(|a| a.status == 201 && a.header("idempotency-replayed").is_none()).collect();
    assert_eq!(first.len(), 1);
    for answer in &answers {
        match answer.status {
            201 => assert_eq!(answer.body, first[0].body),
            _ => assert_eq!((answer.status, &answer.body["code"]), (409, &json!("idempotency-key-in-flight"))),
        }
    }
    assert_eq!(app.count_runs(), 1);
    app.drain().await;
}

#[tokio::test]
async fn after_24_hours_a_key_is_new_again() {
    let (app, operator, body) = app_with_work().await;
    let first = start(&operator, &body).await.assert_status(201).id();
    app.drain().await;
    app.clock().advance(Duration::from_secs(24 * 3600 - 60));
    app.execute("UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 hour'");
    assert_eq!(start(&operator, &body).await.assert_status(201).id(), first);

    app.clock().advance(Duration::from_secs(61));
    app.finding(&app.tenant("Fabrikam"), &json!({}));
    let body = with(body, json!({ "preflight_id": preflight_of_all(&operator).await }));
    let second = start(&operator, &body).await.assert_status(201);
    assert_eq!(second.header("idempotency-replayed"), None);
    assert_ne!(second.id(), first);
    app.drain().await;
    app.clock().advance(Duration::from_secs(24 * 3600 + 1));
    app.sweep().await;
    assert_eq!(app.value("SELECT count(*) FROM idempotency_keys"), 0);
}

#[tokio::test]
async fn another_operator_has_keys_of_their_own() {
    let (app, operator, body) = app_with_work().await;
    start(&operator, &body).await.assert_status(201);
    let other = app.operator().await.with_header("idempotency-key", "key-1");
    let met = start(&other, &body).await.assert_status(200);
    assert_eq!(met.header("idempotency-replayed"), None);
    app.drain().await;
}

#[tokio::test]
async fn a_new_session_of_the_same_operator_gets_the_first_answer() {
    let (app, operator, body) = app_with_work().await;
    let first = start(&operator, &body).await.assert_status(201);
    let again = app.anonymous().signed_in(&operator.email, PASSWORD).await.with_header("idempotency-key", "key-1");
    let replayed = start(&again, &body).await.assert_status(201);
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &first.body));
    app.drain().await;
}

#[tokio::test]
async fn a_key_has_1_to_255_visible_characters() {
    let (app, operator, body) = app_with_work().await;
    let operator = app.anonymous().signed_in(&operator.email, PASSWORD).await;
    for key in ["", "two words", "\u{e9}", "tab\tbed", &"k".repeat(256)] {
        let refused = start(&operator.with_header("idempotency-key", key), &body).await;
        refused.assert_problem(400, "malformed-request");
    }
    start(&operator.with_header("idempotency-key", &"k".repeat(255)), &body).await.assert_status(201);
    app.drain().await;
}
