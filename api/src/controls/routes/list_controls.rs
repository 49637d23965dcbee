//! `GET /ops/controls`

use super::ACTIVE;
use crate::auth::Permit;
use crate::auth::capability::{Capability, ControlsManage};
use crate::controls::{Control, list_controls as use_case};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::NoParams;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// All controls.
#[derive(Serialize, ToSchema)]
pub struct ControlsBody {
    /// In the order of the catalog.
    items: Vec<Control>,
}

/// List controls
///
/// Every control with its pauses, those in force and those scheduled.
#[utoipa::path(tag = "controls", operation_id = "list_controls",
    extensions(("x-required-capability" = json!(ControlsManage::ENTRY.name))),
    responses((status = 200, description = "All controls.", body = ControlsBody)))]
#[get("/ops/controls")]
pub async fn list_controls(
    permit: Permit<ControlsManage>,
    _: NoParams,
    state: web::Data<State>,
) -> Result<web::Json<ControlsBody>> {
    let items = state.controls_db.read(move |conn| use_case::list_controls(&permit, conn, ACTIVE)).await?;
    Ok(web::Json(ControlsBody { items }))
}
