//! Quiet hours by the clock of a place, also on the days on which that is changed.

use super::Told;
use diesel::Connection;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::alerts::rule;

fn quiet(from: &str, to: &str, time_zone: &str) -> Value {
    json!({ "quiet_hours": { "from": from, "to": to, "time_zone": time_zone } })
}

#[tokio::test]
async fn quiet_hours_end_when_the_clock_of_the_place_says_so() {
    let app = TestApp::start().await;
    const BERLIN: &str = "Europe/Berlin";
    const NEW_YORK: &str = "America/New_York";
    #[rustfmt::skip]
    let table = [
        // An ordinary night and the edges of it.
        ("2027-01-10T20:59:59Z", "22:00", "07:00", BERLIN, None),
        ("2027-01-10T21:00:00Z", "22:00", "07:00", BERLIN, Some("2027-01-11T06:00:00Z")),
        ("2027-01-11T05:59:59Z", "22:00", "07:00", BERLIN, Some("2027-01-11T06:00:00Z")),
        ("2027-01-11T06:00:00Z", "22:00", "07:00", BERLIN, None),
        // Hours within one day.
        ("2027-01-11T11:30:00Z", "12:00", "13:00", BERLIN, Some("2027-01-11T12:00:00Z")),
        ("2027-01-11T13:00:00Z", "12:00", "13:00", BERLIN, None),
        // The clock goes on an hour on 28 March 2027: the night is an hour shorter.
        ("2027-03-27T21:30:00Z", "22:00", "07:00", BERLIN, Some("2027-03-28T05:00:00Z")),
        ("2027-03-28T04:59:59Z", "22:00", "07:00", BERLIN, Some("2027-03-28T05:00:00Z")),
        ("2027-03-28T20:00:00Z", "22:00", "07:00", BERLIN, Some("2027-03-29T05:00:00Z")),
        // 02:30 does not come that day: the hours end, or begin, an hour later by the clock.
        ("2027-03-28T00:59:59Z", "22:00", "02:30", BERLIN, Some("2027-03-28T01:30:00Z")),
        ("2027-03-28T01:29:59Z", "22:00", "02:30", BERLIN, Some("2027-03-28T01:30:00Z")),
        ("2027-03-28T01:30:00Z", "22:00", "02:30", BERLIN, None),
        ("2027-03-28T01:29:59Z", "02:30", "06:00", BERLIN, None),
        ("2027-03-28T01:30:00Z", "02:30", "06:00", BERLIN, Some("2027-03-28T04:00:00Z")),
        // The clock goes back an hour on 31 October 2027: the night is an hour longer.
        ("2027-10-30T20:00:00Z", "22:00", "07:00", BERLIN, Some("2027-10-31T06:00:00Z")),
        ("2027-10-31T05:59:59Z", "22:00", "07:00", BERLIN, Some("2027-10-31T06:00:00Z")),
        // 02:30 comes twice: the second one counts.
        ("2027-10-31T00:30:00Z", "22:00", "02:30", BERLIN, Some("2027-10-31T01:30:00Z")),
        ("2027-10-31T01:29:59Z", "22:00", "02:30", BERLIN, Some("2027-10-31T01:30:00Z")),
        ("2027-10-31T01:30:00Z", "22:00", "02:30", BERLIN, None),
        // Another place, another day of change (14 March 2027), and none at all.
        ("2027-03-14T08:00:00Z", "23:00", "06:00", NEW_YORK, Some("2027-03-14T10:00:00Z")),
        ("2027-03-13T08:00:00Z", "23:00", "06:00", NEW_YORK, Some("2027-03-13T11:00:00Z")),
        ("2027-03-28T17:00:00Z", "22:00", "07:00", "Asia/Kolkata", Some("2027-03-29T01:30:00Z")),
        ("2027-03-28T12:00:00Z", "22:00", "07:00", "UTC", None),
    ];
    for (moment, from, to, zone, expected) in table {
        let until = app.value(&format!(
            "SELECT to_char(alert_quiet_until('{moment}', '{from}', '{to}', '{zone}') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        ));
        assert_eq!(until.as_str(), expected, "{moment} {from}–{to} {zone}");
    }
    assert_eq!(app.value("SELECT alert_quiet_until(db_now(), NULL, NULL, NULL)"), Value::Null);
}

#[tokio::test]
async fn what_happens_in_quiet_hours_is_held_back_and_told_together_when_they_end() {
    let told = Told::start_with(quiet("22:00", "07:00", "Europe/Berlin")).await;
    // The night in which the clock goes on; sessions of the tests do not live that long.
    let operator_at = async |moment: &str| {
        told.app.clock().set(moment);
        told.app.execute(
            "UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 day'",
        );
    };
    operator_at("2027-03-27T22:00:00Z").await;
    told.pause_and_resume().await;
    told.operator.pause_backfill().await.assert_status(201);
    let held = told.deliveries().await;
    assert_eq!(held.len(), 3);
    for delivery in &held {
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("pending"), &json!("quiet_hours")));
        assert_eq!(delivery["next_attempt_at"], "2027-03-28T05:00:00Z");
    }
    told.app.sweep().await;
    assert_eq!(told.app.deliver().await, 0);

    operator_at("2027-03-28T05:00:01Z").await;
    told.app.sweep().await;
    assert_eq!(told.app.deliver().await, 1);
    let request = told.receiver.only().json();
    assert_eq!((&request["event"], &request["severity"]), (&json!("alerts.summary"), &json!("warning")));
    assert_eq!(request["title"], "3 alerts were held back during the quiet hours");
    let items = request["metadata"]["items"].as_array().unwrap();
    assert_eq!((items.len(), &request["metadata"]["count"]), (3, &json!(3)));
    assert_eq!(items[0]["severity"], "warning", "the most urgent come first");
    let deliveries = told.deliveries().await;
    for delivery in &deliveries[..3] {
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("suppressed"), &json!("summarised")));
        assert_eq!(delivery["summary_id"], deliveries[3]["id"]);
    }
    told.app.sweep().await;
    assert_eq!(told.app.deliver().await, 0);
}

#[tokio::test]
async fn an_alert_at_the_end_of_the_quiet_hours_is_either_held_back_until_then_or_sent() {
    let told = Told::start_with(quiet("22:00", "07:00", "UTC")).await;
    // The end lies before the first or before the second reading of a decision.
    for lead in [7, 8] {
        told.app.clock().set(&format!("2027-03-28T06:59:5{lead}Z"));
        told.app.clock().step_at_each_reading();
        for n in 0..8 {
            told.app
                .db()
                .transaction(|conn| {
                    tenantatlas::alerts::raise(conn, &super::event(&format!("{lead}:{n}")));
                    diesel::QueryResult::Ok(())
                })
                .unwrap();
        }
    }
    let count = |what: &str| told.app.value(&format!("SELECT count(*) FROM alert_deliveries WHERE {what}")).as_i64().unwrap();
    assert_eq!(count("reason = 'quiet_hours' AND due_at <= created_at"), 0);
    assert!(count("reason = 'quiet_hours'") > 0 && count("reason IS NULL") > 0);
}

#[tokio::test]
async fn what_is_held_back_alone_is_told_as_it_is() {
    let told = Told::start_with(quiet("22:00", "07:00", "UTC")).await;
    told.app.clock().set("2027-01-10T23:00:00Z");
    told.app
        .execute("UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 day'");
    told.operator.pause_backfill().await.assert_status(201);
    told.app.clock().set("2027-01-11T07:00:01Z");
    told.app
        .execute("UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 day'");
    told.app.sweep().await;
    assert_eq!(told.app.deliver().await, 1);
    assert_eq!(told.receiver.only().json()["event"], "operational_control.paused");
}

#[tokio::test]
async fn what_removed_rules_held_back_is_told_apart_under_the_name_of_each() {
    let told = Told::start_with(quiet("22:00", "07:00", "UTC")).await;
    let mut body = rule("Second", told.destination);
    body.as_object_mut().unwrap().extend(quiet("22:00", "07:00", "UTC").as_object().unwrap().clone());
    let second = told.operator.made_rule(&body).await;
    let be_there_at = |moment: &str| {
        told.app.clock().set(moment);
        told.app.execute(
            "UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 day'",
        );
    };
    be_there_at("2027-01-10T23:00:00Z");
    told.pause_and_resume().await;
    for rule in [told.rule, second] {
        told.operator.delete_alert_rule(rule).await.assert_status(204);
    }
    be_there_at("2027-01-11T07:00:01Z");
    told.app.sweep().await;
    let deliveries = told.deliveries().await;
    let told_of = |summary: &Value| {
        let name = summary["rule_name"].as_str().unwrap().to_owned();
        let of_it = deliveries.iter().filter(|one| one["summary_id"] == summary["id"]);
        assert!(of_it.clone().all(|one| one["rule_name"] == summary["rule_name"]), "{summary}");
        (name, of_it.count())
    };
    let summaries = deliveries.iter().filter(|one| one["event"] == "alerts.summary");
    assert_eq!(summaries.map(told_of).collect::<Vec<_>>(), [("Everything".to_owned(), 2), ("Second".to_owned(), 2)]);
}
