//! `DELETE /auth/break-glass`

use crate::auth::Permit;
use crate::auth::break_glass as use_case;
use crate::auth::capability::{BreakGlassOpen, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, delete, web};

/// End break-glass
///
/// Before its time, at once on every node. Where none is open there is nothing to do.
#[utoipa::path(tag = "auth", operation_id = "end_break_glass",
    extensions(("x-required-capability" = json!(BreakGlassOpen::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 204, description = "None is open.")))]
#[delete("/auth/break-glass")]
pub async fn end_break_glass(
    permit: Permit<BreakGlassOpen>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    state.identity_db.write(move |conn| use_case::end_break_glass(&ctx, &permit, conn)).await?;
    Ok(HttpResponse::NoContent().finish())
}
