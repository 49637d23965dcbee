//! Workspaces and tenants.

use super::{Actor, with_query};
use crate::response::Response;

impl Actor {
    /// `list_workspaces`
    pub async fn list_workspaces(&self, query: &str) -> Response {
        self.get_system(&with_query("/workspaces", query)).await
    }

    /// `list_tenants`
    pub async fn list_tenants(&self, query: &str) -> Response {
        self.get_system(&with_query("/tenants", query)).await
    }

    /// `list_my_tenants`
    pub async fn list_my_tenants(&self, query: &str) -> Response {
        self.get_admin(&with_query("/tenants", query)).await
    }

    /// `get_my_tenant`
    pub async fn get_my_tenant(&self, id: impl std::fmt::Display) -> Response {
        self.get_admin(&format!("/tenants/{id}")).await
    }
}
