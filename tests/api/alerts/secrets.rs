//! Secrets of destinations: encrypted where they are kept, shown nowhere, and movable to another key.

use super::ALLOWED;
use serde_json::json;
use std::time::Duration;
use support::TestApp;
use support::actor::alerts::{SECRET, webhook, webhook_at};
use support::receiver::{Behaviour, Receiver};
use tenantatlas::alerts::{Outbox, deliver};
use tenantatlas::config::Config;
use tenantatlas::db::{Address, Db, SessionLimits};

#[tokio::test]
async fn a_secret_stands_in_no_answer_no_table_and_no_audit_row() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let hook =
        operator.with_header("idempotency-key", "hook").create_alert_destination(&webhook("Hook")).await.assert_status(201);
    let teams = json!({ "name": "Teams", "kind": "teams", "url": "https://192.0.66.2/webhook/very-secret-path" });
    let teams = operator.create_alert_destination(&teams).await.assert_status(201);
    assert_eq!(teams.body["address"], "https://192.0.66.2");
    let mut said = vec![hook.text.clone(), teams.text.clone()];
    for id in [hook.id(), teams.id()] {
        said.push(operator.get_alert_destination(id).await.text);
        said.push(operator.update_alert_destination(id, &json!({ "enabled": false })).await.text);
        said.push(operator.test_alert_destination(id).await.text);
    }
    said.push(operator.list_alert_destinations("").await.text);
    said.push(operator.list_alert_deliveries("").await.text);
    for table in ["alert_destinations", "alert_deliveries", "audit_logs", "idempotency_keys"] {
        said.push(json!(app.rows(&format!("SELECT * FROM {table}"))).to_string());
    }
    for text in said {
        assert!(!text.contains(SECRET) && !text.contains("very-secret-path"), "{text}");
    }
}

#[tokio::test]
async fn a_key_from_the_settings_takes_over_from_the_one_in_the_database() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let id = operator.made_destination(&webhook_at("Hook", receiver.url())).await;
    let before = app.rows("SELECT sealing_key, sealed_secret FROM alert_destinations").remove(0);
    assert_eq!(before["sealing_key"], app.value("SELECT id FROM sealing_keys"));

    let keys = format!("first:{},second:{}", "ab".repeat(32), "cd".repeat(32));
    load(&app, &keys);
    assert_eq!(app.value("SELECT sealing_key FROM alert_destinations"), "first");
    // Turned round, the other one seals, and the first can be taken out after that.
    load(&app, &format!("second:{},first:{}", "cd".repeat(32), "ab".repeat(32)));
    load(&app, &format!("second:{}", "cd".repeat(32)));
    assert_eq!(app.value("SELECT sealing_key FROM alert_destinations"), "second");

    // The server of the test knows only the database's key.
    operator.test_alert_destination(id).await.assert_status(202);
    app.deliver().await;
    let delivery = operator.list_alert_deliveries("").await.body["items"][0].clone();
    assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("pending"), &json!("secret_unreadable")));
    assert!(receiver.requests().is_empty());

    // A worker that knows it by then sends it.
    app.clock().advance(Duration::from_secs(11));
    let outbox = load(&app, &format!("second:{}", "cd".repeat(32)));
    let db = Db::new(&Address::parse(app.database_url()).expect("an address"), 1, SessionLimits::WORKER);
    assert_eq!(deliver::drain(&db, &outbox).await.unwrap(), 1);
    assert_eq!(operator.list_alert_deliveries("").await.body["items"][0]["state"], "sent");
    receiver.only();
}

/// What a process does when it starts with these keys.
fn load(app: &TestApp, keys: &str) -> Outbox {
    let of = |name: &str| match name {
        "TENANTATLAS_SEALING_KEYS" => Some(keys.to_owned()),
        name => (name == ALLOWED.0).then(|| ALLOWED.1.to_owned()),
    };
    Outbox::load(&mut app.db(), &Config::from(&of).unwrap()).unwrap()
}
