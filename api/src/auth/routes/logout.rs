//! `POST /auth/logout`

use super::{InPerson, credential};
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::{Permit, Plane, sign_in};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, post, web};

/// Sign out
///
/// Ends the session that was presented, at once on every node.
#[utoipa::path(tag = "auth", operation_id = "logout",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))), responses((status = 204, description = "Signed out.", headers(("Set-Cookie" = String, description = "Makes a browser forget its session.")))))]
#[post("/auth/logout")]
pub async fn logout(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let session_id = permit.operator().and_then(|operator| operator.via.session_id()).ok_or_else(Error::not_found)?;
    sign_in::sign_out(&ctx, &state.identity_db, Plane::System, session_id).await?;
    Ok(HttpResponse::NoContent().cookie(credential::removal(Plane::System)).finish())
}
