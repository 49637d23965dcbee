//! Alerts: rules, destinations, deliveries, and what becomes of them at receivers.

mod addresses;
mod apart;
mod cli;
mod cooldown;
mod destinations;
mod events;
mod mail;
mod quiet_hours;
mod retries;
mod rules;
mod secrets;
mod seen_to_work;
mod signature;
mod sweep;
mod try_out;
mod webhooks;

use serde_json::{Value, json};
use support::actor::alerts::{rule, webhook_at};
use support::receiver::{Behaviour, Receiver};
use support::{Actor, TestApp};
use tenantatlas::alerts::{Event, EventKind, Severity};

/// Lets destinations of tests be reached.
const ALLOWED: (&str, &str) = ("TENANTATLAS_ALERTS_ALLOWED_NETWORKS", "127.0.0.0/8");

/// A pause everywhere, as an event about this subject.
fn event(subject: &str) -> Event {
    Event {
        kind: EventKind::ControlPaused,
        severity: Severity::Warning,
        subject: subject.to_owned(),
        title: "Something happened".to_owned(),
        workspace_id: None,
        tenant_id: None,
        run_id: None,
        operation_types: Vec::new(),
        metadata: serde_json::Map::new(),
    }
}

/// A product whose alerts may go to this machine, an operator, and a receiver that answers 204 to a rule for every event.
struct Told {
    app: TestApp,
    operator: Actor,
    receiver: Receiver,
    destination: i64,
    rule: i64,
}

impl Told {
    async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    /// The same with further members of the rule.
    async fn start_with(members: Value) -> Self {
        let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
        let operator = app.operator().await;
        let receiver = Receiver::start(Behaviour::Answer(204)).await;
        let destination = operator.made_destination(&webhook_at("On call", receiver.url())).await;
        let mut body = rule("Everything", destination);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let rule = operator.made_rule(&body).await;
        Self { app, operator, receiver, destination, rule }
    }

    /// Deliveries, the oldest first.
    async fn deliveries(&self) -> Vec<Value> {
        let mut items =
            self.operator.list_alert_deliveries("").await.assert_status(200).body["items"].as_array().unwrap().clone();
        items.reverse();
        items
    }

    /// The one delivery there is.
    #[track_caller]
    fn only(items: &[Value]) -> &Value {
        assert_eq!(items.len(), 1, "one delivery is expected: {items:#?}");
        &items[0]
    }

    /// Something happens that is told.
    async fn pause_and_resume(&self) {
        self.operator.pause_backfill().await.assert_status(201);
        self.operator.resume_backfill().await.assert_status(200);
    }
}
