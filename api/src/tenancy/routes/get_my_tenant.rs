//! `GET /tenants/{tenant}` of the tenant plane

use crate::auth::tenant_capability::{FindingsBackfill, FindingsEdit, FindingsImport, TenantCapability, TenantEntry, TenantView};
use crate::auth::{Role, TenantPermit};
use crate::controls::{self, Decision, gate};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use crate::tenancy::WorkspaceRef;
use actix_web::{get, web};
use diesel::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

/// What can be done in a tenant, and the control that can stop it.
const ACTIONS: [(&TenantEntry, Option<&str>); 3] =
    [(FindingsEdit::ENTRY, None), (FindingsImport::ENTRY, None), (FindingsBackfill::ENTRY, Some("findings.lifecycle.backfill"))];

/// A tenant, and what the caller may do there.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyTenantDetail {
    /// `tenants.id`.
    id: i64,
    /// Display name.
    name: String,
    /// Workspace that owns it.
    workspace: WorkspaceRef,
    /// What the caller is there.
    role: Role,
    /// What can be done there.
    actions: Vec<TenantAction>,
}

/// Whether something may be done in a tenant now, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantAction {
    /// Name of the capability that it needs.
    #[schema(example = "findings.edit")]
    action: &'static str,
    /// Whether it is allowed.
    allowed: bool,
    /// Why not.
    reason: Option<String>,
    /// What its control says; only for who holds the capability, and where there is one (ACC-03).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    control: Option<Decision>,
}

/// Show one of my tenants
///
/// With what the caller may do there.
#[utoipa::path(tag = "tenant plane", operation_id = "get_my_tenant", params(("tenant" = i64, Path, description = "Id of the tenant.")),
    extensions(("x-required-capability" = json!(TenantView::ENTRY.name))),
    responses((status = 200, description = "The tenant.", body = MyTenantDetail)))]
#[get("/tenants/{tenant}")]
pub async fn get_my_tenant(
    permit: TenantPermit<TenantView>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<MyTenantDetail>> {
    let detail = state.db.read(move |conn| detail(&permit, conn)).await?;
    Ok(web::Json(detail))
}

fn detail(permit: &TenantPermit<TenantView>, conn: &mut PgConnection) -> Result<MyTenantDetail> {
    let member = permit.membership();
    let actions = ACTIONS.into_iter().map(|(needed, control)| action(permit, conn, needed, control));
    Ok(MyTenantDetail {
        actions: actions.collect::<Result<_>>()?,
        id: member.tenant_id,
        name: member.tenant_name.clone(),
        workspace: WorkspaceRef { id: member.workspace_id, name: member.workspace_name.clone() },
        role: member.role,
    })
}

/// In the order in which the action itself is refused: the capability, then the control (RB-07).
fn action(
    permit: &TenantPermit<TenantView>,
    conn: &mut PgConnection,
    needed: &'static TenantEntry,
    control: Option<&str>,
) -> Result<TenantAction> {
    let refused = |reason, control| TenantAction { action: needed.name, allowed: false, reason: Some(reason), control };
    if !permit.holds(needed) {
        return Ok(refused(format!("Your role lacks the capability {}.", needed.name), None));
    }
    let Some(key) = control else {
        return Ok(TenantAction { action: needed.name, allowed: true, reason: None, control: None });
    };
    let verdict = gate::decide(conn, controls::find(key)?, Some(&[permit.tenant_id()]))?;
    let control = Some(verdict.decision_of_one());
    Ok(match verdict.forbids_start() {
        Some(blocked) => refused(blocked.sentence(), control),
        None => TenantAction { action: needed.name, allowed: true, reason: None, control },
    })
}
