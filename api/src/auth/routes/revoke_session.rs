//! `DELETE /auth/sessions/{id}`

use super::{InPerson, session_id};
use crate::auth::Permit;
use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::context::Ctx;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, delete, web};

/// End one of my sessions
///
/// At once on every node.
#[utoipa::path(tag = "auth", operation_id = "revoke_session", params(("id" = uuid::Uuid, Path, description = "The session.")),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name)), ("x-person-only" = json!(true))),
    responses((status = 204, description = "It has ended.")))]
#[delete("/auth/sessions/{id}")]
pub async fn revoke_session(
    InPerson(permit): InPerson<Permit<AccessSystemPanel>>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse> {
    let holder = SessionHolder::operator(permit.operator().ok_or_else(Error::not_found)?)?;
    let id = session_id(&id)?;
    state.identity_db.write(move |conn| use_case::revoke_session(&ctx, holder, conn, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
