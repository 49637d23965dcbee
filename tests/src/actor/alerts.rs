//! Alerts.

use super::{Actor, SYSTEM, send, with_query};
use crate::response::Response;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Display;

/// The secret of [`webhook`].
pub const SECRET: &str = "correct-horse-battery-staple";

/// A webhook of this name that leads to the internet.
pub fn webhook(name: &str) -> Value {
    json!({ "name": name, "kind": "webhook", "url": "https://192.0.66.2/atlas", "secret": SECRET })
}

/// A webhook at an address of this machine.
pub fn webhook_at(name: &str, url: impl Display) -> Value {
    json!({ "name": name, "kind": "webhook", "url": url.to_string(), "secret": SECRET })
}

/// A rule for every kind of event.
pub fn rule(name: &str, destination: i64) -> Value {
    let events = tenantatlas::alerts::event::EVENTS.iter().map(|row| row.kind.id()).collect::<Vec<_>>();
    json!({ "name": name, "events": events, "destination_ids": [destination] })
}

impl Actor {
    /// `list_alert_events`
    pub async fn list_alert_events(&self) -> Response {
        self.get_system("/alerts/events").await
    }

    /// `list_alert_rules`
    pub async fn list_alert_rules(&self, query: &str) -> Response {
        self.get_system(&with_query("/alerts/rules", query)).await
    }

    /// `create_alert_rule`
    pub async fn create_alert_rule(&self, body: &Value) -> Response {
        self.post_system("/alerts/rules", body).await
    }

    /// Makes a rule; its id.
    pub async fn made_rule(&self, body: &Value) -> i64 {
        self.create_alert_rule(body).await.assert_status(201).id()
    }

    /// `get_alert_rule`
    pub async fn get_alert_rule(&self, id: i64) -> Response {
        self.get_system(&format!("/alerts/rules/{id}")).await
    }

    /// `update_alert_rule`
    pub async fn update_alert_rule(&self, id: i64, body: &Value) -> Response {
        send(self.request(Method::PATCH, &format!("{SYSTEM}/alerts/rules/{id}")).json(body)).await
    }

    /// `delete_alert_rule`
    pub async fn delete_alert_rule(&self, id: i64) -> Response {
        send(self.request(Method::DELETE, &format!("{SYSTEM}/alerts/rules/{id}"))).await
    }

    /// `test_alert_rule`
    pub async fn test_alert_rule(&self, id: i64) -> Response {
        send(self.request(Method::POST, &format!("{SYSTEM}/alerts/rules/{id}/test"))).await
    }

    /// `list_alert_destinations`
    pub async fn list_alert_destinations(&self, query: &str) -> Response {
        self.get_system(&with_query("/alerts/destinations", query)).await
    }

    /// `create_alert_destination`
    pub async fn create_alert_destination(&self, body: &Value) -> Response {
        self.post_system("/alerts/destinations", body).await
    }

    /// Makes a destination; its id.
    pub async fn made_destination(&self, body: &Value) -> i64 {
        self.create_alert_destination(body).await.assert_status(201).id()
    }

    /// `get_alert_destination`
    pub async fn get_alert_destination(&self, id: i64) -> Response {
        self.get_system(&format!("/alerts/destinations/{id}")).await
    }

    /// `update_alert_destination`
    pub async fn update_alert_destination(&self, id: i64, body: &Value) -> Response {
        send(self.request(Method::PATCH, &format!("{SYSTEM}/alerts/destinations/{id}")).json(body)).await
    }

    /// `delete_alert_destination`
    pub async fn delete_alert_destination(&self, id: i64) -> Response {
        send(self.request(Method::DELETE, &format!("{SYSTEM}/alerts/destinations/{id}"))).await
    }

    /// `test_alert_destination`
    pub async fn test_alert_destination(&self, id: i64) -> Response {
        send(self.request(Method::POST, &format!("{SYSTEM}/alerts/destinations/{id}/test"))).await
    }

    /// `list_alert_deliveries`
    pub async fn list_alert_deliveries(&self, query: &str) -> Response {
        self.get_system(&with_query("/alerts/deliveries", query)).await
    }

    /// `get_alert_delivery`
    pub async fn get_alert_delivery(&self, id: i64) -> Response {
        self.get_system(&format!("/alerts/deliveries/{id}")).await
    }

    /// `retry_alert_delivery`
    pub async fn retry_alert_delivery(&self, id: i64) -> Response {
        send(self.request(Method::POST, &format!("{SYSTEM}/alerts/deliveries/{id}/retry"))).await
    }
}
