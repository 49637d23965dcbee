//! `GET /alerts/deliveries/{id}`

use crate::alerts::{Delivery, deliveries as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{get, web};

/// One alert delivery
///
/// What became of it, and why.
#[utoipa::path(tag = "alerts", operation_id = "get_alert_delivery", params(("id" = i64, Path, description = "The delivery.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "The delivery.", body = Delivery)))]
#[get("/alerts/deliveries/{id}")]
pub async fn get_alert_delivery(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    state: web::Data<State>,
) -> Result<web::Json<Delivery>> {
    Ok(web::Json(state.db.read(move |conn| use_case::get_delivery(&permit, conn, id.0)).await?))
}
