//! Over which tenants a runbook goes.

use super::RunbookInfo;
use crate::controls::gate::{self, Verdict};
use crate::controls::{self, Excluded};
use crate::error::{Code, Error, Result};
use crate::findings::lifecycle::Tenants;
use crate::tenancy::{self, TenantRef, WorkspaceRef};
use diesel::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields, try_from = "ScopeFields")]
pub enum Scope {
    /// Every tenant of the allowed universe.
    AllTenants {},
    /// One tenant.
    SingleTenant {
        /// `tenants.id`.
        tenant_id: i64,
    },
}

/// A scope as it is read: a tagged enum would not say which of its fields is wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeFields {
    mode: ScopeMode,
    tenant_id: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScopeMode {
    AllTenants,
    SingleTenant,
}

impl TryFrom<ScopeFields> for Scope {
    type Error = &'static str;

    fn try_from(fields: ScopeFields) -> std::result::Result<Self, Self::Error> {
        match (fields.mode, fields.tenant_id) {
            (ScopeMode::AllTenants, None) => Ok(Self::AllTenants {}),
            (ScopeMode::SingleTenant, Some(tenant_id)) => Ok(Self::SingleTenant { tenant_id }),
            // The words of serde, which become pointers.
            (ScopeMode::AllTenants, Some(_)) => Err("unknown field `tenant_id`, all_tenants has none"),
            (ScopeMode::SingleTenant, None) => Err("missing field `tenant_id`"),
        }
    }
}

impl Validate for Scope {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        Ok(())
    }
}

impl Scope {
    /// The name of the mode.
    pub fn mode(&self) -> &'static str {
        match self {
            Self::AllTenants {} => "all_tenants",
            Self::SingleTenant { .. } => "single_tenant",
        }
    }

    /// The tenant of a single-tenant scope.
    pub fn tenant_id(&self) -> Option<i64> {
        match self {
            Self::AllTenants {} => None,
            Self::SingleTenant { tenant_id } => Some(*tenant_id),
        }
    }

    /// Errors with 422 when the runbook does not support the scope.
    pub fn ensure_supported(&self, info: &RunbookInfo) -> Result<()> {
        if info.scopes.contains(&self.mode()) {
            return Ok(());
        }
        let expected = format!("This runbook supports: {}.", info.scopes.join(", "));
        Err(Error::invalid_field("/scope/mode", "value", expected))
    }

    /// What the runbook's control says about this scope now, to show it or to refuse early.
    pub fn decide(&self, conn: &mut PgConnection, info: &RunbookInfo) -> Result<Verdict> {
        gate::decide(conn, controls::find(info.control_key)?, self.tenant_id().as_ref().map(std::slice::from_ref))
    }

    /// Finds what the scope names. Errors: 422 `unknown-tenant` when the tenant may not be targeted (ACC-10).
    pub fn resolve(&self, conn: &mut PgConnection) -> Result<Reach> {
        match self {
            Self::AllTenants {} => {
                Ok(Reach { workspace: tenancy::find_default_workspace(conn)?, tenant: None, tenants: Tenants::All })
            }
            Self::SingleTenant { tenant_id } => {
                let tenant = tenancy::find_allowed_tenant(conn, *tenant_id)?.ok_or_else(|| unknown_tenant(*tenant_id))?;
                Ok(Reach {
                    workspace: WorkspaceRef { id: tenant.workspace.id, name: tenant.workspace.name },
                    tenants: Tenants::Of(vec![tenant.id]),
                    tenant: Some(TenantRef { id: tenant.id, name: tenant.name }),
                })
            }
        }
    }
}

fn unknown_tenant(id: i64) -> Error {
    Error::new(Code::UnknownTenant, format!("There is no tenant {id} that can be targeted.")).with_field(
        "/scope/tenant_id",
        "unknown",
        "The id of a tenant as GET /tenants lists it is expected.",
    )
}

/// What a scope means in this installation: owner of the run, its tenant if it has one, and the tenants it goes over.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Workspace that owns the run (RUN-01).
    pub workspace: WorkspaceRef,
    /// The tenant of a single-tenant run.
    pub tenant: Option<TenantRef>,
    /// Tenants to target.
    pub tenants: Tenants,
}

impl Reach {
    /// The tenants, less those of workspaces that are left out (CTL-13).
    pub fn tenants_without(&self, conn: &mut PgConnection, excluded: &[Excluded]) -> Result<Tenants> {
        if excluded.is_empty() {
            return Ok(self.tenants.clone());
        }
        let workspaces: Vec<i64> = excluded.iter().map(|workspace| workspace.workspace_id).collect();
        let mut outside = tenancy::list_allowed_tenants_outside(conn, &workspaces)?;
        if let Tenants::Of(ids) = &self.tenants {
            outside.retain(|id| ids.contains(id));
        }
        Ok(Tenants::Of(outside))
    }
}
