//! Making, changing and removing destinations.

use serde_json::{Value, json};
use support::TestApp;
use support::actor::alerts::{SECRET, webhook};

fn mail() -> Value {
    json!({ "name": "Mail", "kind": "email", "smtp_host": "smtp.example.com", "smtp_port": 587, "smtp_tls": "starttls",
            "smtp_username": "atlas", "smtp_password": "hunter2-hunter2", "from": "TenantAtlas <atlas@example.com>",
            "to": ["ops@example.com"] })
}

fn with(mut body: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(name)),
            value => body[name] = value.clone(),
        }
    }
    body
}

#[tokio::test]
async fn what_a_kind_needs_has_to_be_there_and_what_it_does_not_know_must_not() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let teams = json!({ "name": "Teams", "kind": "teams", "url": "https://192.0.66.2/webhook/abc" });
    #[rustfmt::skip]
    let table = [
        (with(teams.clone(), &json!({ "url": null })), "/url"),
        (with(teams.clone(), &json!({ "url": "ftp://192.0.66.2/" })), "/url"),
        (with(teams.clone(), &json!({ "url": "https://me:secret@192.0.66.2/" })), "/url"),
        (with(teams.clone(), &json!({ "url": "no address" })), "/url"),
        (with(teams.clone(), &json!({ "secret": "0123456789abcdef" })), "/secret"),
        (with(teams.clone(), &json!({ "kind": "pager" })), "/kind"),
        (with(teams.clone(), &json!({ "name": null })), "/name"),
        (with(webhook("Hook"), &json!({ "secret": null })), "/secret"),
        (with(webhook("Hook"), &json!({ "secret": "short" })), "/secret"),
        (with(webhook("Hook"), &json!({ "secret": "with a space in the middle" })), "/secret"),
        (with(webhook("Hook"), &json!({ "url": "https://192.0.66.2/…A7Zq" })), "/url"),
        (with(webhook("Hook"), &json!({ "smtp_port": 25 })), "/smtp_port"),
        (with(mail(), &json!({ "smtp_host": null })), "/smtp_host"),
        (with(mail(), &json!({ "smtp_host": "smtp.example.com:25" })), "/smtp_host"),
        (with(mail(), &json!({ "smtp_host": "smtp.example.com/path" })), "/smtp_host"),
        (with(mail(), &json!({ "smtp_port": 0 })), "/smtp_port"),
        (with(mail(), &json!({ "smtp_port": 70_000 })), "/smtp_port"),
        (with(mail(), &json!({ "smtp_tls": null })), "/smtp_tls"),
        (with(mail(), &json!({ "smtp_tls": "none" })), "/smtp_username"),
        (with(mail(), &json!({ "smtp_password": null })), "/smtp_password"),
        (with(mail(), &json!({ "smtp_username": null })), "/smtp_password"),
        (with(mail(), &json!({ "from": "nobody" })), "/from"),
        (with(mail(), &json!({ "from": "a@example.com\r\nBcc: b@example.com" })), "/from"),
        (with(mail(), &json!({ "to": [] })), "/to"),
        (with(mail(), &json!({ "to": ["ops@example.com", "nobody"] })), "/to/1"),
        (with(mail(), &json!({ "url": "https://192.0.66.2/" })), "/url"),
    ];
    for (body, pointer) in table {
        let refused = operator.create_alert_destination(&body).await.assert_problem(422, "validation-failed");
        let pointers: Vec<&str> =
            refused.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert!(pointers.contains(&pointer), "{body}: {pointers:?}");
    }
    assert_eq!(app.value("SELECT count(*) FROM alert_destinations"), 0);
}

#[tokio::test]
async fn a_destination_is_made_shown_changed_and_removed_and_each_is_audited_without_its_secret() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let made = operator.create_alert_destination(&mail()).await.assert_status(201);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/api/v1/system/alerts/destinations/{id}").as_str()));
    assert_eq!(made.body["address"], "ops@example.com by smtp.example.com:587");
    assert_eq!((&made.body["has_secret"], &made.body["smtp_username"]), (&json!(true), &json!("atlas")));

    let etag = operator.get_alert_destination(id).await.assert_status(200).header("etag").unwrap().to_owned();
    let changed = operator.update_alert_destination(id, &json!({ "to": ["night@example.com"] })).await.assert_status(200);
    assert_eq!((&changed.body["to"], &changed.body["has_secret"]), (&json!(["night@example.com"]), &json!(true)));
    operator
        .with_header("if-match", &etag)
        .update_alert_destination(id, &json!({ "enabled": false }))
        .await
        .assert_problem(412, "precondition-failed");

    operator.delete_alert_destination(id).await.assert_status(204);
    operator.get_alert_destination(id).await.assert_problem(404, "not-found");
    let actions = app.rows("SELECT action, metadata FROM audit_logs WHERE target_type = 'alert_destination' ORDER BY id");
    let ids: Vec<&str> = actions.iter().map(|row| row["action"].as_str().unwrap()).collect();
    let expected =
        ["destination_created", "destination_updated", "destination_deleted"].map(|name| format!("platform.alerts.{name}"));
    assert_eq!(ids, expected);
    assert_eq!(actions[0]["metadata"]["secret_changed"], true);
    assert!(!json!(actions).to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_password_goes_to_no_other_server_than_the_one_it_was_given_for() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = operator.made_destination(&mail()).await;
    for change in [
        json!({ "smtp_host": "mail.attacker.example" }),
        json!({ "smtp_port": 2525 }),
        json!({ "smtp_tls": "implicit" }),
        json!({ "smtp_username": "other" }),
    ] {
        let refused = operator.update_alert_destination(id, &change).await.assert_problem(422, "validation-failed");
        assert_eq!(refused.body["errors"][0]["pointer"], "/smtp_password", "{change}");
    }
    let moved = json!({ "smtp_host": "mail2.example.com", "smtp_password": "another-one" });
    operator.update_alert_destination(id, &moved).await.assert_status(200);
    let without = operator.update_alert_destination(id, &json!({ "smtp_username": "" })).await.assert_status(200);
    assert_eq!((&without.body["has_secret"], &without.body["smtp_username"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn a_webhooks_secret_goes_to_no_other_address_than_the_one_it_was_given_for() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = operator.made_destination(&webhook("Hook")).await;
    let same = webhook("Hook")["url"].clone();
    for other in ["https://192.0.66.2/elsewhere", "http://192.0.66.2/atlas", "https://192.0.66.3/atlas"] {
        let refused =
            operator.update_alert_destination(id, &json!({ "url": other })).await.assert_problem(422, "validation-failed");
        assert_eq!(refused.body["errors"][0]["pointer"], "/secret", "{other}");
        let with_secret = json!({ "url": other, "secret": "another-secret-of-its-own" });
        operator.update_alert_destination(id, &with_secret).await.assert_status(200);
        operator.update_alert_destination(id, &json!({ "url": same, "secret": SECRET })).await.assert_status(200);
    }
    operator.update_alert_destination(id, &json!({ "url": same })).await.assert_status(200);
}

#[tokio::test]
async fn the_token_in_an_address_is_told_by_no_answer_and_no_audit_row() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let hook = with(webhook("Hook"), &json!({ "url": "https://192.0.66.2/services/T024/9f3cA7Zq?key=b2b9d4c1" }));
    let made = operator.create_alert_destination(&hook).await.assert_status(201);
    assert_eq!(made.body["address"], "https://192.0.66.2/…d4c1");
    let moved = json!({ "url": "https://192.0.66.2/services/T025/x", "secret": SECRET });
    let said = [
        made.text.clone(),
        operator.list_alert_destinations("").await.text,
        operator.update_alert_destination(made.id(), &moved).await.assert_status(200).text,
        json!(app.rows("SELECT * FROM audit_logs")).to_string(),
    ];
    for text in said {
        assert!(!text.contains("services") && !text.contains("9f3c"), "{text}");
    }
}

#[tokio::test]
async fn there_are_no_more_destinations_than_the_settings_allow() {
    let app = TestApp::builder().setting("TENANTATLAS_ALERT_DESTINATIONS", "1").start().await;
    let operator = app.operator().await;
    let id = operator.made_destination(&webhook("First")).await;

    let refused = operator.create_alert_destination(&webhook("Second")).await.assert_problem(409, "limit-reached");

    assert_eq!(refused.body["detail"], "The limit of alert destinations, 1, is reached. Delete one that is not needed any more.");
    assert_eq!((&refused.body["limit"], &refused.body["present"]), (&json!(1), &json!(1)));
    operator.delete_alert_destination(id).await.assert_status(204);
    operator.create_alert_destination(&webhook("Second")).await.assert_status(201);
}
