//! `GET /ops/controls/{key}`

use super::{ACTIVE, with_etag};
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::controls::{self, Control, get_control as use_case};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{HttpResponse, get, web};

/// One control
///
/// The control with its pauses. `ETag` names their state; send it as `If-Match` with a pause or a resume.
#[utoipa::path(tag = "controls", operation_id = "get_control", params(("key" = String, Path, description = "Key of the control.")),
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses((status = 200, description = "The control.", body = Control, headers(("ETag" = String, description = "State of its pauses.")))))]
#[get("/ops/controls/{key}")]
pub async fn get_control(
    permit: Permit<ControlsManage>,
    _: NoParams,
    state: web::Data<State>,
    key: web::Path<String>,
) -> Result<HttpResponse> {
    let control = controls::find(&key)?;
    let control = state.controls_db.read(move |conn| use_case::get_control(&permit, conn, ACTIVE, control)).await?;
    Ok(with_etag(HttpResponse::Ok(), &control, &control))
}
