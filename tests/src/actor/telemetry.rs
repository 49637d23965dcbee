//! Product telemetry.

use super::{Actor, with_query};
use crate::response::Response;

impl Actor {
    /// `summarize_telemetry`
    pub async fn summarize_telemetry(&self, query: &str) -> Response {
        self.get_system(&with_query("/telemetry/summary", query)).await
    }
}
