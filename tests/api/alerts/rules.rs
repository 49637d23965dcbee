//! Making, changing and removing rules.

use super::Told;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::alerts::{rule, webhook};

#[tokio::test]
async fn a_rule_is_made_shown_changed_and_removed_and_each_is_audited() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let destination = operator.made_destination(&webhook("On call")).await;
    let quiet = json!({ "from": "22:00", "to": "07:00", "time_zone": "Europe/Berlin" });
    let body = json!({ "name": "Night", "events": ["operations.run.failed"], "minimum_severity": "error", "cooldown_seconds": 600,
                       "workspace_ids": [app.default_workspace().id], "operation_types": ["findings.lifecycle.backfill"],
                       "destination_ids": [destination], "quiet_hours": quiet });
    let made = operator.create_alert_rule(&body).await.assert_status(201);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/api/v1/system/alerts/rules/{id}").as_str()));
    for (name, value) in body.as_object().unwrap().iter().filter(|(name, _)| *name != "destination_ids") {
        assert_eq!(made.body[name], *value, "{name}");
    }
    assert_eq!(made.body["destinations"], json!([{ "id": destination, "name": "On call" }]));

    let shown = operator.get_alert_rule(id).await.assert_status(200);
    assert_eq!(shown.body, made.body);
    let etag = shown.header("etag").unwrap().to_owned();
    let changed = operator.update_alert_rule(id, &json!({ "enabled": false, "quiet_hours": null })).await.assert_status(200);
    assert_eq!((&changed.body["enabled"], &changed.body["quiet_hours"]), (&json!(false), &Value::Null));
    assert_eq!(changed.body["cooldown_seconds"], 600, "what is left out stays");

    let stale = operator.with_header("if-match", &etag);
    stale.update_alert_rule(id, &json!({ "enabled": true })).await.assert_problem(412, "precondition-failed");
    stale.delete_alert_rule(id).await.assert_problem(412, "precondition-failed");
    operator.with_header("if-match", changed.header("etag").unwrap()).delete_alert_rule(id).await.assert_status(204);
    operator.get_alert_rule(id).await.assert_problem(404, "not-found");

    let actions = app.rows("SELECT action, summary FROM audit_logs WHERE target_type = 'alert_rule' ORDER BY id");
    let of = |row: &Value| (row["action"].as_str().unwrap().to_owned(), row["summary"].as_str().unwrap().to_owned());
    assert_eq!(
        actions.iter().map(of).collect::<Vec<_>>(),
        [
            ("platform.alerts.rule_created".to_owned(), "Made the alert rule Night.".to_owned()),
            ("platform.alerts.rule_updated".to_owned(), "Disabled the alert rule Night.".to_owned()),
            ("platform.alerts.rule_deleted".to_owned(), "Removed the alert rule Night.".to_owned()),
        ]
    );
}

#[tokio::test]
async fn what_a_rule_cannot_say_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let destination = operator.made_destination(&webhook("On call")).await;
    let many: Vec<String> = (0..51).map(|_| "operations.run.failed".to_owned()).collect();
    #[rustfmt::skip]
    let table = [
        (json!({ "name": " Night" }), "/name"),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(101) }), "/name"),
        (json!({ "events": [] }), "/events"),
        (json!({ "events": ["operations.run.failed", "no.such.event"] }), "/events/1"),
        (json!({ "events": ["operations.run.failed", "operations.run.failed"] }), "/events/1"),
        (json!({ "events": many }), "/events"),
        (json!({ "events": ["alerts.test"] }), "/events/0"),
        (json!({ "minimum_severity": "loud" }), "/minimum_severity"),
        (json!({ "workspace_ids": [4711] }), "/workspace_ids/0"),
        (json!({ "operation_types": ["no.such.runbook"] }), "/operation_types/0"),
        (json!({ "destination_ids": [] }), "/destination_ids"),
        (json!({ "destination_ids": [destination, 4711] }), "/destination_ids/1"),
        (json!({ "cooldown_seconds": -1 }), "/cooldown_seconds"),
        (json!({ "cooldown_seconds": 604_801 }), "/cooldown_seconds"),
        (json!({ "quiet_hours": { "from": "24:00", "to": "07:00", "time_zone": "UTC" } }), "/quiet_hours/from"),
        (json!({ "quiet_hours": { "from": "22:00", "to": "22:00", "time_zone": "UTC" } }), "/quiet_hours/to"),
        (json!({ "quiet_hours": { "from": "22:00", "to": "07:00", "time_zone": "Mars/Phobos" } }), "/quiet_hours/time_zone"),
        (json!({ "quiet_hours": { "from": "22:00", "to": "07:00" } }), "/quiet_hours/time_zone"),
        (json!({ "colour": "red" }), "/colour"),
    ];
    for (members, pointer) in table {
        let mut body = rule("Night", destination);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let refused = operator.create_alert_rule(&body).await.assert_problem(422, "validation-failed");
        let pointers: Vec<&str> =
            refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert!(pointers.contains(&pointer), "{members}: {pointers:?}");
    }
    assert_eq!(app.value("SELECT count(*) FROM alert_rules"), 0);
}

#[tokio::test]
async fn of_two_rules_of_one_name_the_second_is_refused_and_a_repeated_request_makes_one() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let destination = operator.made_destination(&webhook("On call")).await;
    operator.create_alert_destination(&webhook("On call")).await.assert_problem(409, "name-taken");
    let keyed = operator.with_header("idempotency-key", "one");
    let first = keyed.create_alert_rule(&rule("Night", destination)).await.assert_status(201);
    let again = keyed.create_alert_rule(&rule("Night", destination)).await.assert_status(201);
    assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
    keyed.create_alert_rule(&rule("Day", destination)).await.assert_problem(422, "idempotency-key-reused");
    operator.create_alert_rule(&rule("Night", destination)).await.assert_problem(409, "name-taken");
    assert_eq!(app.value("SELECT count(*) FROM alert_rules"), 1);
}

#[tokio::test]
async fn a_disabled_rule_makes_no_deliveries_and_a_disabled_destination_has_them_suppressed() {
    let told = Told::start().await;
    told.operator.update_alert_rule(told.rule, &json!({ "enabled": false })).await.assert_status(200);
    told.pause_and_resume().await;
    assert!(told.deliveries().await.is_empty());

    told.operator.update_alert_rule(told.rule, &json!({ "enabled": true })).await.assert_status(200);
    told.operator.update_alert_destination(told.destination, &json!({ "enabled": false })).await.assert_status(200);
    told.pause_and_resume().await;
    let deliveries = told.deliveries().await;
    assert_eq!(deliveries.len(), 2);
    for delivery in &deliveries {
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("suppressed"), &json!("destination_disabled")));
    }
    assert_eq!(told.app.deliver().await, 0);
    assert!(told.receiver.requests().is_empty());
}

#[tokio::test]
async fn what_was_still_to_be_sent_to_a_removed_destination_is_not_and_its_rule_stays() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    told.operator.delete_alert_destination(told.destination).await.assert_status(204);

    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("suppressed"), &json!("destination_deleted")));
    assert_eq!((&delivery["destination_id"], &delivery["destination_name"]), (&Value::Null, &json!("On call")));
    assert_eq!(told.operator.get_alert_rule(told.rule).await.assert_status(200).body["destinations"], json!([]));
    assert_eq!(told.app.deliver().await, 0);
}

#[tokio::test]
async fn of_many_rules_made_at_once_there_are_no_more_than_the_settings_allow() {
    let app = TestApp::builder().setting("TENANTATLAS_ALERT_RULES", "3").start().await;
    let operator = app.operator().await;
    let destination = operator.made_destination(&webhook("On call")).await;

    let made: Vec<_> = (0..8)
        .map(|number| {
            let (operator, body) = (operator.clone(), rule(&format!("Rule {number}"), destination));
            tokio::spawn(async move { operator.create_alert_rule(&body).await })
        })
        .collect();
    let mut refused = 0;
    for answer in made {
        let answer = answer.await.unwrap();
        if answer.status != 201 {
            let answer = answer.assert_problem(409, "limit-reached");
            assert_eq!((&answer.body["limit"], &answer.body["present"]), (&json!(3), &json!(3)));
            refused += 1;
        }
    }

    assert_eq!((refused, app.value("SELECT count(*) FROM alert_rules")), (5, json!(3)));
}
