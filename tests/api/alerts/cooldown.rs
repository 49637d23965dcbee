//! Cooldown: for a while nothing more is sent about the same subject.

use super::Told;
use serde_json::json;
use std::time::Duration;

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
