//! HTTP of runbooks. Routes may put together what several slices know; use cases may not.

mod get_runbook;
mod list_runbooks;
mod preflight_lifecycle_backfill;
mod preflight_runbook;

use super::{Runbook, Scope};
use crate::auth::Permit;
use crate::auth::capability::{Capability, RunbooksRun, RunbooksView};
use crate::controls::Decision;
use crate::error::Result;
use crate::runs::get_run::{find_active_run, find_last_run};
use crate::runs::model::{ActionState, RunRef};
use crate::runs::overview::{UsualPace, find_usual};
use diesel::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_runbooks::list_runbooks).service(get_runbook::get_runbook).service(preflight_runbook::preflight_runbook);
}

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(preflight_lifecycle_backfill::preflight_lifecycle_backfill);
}

/// A runbook as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Runbook)]
pub struct RunbookBody {
    /// Stable key.
    #[schema(example = "findings.lifecycle.backfill")]
    pub key: &'static str,
    /// Short name.
    pub label: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Capability needed beside `platform.runbooks.run`.
    pub capability: &'static str,
    /// Seconds that a run over all tenants usually takes: the median of those among the last five runs, or an estimate where there
    /// was none yet.
    pub estimated_duration_seconds: u32,
    /// Pace of the last runs, by which the duration of a forecast run can be told; null before any.
    pub usual_pace: Option<UsualPace>,
    /// Modes of scope that it supports.
    pub scopes: &'static [&'static str],
    /// Word to type for a run over all tenants.
    pub typed_confirmation: &'static str,
    /// What its control says.
    pub control: Decision,
    /// The active run, the one over all tenants first.
    pub active_run: Option<RunRef>,
    /// The run that ended last.
    pub last_run: Option<RunRef>,
    /// What the caller may do.
    pub actions: Vec<ActionState>,
}

fn body(permit: &Permit<RunbooksView>, conn: &mut PgConnection, runbook: &dyn Runbook) -> Result<RunbookBody> {
    let info = runbook.info();
    let missing = [RunbooksRun::ENTRY, info.capability].into_iter().find(|capability| !permit.holds(capability));
    let verdict = Scope::AllTenants {}.decide(conn, info)?;
    let reason = missing.map(|capability| format!("You lack the capability {}.", capability.name));
    let reason = reason.or_else(|| verdict.forbids_start().map(|blocked| blocked.sentence()));
    let start = ActionState { action: "start", allowed: reason.is_none(), reason };
    let usual = find_usual(permit, conn, info.key)?;
    Ok(RunbookBody {
        key: info.key,
        label: info.label,
        description: info.description,
        capability: info.capability.name,
        estimated_duration_seconds: usual.all_tenants_seconds.map_or(info.estimated_duration_seconds, whole_seconds),
        usual_pace: usual.pace,
        scopes: info.scopes,
        typed_confirmation: info.typed_confirmation,
        control: verdict.decision(),
        active_run: find_active_run(conn, info.key)?,
        last_run: find_last_run(conn, info.key)?,
        actions: vec![ActionState { action: "preflight", allowed: true, reason: None }, start],
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn whole_seconds(seconds: f64) -> u32 {
    seconds.ceil().clamp(1.0, f64::from(u32::MAX)) as u32
}
