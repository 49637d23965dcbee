//! The process's own addresses.

use super::Actor;
use crate::response::Response;

impl Actor {
    /// `healthz`
    pub async fn healthz(&self) -> Response {
        self.get("/healthz").await
    }

    /// `readyz`
    pub async fn readyz(&self) -> Response {
        self.get("/readyz").await
    }

    /// `metrics`
    pub async fn metrics(&self) -> Response {
        self.get("/metrics").await
    }

    /// `explain_problem`
    pub async fn explain_problem(&self, code: &str) -> Response {
        self.get(&format!("/problems/{code}")).await
    }
}
