//! `GET /operations/{id}` of the tenant plane

use super::as_member;
use crate::auth::SignedInUser;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::runs::get_operation as use_case;
use crate::runs::operation::Operation;
use actix_web::{get, web};

/// One run of my tenants
///
/// For who could start it there; 403 for other members of the tenant, 404 for everybody else.
#[utoipa::path(tag = "tenant plane", operation_id = "get_operation", params(("id" = i64, Path, description = "The run.")),
    responses((status = 200, description = "The run.", body = Operation)))]
#[get("/operations/{id}")]
pub async fn get_operation(user: SignedInUser, _: NoParams, state: web::Data<State>, id: PathId) -> Result<web::Json<Operation>> {
    let operation = as_member(&state, &state.db, user, move |places, conn| use_case::get_operation(places, conn, id.0)).await?;
    Ok(web::Json(operation))
}
