//! What a webhook receives, and what becomes of a delivery whatever the receiver does.

use super::Told;
use serde_json::{Value, json};
use support::actor::alerts::{SECRET, rule, webhook_at};
use support::receiver::{BODY, Behaviour, Receiver};

#[tokio::test]
async fn a_delivery_says_what_happened_and_where_to_look_and_is_sent_once() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    let pending = told.deliveries().await;
    assert_eq!((&Told::only(&pending)["state"], &pending[0]["attempts"]), (&json!("pending"), &json!(0)));
    assert!(told.receiver.requests().is_empty(), "nothing is sent by the request that causes it");

    assert_eq!(told.app.deliver().await, 1);

    let (delivery, request) = (told.deliveries().await.remove(0), told.receiver.only());
    assert_eq!(
        (&delivery["state"], &delivery["response_status"], &delivery["reason"]),
        (&json!("sent"), &json!(204), &Value::Null)
    );
    assert!(delivery["finished_at"].is_string() && delivery["next_attempt_at"].is_null());
    let body = request.json();
    assert_eq!(request.line, "POST /hook?key=1 HTTP/1.1");
    assert_eq!(
        (request.header("content-type"), request.header("x-tenantatlas-delivery")),
        ("application/json", delivery["uid"].as_str().unwrap())
    );
    assert_eq!(body["id"], delivery["uid"]);
    assert_eq!(
        (&body["event"], &body["severity"], &body["attempt"]),
        (&json!("operational_control.paused"), &json!("warning"), &json!(1))
    );
    assert_eq!(body["title"], "Paused Findings lifecycle backfill globally");
    assert_eq!(body["metadata"], json!({ "control_key": "findings.lifecycle.backfill", "scope": "global" }));
    assert!(body["link"].as_str().unwrap().ends_with("/system/ops/controls"), "{body}");
    assert_eq!(told.app.deliver().await, 0);
}

#[tokio::test]
async fn whatever_a_receiver_does_the_delivery_says_why_and_nothing_of_the_answer_is_kept() {
    let elsewhere = Receiver::start(Behaviour::Answer(200)).await;
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    #[rustfmt::skip]
    let table = [
        (Behaviour::Answer(200), "sent", None, Some(200)),
        (Behaviour::Answer(202), "sent", None, Some(202)),
        (Behaviour::Answer(400), "failed", Some("http_refused"), Some(400)),
        (Behaviour::Answer(404), "failed", Some("http_refused"), Some(404)),
        (Behaviour::Answer(429), "pending", Some("http_busy"), Some(429)),
        (Behaviour::Answer(503), "pending", Some("http_busy"), Some(503)),
        (Behaviour::Redirect(elsewhere.url()), "failed", Some("redirected"), Some(307)),
        (Behaviour::Close, "pending", Some("connection_failed"), None),
        (Behaviour::Hang, "pending", Some("timed_out"), None),
        (Behaviour::Flood, "sent", None, Some(200)),
        (Behaviour::Babble, "pending", Some("bad_answer"), None),
    ];
    for (behaviour, state, reason, status) in table {
        let told = Told::start().await;
        told.receiver.behave(behaviour.clone());
        told.operator.pause_backfill().await.assert_status(201);
        told.app.deliver().await;
        let delivery = told.deliveries().await.remove(0);
        assert_eq!(delivery["state"], state, "{behaviour:?}: {delivery}");
        assert_eq!(delivery["reason"]["code"].as_str(), reason, "{behaviour:?}");
        assert_eq!(delivery["response_status"].as_u64(), status, "{behaviour:?}");
        assert!(!delivery.to_string().contains(BODY) && delivery["reason"]["message"] != "", "{delivery}");
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
    // Nobody listens there any more.
    let told = Told::start().await;
    told.operator
        .update_alert_destination(told.destination, &json!({ "url": format!("http://{mute}/"), "secret": SECRET }))
        .await
        .assert_status(200);
    told.operator.pause_backfill().await.assert_status(201);
    told.app.deliver().await;
    assert_eq!(told.deliveries().await[0]["reason"]["code"], "connection_failed");
}

#[tokio::test]
async fn teams_gets_a_card_in_which_names_stay_what_they_are() {
    let told = Told::start().await;
    let workspace = told.app.workspace("odd", "Odd [name](http://evil.example) *co*");
    let teams = json!({ "name": "Teams", "kind": "teams", "url": told.receiver.url() });
    let teams = told.operator.made_destination(&teams).await;
    told.operator.update_alert_rule(told.rule, &json!({ "destination_ids": [teams] })).await.assert_status(200);
    told.operator.pause_backfill_of(workspace.id).await.assert_status(201);
    told.app.deliver().await;

    let request = told.receiver.only();
    assert!(!request.headers.contains_key("x-tenantatlas-signature"));
    let message = request.json();
    let attachment = &message["attachments"][0];
    assert_eq!(
        (&message["type"], &attachment["contentType"]),
        (&json!("message"), &json!("application/vnd.microsoft.card.adaptive"))
    );
    let card = &attachment["content"];
    assert_eq!((&card["type"], &card["version"]), (&json!("AdaptiveCard"), &json!("1.4")));
    assert_eq!(card["body"][0]["text"], "Warning · Control paused");
    let title = card["body"][1]["text"].as_str().unwrap();
    assert!(title.contains(r"Odd \[name\]\(http://evil.example\) \*co\*"), "{title}");
    let action = &card["actions"][0];
    assert_eq!(action["type"], "Action.OpenUrl");
    assert!(action["url"].as_str().unwrap().ends_with("/system/ops/controls"));
}

#[tokio::test]
async fn a_destination_that_hangs_keeps_no_other_waiting() {
    let told = Told::start().await;
    let slow = Receiver::start(Behaviour::Hang).await;
    let slow_destination = told.operator.made_destination(&webhook_at("Slow", slow.url())).await;
    told.operator.made_rule(&rule("Slow", slow_destination)).await;
    for _ in 0..3 {
        told.pause_and_resume().await;
    }
    let queues = told.app.rows(
        "SELECT q.queue_name, count(*) AS jobs FROM graphile_worker._private_jobs j JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id GROUP BY 1 ORDER BY 1",
    );
    let jobs: Vec<&Value> = queues.iter().map(|row| &row["jobs"]).collect();
    assert_eq!(jobs, [6, 6], "each destination has a queue of its own: {queues:?}");
}
