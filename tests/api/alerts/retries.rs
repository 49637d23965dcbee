//! Attempts: again after a while, given up in the end, retried by an operator, under one id.

use super::Told;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use support::receiver::Behaviour;

#[tokio::test]
async fn a_passing_failure_is_tried_again_ever_later_and_given_up_after_six_attempts() {
    let told = Told::start().await;
    told.receiver.behave(Behaviour::Answer(503));
    told.operator.pause_backfill().await.assert_status(201);
    for (attempt, wait) in [(1, 10), (2, 60), (3, 300), (4, 900), (5, 3_600)] {
        assert_eq!(told.app.deliver().await, 1, "attempt {attempt}");
        let delivery = told.deliveries().await.remove(0);
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("pending"), &json!(attempt)));
        told.app.clock().advance(Duration::from_secs(wait - 2));
        assert_eq!(told.app.deliver().await, 0, "too early after attempt {attempt}");
        told.app.clock().advance(Duration::from_secs(3));
    }
    assert_eq!(told.app.deliver().await, 1);
    let given_up = told.app.rows("SELECT state, reason, attempts FROM alert_deliveries").remove(0);
    assert_eq!(given_up, json!({ "state": "failed", "reason": "http_busy", "attempts": 6 }));
    told.app.clock().advance(Duration::from_secs(86_400));
    assert_eq!(told.app.deliver().await, 0);

    let requests = told.receiver.requests();
    let ids: BTreeSet<&str> = requests.iter().map(|request| request.header("x-tenantatlas-delivery")).collect();
    assert_eq!((requests.len(), ids.len()), (6, 1), "each attempt carries the same id");
    let attempts: Vec<i64> = requests.iter().map(|request| request.json()["attempt"].as_i64().unwrap()).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn an_operator_retries_what_has_failed_and_nothing_else() {
    let told = Told::start().await;
    told.receiver.behave(Behaviour::Answer(410));
    told.operator.pause_backfill().await.assert_status(201);
    let id = told.deliveries().await[0]["id"].as_i64().unwrap();
    told.operator.retry_alert_delivery(id).await.assert_problem(409, "wrong-state");
    told.app.deliver().await;
    assert_eq!(told.deliveries().await[0]["state"], "failed");

    told.receiver.behave(Behaviour::Answer(200));
    let retried = told.operator.retry_alert_delivery(id).await.assert_status(202);
    assert_eq!((&retried.body["state"], &retried.body["attempts"]), (&json!("pending"), &json!(0)));
    told.app.deliver().await;
    assert_eq!(told.operator.get_alert_delivery(id).await.body["state"], "sent");
    told.operator.retry_alert_delivery(id).await.assert_problem(409, "wrong-state");
    told.operator.retry_alert_delivery(4711).await.assert_problem(404, "not-found");
    let [first, second] = &told.receiver.requests()[..] else { panic!("two requests are expected") };
    assert_eq!(first.header("x-tenantatlas-delivery"), second.header("x-tenantatlas-delivery"));
    let audited = told.app.rows("SELECT metadata FROM audit_logs WHERE action = 'platform.alerts.delivery_retried'");
    assert_eq!((audited.len(), &audited[0]["metadata"]["failed_with"]), (1, &json!("http_refused")));

    told.operator.delete_alert_destination(told.destination).await.assert_status(204);
    told.app.execute("UPDATE alert_deliveries SET state = 'failed', reason = 'timed_out'");
    told.operator.retry_alert_delivery(id).await.assert_problem(409, "wrong-state");
}

#[tokio::test]
async fn a_worker_that_dies_between_sending_and_recording_loses_nothing_and_the_repeat_has_the_same_id() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    // What its death leaves behind: the request went out, and what became of it was not written.
    told.app.execute("CREATE TABLE before AS TABLE alert_deliveries");
    told.app.deliver().await;
    told.app.execute(
        "UPDATE alert_deliveries d SET state = 'pending', response_status = NULL, finished_at = NULL FROM before b WHERE b.id = d.id",
    );
    assert_eq!(told.app.deliver().await, 0, "it may still be at it");
    told.app.clock().advance(Duration::from_secs(61));
    assert_eq!(told.app.deliver().await, 1);
    let [first, second] = &told.receiver.requests()[..] else { panic!("two requests are expected") };
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!((first.json()["attempt"].clone(), second.json()["attempt"].clone()), (json!(1), json!(2)));
}

#[tokio::test]
async fn two_workers_at_once_make_one_attempt() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    let (one, other) = tokio::join!(told.app.deliver(), told.app.deliver());
    assert!(one + other >= 1);
    told.receiver.only();
}

/// State and sentence of the reason that alerts are overdue, if it is one.
async fn overdue(told: &Told) -> Option<(String, String)> {
    let body = told.operator.get_dashboard("window=1h").await.assert_status(200).body;
    let reasons = body["health"]["reasons"].as_array().unwrap();
    let reason = reasons.iter().find(|reason| reason["code"] == "overdue_deliveries")?;
    assert_eq!(reason["count"], 1);
    Some((reason["state"].as_str().unwrap().to_owned(), reason["message"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn what_is_due_for_more_than_a_minute_and_not_sent_is_a_reason_of_health() {
    let told = Told::start().await;
    told.receiver.behave(Behaviour::Answer(503));
    told.operator.pause_backfill().await.assert_status(201);
    told.app.clock().advance(Duration::from_secs(58));
    assert_eq!(overdue(&told).await, None);
    told.app.clock().advance(Duration::from_secs(4));
    let sentence = "1 alert has been due for more than a minute without being sent.";
    assert_eq!(overdue(&told).await, Some(("degraded".to_owned(), sentence.to_owned())));

    for wait in [10, 60, 300] {
        assert_eq!(told.app.deliver().await, 1);
        told.app.clock().advance(Duration::from_secs(wait - 2));
        assert_eq!(overdue(&told).await, None, "it waits for its next attempt");
        told.app.clock().advance(Duration::from_secs(3));
    }
    told.app.clock().advance(Duration::from_secs(60));
    assert!(overdue(&told).await.is_some());

    told.receiver.behave(Behaviour::Answer(200));
    told.app.deliver().await;
    assert_eq!(overdue(&told).await, None);
}

#[tokio::test]
async fn what_waits_for_the_end_of_quiet_hours_is_not_overdue() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    told.app.execute("UPDATE alert_deliveries SET reason = 'quiet_hours', due_at = db_now() - interval '2 minutes'");

    assert_eq!(overdue(&told).await, None);

    told.app.execute("UPDATE alert_deliveries SET state = 'suppressed', finished_at = db_now()");
}

#[tokio::test]
async fn when_the_clock_steps_back_what_waits_for_its_time_before_goes_out_at_the_next_sweep() {
    let told = Told::start().await;
    told.receiver.behave(Behaviour::Answer(503));
    told.operator.pause_backfill().await.assert_status(201);
    assert_eq!(told.app.deliver().await, 1);
    told.receiver.behave(Behaviour::Answer(200));

    told.app.clock().step_back(Duration::from_secs(600));
    assert_eq!(told.app.deliver().await, 0);
    told.app.sweep().await;

    assert_eq!(told.app.deliver().await, 1);
    assert_eq!(told.deliveries().await[0]["state"], "sent");
}
