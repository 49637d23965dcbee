//! Notifications, in both planes.

use super::events::Events;
use super::{ADMIN, Actor, SYSTEM, with_query};
use crate::response::Response;
use reqwest::Method;
use serde_json::{Value, json};

impl Actor {
    /// `list_notifications`
    pub async fn list_notifications(&self, query: &str) -> Response {
        self.get_system(&with_query("/notifications", query)).await
    }

    /// `read_notification`
    pub async fn read_notification(&self, id: i64) -> Response {
        self.send_text(Method::POST, &format!("{SYSTEM}/notifications/{id}/read"), None, "").await
    }

    /// `read_all_notifications`
    pub async fn read_all_notifications(&self, body: &Value) -> Response {
        self.post_system("/notifications/read-all", body).await
    }

    /// `watch_notifications`: the stream is read event by event; other answers are a [`Response`].
    pub async fn watch_notifications(&self) -> Result<Events, Response> {
        Events::open(self.request(Method::GET, &format!("{SYSTEM}/notifications/events"))).await
    }

    /// `list_my_notifications`
    pub async fn list_my_notifications(&self, query: &str) -> Response {
        self.get_admin(&with_query("/notifications", query)).await
    }

    /// `read_my_notification`
    pub async fn read_my_notification(&self, id: i64) -> Response {
        self.send_text(Method::POST, &format!("{ADMIN}/notifications/{id}/read"), None, "").await
    }

    /// `read_all_my_notifications`
    pub async fn read_all_my_notifications(&self) -> Response {
        self.post(&format!("{ADMIN}/notifications/read-all"), &json!({})).await
    }

    /// `watch_my_notifications`
    pub async fn watch_my_notifications(&self) -> Result<Events, Response> {
        Events::open(self.request(Method::GET, &format!("{ADMIN}/notifications/events"))).await
    }
}
