//! Workspaces and tenants as the rest of the product sees them.

use crate::auth::Role;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `external_id` of the operators' own tenant, which is never a target.
pub const PLATFORM_EXTERNAL_ID: &str = "platform";

/// A workspace by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, QueryableByName)]
pub struct WorkspaceRef {
    /// `workspaces.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Display name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// A workspace that holds tenants in question.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ReachedWorkspace {
    /// `workspaces.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Display name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Tenants in question that it holds.
    #[diesel(sql_type = BigInt)]
    pub tenant_count: i64,
}

/// A tenant by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantRef {
    /// `tenants.id`.
    pub id: i64,
    /// Display name.
    pub name: String,
}

/// A workspace in a list.
#[derive(Debug, Clone, Serialize, ToSchema, QueryableByName)]
pub struct Workspace {
    /// `workspaces.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Stable name for the command line.
    #[diesel(sql_type = Text)]
    pub slug: String,
    /// Display name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Tenants of the allowed universe in it.
    #[diesel(sql_type = BigInt)]
    pub tenant_count: i64,
}

/// A tenant of the allowed universe.
#[derive(Debug, Clone, Serialize, ToSchema, QueryableByName)]
pub struct Tenant {
    /// `tenants.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Directory id, unique in the installation.
    #[diesel(sql_type = Text)]
    pub external_id: String,
    /// Display name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Workspace that owns it.
    #[diesel(embed)]
    pub workspace: TenantWorkspace,
}

/// The workspace of a tenant.
#[derive(Debug, Clone, Serialize, ToSchema, QueryableByName)]
pub struct TenantWorkspace {
    /// `workspaces.id`.
    #[diesel(sql_type = BigInt, column_name = "workspace_id")]
    pub id: i64,
    /// Display name.
    #[diesel(sql_type = Text, column_name = "workspace_name")]
    pub name: String,
}

/// A tenant as its members see it.
#[derive(Debug, Clone, Serialize, ToSchema, QueryableByName)]
pub struct MyTenant {
    /// `tenants.id`.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// Display name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Workspace that owns it.
    #[diesel(embed)]
    pub workspace: TenantWorkspace,
    /// owner, manager, operator or readonly: what the caller is there.
    #[diesel(sql_type = Text)]
    #[schema(value_type = Role)]
    pub role: String,
}

/// Somebody's place in a workspace or a tenant, as administration shows it.
#[derive(Debug, Clone, Serialize, QueryableByName)]
pub struct Member {
    /// `users.id`.
    #[diesel(sql_type = BigInt)]
    pub user_id: i64,
    /// Normalised e-mail address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Whether they can sign in.
    #[diesel(sql_type = Bool)]
    pub active: bool,
    /// Workspace, or the tenant's.
    #[diesel(embed)]
    pub workspace: TenantWorkspace,
    /// `tenants.id`; null for a place in the workspace alone.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub tenant_id: Option<i64>,
    /// Display name of the tenant.
    #[diesel(sql_type = Nullable<Text>)]
    pub tenant_name: Option<String>,
    /// What they are in the tenant.
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
}
