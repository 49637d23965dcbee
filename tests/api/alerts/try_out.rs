//! "Send test".

use super::{ALLOWED, Told};
use serde_json::{Value, json};
use support::TestApp;
use support::actor::alerts::{rule, webhook_at};
use support::receiver::{Behaviour, Receiver};

#[tokio::test]
async fn a_test_of_a_rule_goes_to_all_its_destinations_past_cooldown_quiet_hours_and_being_disabled() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let (one, other) = (Receiver::start(Behaviour::Answer(200)).await, Receiver::start(Behaviour::Answer(500)).await);
    let first = operator.made_destination(&webhook_at("One", one.url())).await;
    let second = operator.made_destination(&webhook_at("Other", other.url())).await;
    let mut body = rule("Night", first);
    body["destination_ids"] = json!([first, second]);
    body["enabled"] = json!(false);
    body["cooldown_seconds"] = json!(600);
    // Whatever the time is, one of the two spans holds it.
    let is_morning = app.value("SELECT extract(hour FROM db_now() AT TIME ZONE 'UTC') < 12").as_bool().unwrap();
    let (from, to) = if is_morning { ("23:59", "12:01") } else { ("11:59", "00:01") };
    body["quiet_hours"] = json!({ "from": from, "to": to, "time_zone": "UTC" });
    let id = operator.made_rule(&body).await;
    for _ in 0..2 {
        let answer = operator.test_alert_rule(id).await.assert_status(202);
        assert_eq!(answer.items().len(), 2);
        app.deliver().await;
    }
    assert_eq!(one.requests().len(), 2);
    let request = one.requests().remove(0).json();
    assert_eq!((&request["event"], &request["severity"]), (&json!("alerts.test"), &json!("info")));
    assert_eq!(request["title"], "Test of the alert rule “Night”");
    let states: Vec<Value> = operator.list_alert_deliveries("").await.items().iter().map(|item| item["state"].clone()).collect();
    assert_eq!(states, ["pending", "sent", "pending", "sent"]);
    assert_eq!(app.value("SELECT count(*) FROM audit_logs WHERE action = 'platform.alerts.rule_tested'"), 2);
}

#[tokio::test]
async fn a_repeated_request_for_a_test_sends_one() {
    let told = Told::start().await;
    let keyed = told.operator.with_header("idempotency-key", "once");
    let first = keyed.test_alert_rule(told.rule).await.assert_status(202);
    let again = keyed.test_alert_rule(told.rule).await.assert_status(202);
    assert_eq!((&first.body, again.header("idempotency-replayed")), (&again.body, Some("true")));
    assert_eq!(told.deliveries().await.len(), 1);
    told.operator.test_alert_rule(4711).await.assert_problem(404, "not-found");
    told.operator.test_alert_destination(4711).await.assert_problem(404, "not-found");
}
