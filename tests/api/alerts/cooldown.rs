//! Cooldown: for a while nothing more is sent about the same subject.

use super::Told;
use serde_json::json;
use std::time::Duration;
use support::receiver::Behaviour;

async fn states(told: &Told) -> Vec<String> {
    let of = |row: &serde_json::Value| row["reason"]["code"].as_str().or(row["state"].as_str()).unwrap().to_owned();
    told.deliveries().await.iter().map(of).collect()
}

#[tokio::test]
async fn within_the_cooldown_the_same_subject_is_suppressed_and_others_are_not() {
    let told = Told::start_with(json!({ "cooldown_seconds": 600 })).await;
    let workspace = told.app.workspace("acme", "Acme");
    told.pause_and_resume().await;
    told.pause_and_resume().await;
    assert_eq!(states(&told).await, ["pending", "pending", "cooldown", "cooldown"]);
    told.operator.pause_backfill_of(workspace.id).await.assert_status(201);
    assert_eq!(states(&told).await[4], "pending", "another scope is another subject");

    // What is suppressed does not make the cooldown longer.
    told.app.clock().advance(Duration::from_secs(590));
    told.operator.pause_backfill().await.assert_status(201);
    assert_eq!(states(&told).await[5], "cooldown");
    told.app.clock().advance(Duration::from_secs(20));
    told.operator.resume_backfill().await.assert_status(200);
    told.operator.pause_backfill().await.assert_status(201);
    assert_eq!(states(&told).await[6..], ["pending", "pending"]);
}

#[tokio::test]
async fn what_was_told_before_the_clock_stepped_back_keeps_nothing_back() {
    let told = Told::start_with(json!({ "cooldown_seconds": 600 })).await;
    told.pause_and_resume().await;

    told.app.clock().step_back(Duration::from_secs(3_600));
    told.pause_and_resume().await;

    assert_eq!(states(&told).await, ["pending"; 4]);
}

#[tokio::test]
async fn only_what_somebody_gets_begins_a_cooldown() {
    let told = Told::start_with(json!({ "cooldown_seconds": 600 })).await;
    let enable = async |enabled: bool| {
        let changed = told.operator.update_alert_destination(told.destination, &json!({ "enabled": enabled })).await;
        changed.assert_status(200);
    };
    enable(false).await;
    told.pause_and_resume().await;
    enable(true).await;
    told.receiver.behave(Behaviour::Answer(400));
    told.pause_and_resume().await;
    told.app.deliver().await;
    assert_eq!(states(&told).await, ["destination_disabled", "destination_disabled", "http_refused", "http_refused"]);

    told.receiver.behave(Behaviour::Answer(204));
    told.pause_and_resume().await;
    told.app.deliver().await;
    told.pause_and_resume().await;
    assert_eq!(states(&told).await[4..], ["sent", "sent", "cooldown", "cooldown"]);
}

#[tokio::test]
async fn what_a_summary_tells_of_begins_a_cooldown() {
    let quiet = json!({ "from": "22:00", "to": "07:00", "time_zone": "UTC" });
    let told = Told::start_with(json!({ "cooldown_seconds": 43_200, "quiet_hours": quiet })).await;
    let be_there_at = |moment: &str| {
        told.app.clock().set(moment);
        // Sessions of the tests do not live that long.
        told.app.execute(
            "UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 day'",
        );
    };
    be_there_at("2027-01-10T23:00:00Z");
    told.pause_and_resume().await;
    be_there_at("2027-01-11T07:00:01Z");
    told.app.sweep().await;
    told.pause_and_resume().await;
    assert_eq!(states(&told).await, ["summarised", "summarised", "pending", "cooldown", "cooldown"]);
}

#[tokio::test]
async fn each_rule_has_a_cooldown_of_its_own_and_none_lets_everything_through() {
    let told = Told::start_with(json!({ "cooldown_seconds": 600 })).await;
    told.operator.made_rule(&support::actor::alerts::rule("Without", told.destination)).await;
    told.pause_and_resume().await;
    told.pause_and_resume().await;
    let of = |name: &str, deliveries: &[serde_json::Value]| {
        deliveries.iter().filter(|row| row["rule_name"] == name && row["state"] == "pending").count()
    };
    let deliveries = told.deliveries().await;
    assert_eq!((of("Everything", &deliveries), of("Without", &deliveries)), (2, 4));
}

#[tokio::test]
async fn of_two_events_at_once_the_cooldown_lets_one_through() {
    let told = Told::start_with(json!({ "cooldown_seconds": 600 })).await;
    let subject = "operational_control.paused:race";
    let raise = |url: String| {
        std::thread::spawn(move || {
            let mut conn = support::postgres::connect(&url);
            diesel::Connection::transaction::<_, diesel::result::Error, _>(&mut conn, |conn| {
                tenantatlas::alerts::raise(conn, &super::event(subject));
                Ok(())
            })
        })
    };
    let raised: Vec<_> = (0..8).map(|_| raise(told.app.database_url().to_owned())).collect();
    raised.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
    let count = |state: &str| told.app.value(&format!("SELECT count(*) FROM alert_deliveries WHERE state = '{state}'"));
    assert_eq!((count("pending"), count("suppressed")), (json!(1), json!(7)));
}
