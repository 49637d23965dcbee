//! `DELETE /auth/sessions/{id}` of the tenant plane

use super::{InPerson, session_id};
use crate::auth::SignedInUser;
use crate::auth::sessions::{self as use_case, SessionHolder};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, delete, web};

/// End one of my sessions as a user
///
/// At once on every node.
#[utoipa::path(tag = "tenant plane", operation_id = "revoke_user_session", params(("id" = uuid::Uuid, Path, description = "The session.")),
    extensions(("x-person-only" = json!(true))),
    responses((status = 204, description = "It has ended.")))]
#[delete("/auth/sessions/{id}")]
pub async fn revoke_user_session(
    InPerson(user): InPerson<SignedInUser>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    id: web::Path<String>,
) -> Result<HttpResponse> {
    let holder = SessionHolder::user(user.user())?;
    let id = session_id(&id)?;
    state.identity_db.write(move |conn| use_case::revoke_session(&ctx, holder, conn, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
