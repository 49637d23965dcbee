//! The dashboard.

use super::{Actor, with_query};
use crate::response::Response;

impl Actor {
    /// `get_dashboard`
    pub async fn get_dashboard(&self, query: &str) -> Response {
        self.get_system(&with_query("/dashboard", query)).await
    }
}
