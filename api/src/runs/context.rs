//! `operation_runs.context`: under which circumstances a run was started (RUN-08).

use super::confirmation::{Reason, ReasonCode};
use crate::context::{Actor, SystemUser};
use crate::controls::Excluded;
use serde::{Deserialize, Serialize};

/// Which way a start came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The operators' web page.
    SystemUi,
    /// The API.
    Api,
    /// The command line.
    Cli,
    /// A deployment.
    DeployHook,
    /// A member of the tenant, whichever way.
    TenantUi,
}

/// The whole context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunContext {
    /// What runs where.
    pub runbook: RunbookContext,
    /// The forecast that was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<PreflightContext>,
    /// Workspaces left out.
    pub excluded: Vec<Excluded>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonContext>,
    /// The operator who started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_initiator: Option<PlatformInitiator>,
    /// The member of the tenant who started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_initiator: Option<TenantInitiator>,
    /// The system user who typed, where it was started on the command line, for whomever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command_line: Option<SystemUser>,
    /// The run whose failed targets this one goes over (RUN-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_of_run_id: Option<i64>,
}

/// What runs where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookContext {
    /// Key of the runbook.
    pub key: String,
    /// all_tenants, single_tenant or failed_targets.
    pub scope: String,
    /// Tenant of a single-tenant run.
    pub target_tenant_id: Option<i64>,
    /// Which way it came in.
    pub source: Source,
}

/// The forecast that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreflightContext {
    /// `runbook_preflights.id`.
    pub id: i64,
    /// Findings that would change.
    pub affected_count: i64,
    /// Findings looked at.
    pub total_count: i64,
    /// Tenants targeted.
    pub estimated_tenants: i64,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonContext {
    /// Kind.
    pub reason_code: ReasonCode,
    /// In words.
    pub reason_text: String,
}

impl From<Reason> for ReasonContext {
    fn from(reason: Reason) -> Self {
        Self { reason_code: reason.code, reason_text: reason.text }
    }
}

/// The operator who started a run, as they were called at the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformInitiator {
    /// `platform_users.id`.
    pub platform_user_id: i64,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Acted under break-glass.
    pub is_break_glass: bool,
}

impl PlatformInitiator {
    /// The actor, if an operator.
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Operator { id, email, name, is_break_glass } => {
                Some(Self { platform_user_id: *id, email: email.clone(), name: name.clone(), is_break_glass: *is_break_glass })
            }
            _ => None,
        }
    }
}

/// The member of a tenant who started a run, as they were called at the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantInitiator {
    /// `users.id`.
    pub user_id: i64,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
}

impl TenantInitiator {
    /// The actor, if a customer's user.
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::User { id, email, name } => Some(Self { user_id: *id, email: email.clone(), name: name.clone() }),
            _ => None,
        }
    }
}
