//! `POST /tenants/{tenant}/findings/lifecycle-backfill/preflight` of the tenant plane

use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsBackfill, TenantCapability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, EmptyBody, NoParams};
use crate::runbooks::{LIFECYCLE_BACKFILL, Preflight, preflight};
use actix_web::{post, web};

/// Run a preflight of the backfill of a tenant
///
/// Counts what the backfill would change in the tenant, without changing anything. A pause does not stop it.
#[utoipa::path(tag = "tenant plane", operation_id = "preflight_lifecycle_backfill", request_body = EmptyBody,
    params(("tenant" = i64, Path, description = "Id of the tenant.")),
    extensions(("x-required-capability" = json!(FindingsBackfill::ENTRY.name))),
    responses((status = 200, description = "The forecast.", body = Preflight)))]
#[post("/tenants/{tenant}/findings/lifecycle-backfill/preflight")]
pub async fn preflight_lifecycle_backfill(
    permit: TenantPermit<FindingsBackfill>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    _body: Body<EmptyBody>,
) -> Result<web::Json<Preflight>> {
    let forecast = move |conn: &mut _| preflight::preflight_as_member(&ctx, &permit, conn, LIFECYCLE_BACKFILL);
    Ok(web::Json(state.db.with(forecast).await?))
}
