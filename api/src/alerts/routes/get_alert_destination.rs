//! `GET /alerts/destinations/{id}`

use super::with_etag;
use crate::alerts::{Destination, destinations as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{HttpResponse, get, web};

/// One alert destination
///
/// `ETag` names its state; send it as `If-Match` with a change.
#[utoipa::path(tag = "alerts", operation_id = "get_alert_destination", params(("id" = i64, Path, description = "The destination.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "The destination.", body = Destination, headers(("ETag" = String, description = "Its state.")))))]
#[get("/alerts/destinations/{id}")]
pub async fn get_alert_destination(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let destination = state.db.read(move |conn| use_case::get_destination(&permit, conn, id.0)).await?;
    Ok(with_etag(HttpResponse::Ok(), destination.version, &destination))
}
