//! Findings.

use super::{ADMIN, Actor, send, with_query};
use crate::response::Response;
use reqwest::{Body, Method};
use serde_json::Value;
use std::fmt::Display;

impl Actor {
    /// `list_findings`
    pub async fn list_findings(&self, tenant: impl Display, query: &str) -> Response {
        self.get_admin(&with_query(&format!("/tenants/{tenant}/findings"), query)).await
    }

    /// `summarize_findings`
    pub async fn summarize_findings(&self, tenant: impl Display) -> Response {
        self.get_admin(&format!("/tenants/{tenant}/findings/summary")).await
    }

    /// `get_finding`
    pub async fn get_finding(&self, tenant: impl Display, id: impl Display) -> Response {
        self.get_admin(&format!("/tenants/{tenant}/findings/{id}")).await
    }

    /// `import_findings`
    pub async fn import_findings(&self, tenant: impl Display, format: &str, file: impl Into<Body>) -> Response {
        let path = format!("{ADMIN}/tenants/{tenant}/findings/import?format={format}");
        send(self.request(Method::POST, &path).header("content-type", "application/octet-stream").body(file)).await
    }

    /// `update_finding`
    pub async fn update_finding(&self, tenant: impl Display, id: impl Display, body: &Value) -> Response {
        let path = format!("{ADMIN}/tenants/{tenant}/findings/{id}");
        send(self.request(Method::PATCH, &path).json(body)).await
    }
}
