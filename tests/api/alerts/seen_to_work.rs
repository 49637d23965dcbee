//! The whole way: a poisoned tenant fails a run, and Teams, a webhook and a mailbox tell of it.

use super::ALLOWED;
use serde_json::{Value, json};
use std::time::Duration;
use support::TestApp;
use support::actor::alerts::{rule, webhook_at};
use support::actor::runbooks::all_tenants;
use support::mail_server::{MailServer, Manner, Protection};
use support::receiver::{Behaviour, Receiver};

#[tokio::test]
async fn a_failed_run_is_told_on_every_way_with_what_somebody_woken_at_night_needs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let mailbox = MailServer::start(Protection::Starttls, Manner::TakesFrom("atlas", "hunter2"), &file).await;
    let (teams, hook) = (Receiver::start(Behaviour::Answer(202)).await, Receiver::start(Behaviour::Answer(204)).await);
    let app = TestApp::builder()
        .setting(ALLOWED.0, ALLOWED.1)
        .setting("TENANTATLAS_ALERTS_CA_FILE", file.to_str().unwrap())
        .setting("TENANTATLAS_PUBLIC_URL", "https://atlas.example.com")
        .start()
        .await;
    let operator = app.operator().await;
    let mail = json!({ "name": "Night shift", "kind": "email", "smtp_host": "127.0.0.1", "smtp_port": mailbox.address.port(),
                       "smtp_tls": "starttls", "smtp_username": "atlas", "smtp_password": "hunter2",
                       "from": "TenantAtlas <atlas@example.com>", "to": ["night@example.com"] });
    let mut body = rule("Runs that fail", operator.made_destination(&webhook_at("Pager", hook.url())).await);
    let teams_destination = json!({ "name": "Ops channel", "kind": "teams", "url": teams.url() });
    for destination in [teams_destination, mail] {
        let id = operator.made_destination(&destination).await;
        body["destination_ids"].as_array_mut().unwrap().push(json!(id));
    }
    operator.made_rule(&body).await;
    let tenant = app.tenant("Contoso");
    app.finding(&tenant, &json!({ "title": "poison", "resource": "jane.doe@example.com has no second factor" }));
    app.poison("23514");
    let run = operator.start_backfill(&all_tenants()).await.assert_status(201).id();
    for _ in 0..6 {
        app.drain().await;
        app.clock().advance(Duration::from_secs(20));
    }
    assert_eq!(app.deliver().await, 3);

    let link = format!("https://atlas.example.com/system/ops/runs/{run}");
    let title = format!("Rebuild findings lifecycle over all tenants failed (run {run})");
    let card = teams.only().json();
    println!("{card:#}");
    let content = &card["attachments"][0]["content"];
    assert_eq!(content["body"][0]["text"], "Critical · Run failed");
    assert_eq!(content["body"][1]["text"], format!(r"Rebuild findings lifecycle over all tenants failed \(run {run}\)"));
    assert_eq!(content["actions"][0]["url"], link);
    let fact = |title: &str| content["body"][2]["facts"].as_array().unwrap().iter().find(|fact| fact["title"] == title).cloned();
    assert_eq!(fact("First failure").unwrap()["value"], r"constraint\_violated");
    assert_eq!(fact("Tenants failed").unwrap()["value"], "1");

    let request = hook.only().json();
    println!("{request:#}");
    assert_eq!((&request["title"], &request["link"], &request["run_id"]), (&json!(title), &json!(link), &json!(run)));
    assert_eq!(request["metadata"]["failure_code"], "constraint_violated");

    let mail = mailbox.only();
    println!("{}\n{}", mail.data, mail.text());
    assert_eq!(mail.header("Subject"), Some(format!("[TenantAtlas] Critical: {title}")));
    let text = mail.text();
    for expected in [
        title.as_str(),
        "First failure   constraint_violated",
        "Tenants failed  1",
        &format!("Look here: {link}"),
        "What to do: Open the run",
        "Sent because of the alert rule “Runs that fail”.",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    for (name, said) in [("teams", card.to_string()), ("webhook", request.to_string()), ("mail", text)] {
        for secret in ["poison", "jane", "second factor", "hunter2", "SELECT"] {
            assert!(!said.contains(secret), "{name} says {secret}");
        }
    }
    let states: Vec<Value> = operator.list_alert_deliveries("").await.items().iter().map(|item| item["state"].clone()).collect();
    assert_eq!(states, ["sent", "sent", "sent"]);
}
