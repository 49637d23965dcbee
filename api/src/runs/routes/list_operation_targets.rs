//! `GET /operations/{id}/targets` of the tenant plane

use super::as_member;
use super::list_targets::TargetParams;
use crate::auth::SignedInUser;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Params, PathId};
use crate::http::page::PageBody;
use crate::runs::RunTarget;
use crate::runs::list_operation_targets as use_case;
use actix_web::{get, web};

/// List the targets of a run of my tenants
///
/// A run of one tenant has one.
#[utoipa::path(tag = "tenant plane", operation_id = "list_operation_targets",
    params(("id" = i64, Path, description = "The run."), TargetParams),
    responses((status = 200, description = "One page of targets.", body = PageBody<RunTarget>)))]
#[get("/operations/{id}/targets")]
pub async fn list_operation_targets(
    user: SignedInUser,
    state: web::Data<State>,
    id: PathId,
    params: Params<TargetParams>,
) -> Result<web::Json<PageBody<RunTarget>>> {
    let (wanted, page) = params.0.page()?;
    let targets = move |places: &_, conn: &mut _| use_case::list_operation_targets(places, conn, id.0, wanted, page);
    Ok(web::Json(as_member(&state, &state.db, user, targets).await?.into()))
}
