//! `GET /alerts/destinations`

use crate::alerts::{Destination, destinations as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};

use super::PageParams;

/// List alert destinations
///
/// The oldest first.
#[utoipa::path(tag = "alerts", operation_id = "list_alert_destinations", params(PageParams),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "One page of destinations.", body = PageBody<Destination>)))]
#[get("/alerts/destinations")]
pub async fn list_alert_destinations(
    permit: Permit<AlertsManage>,
    state: web::Data<State>,
    params: Params<PageParams>,
) -> Result<web::Json<PageBody<Destination>>> {
    let page = params.0.page()?;
    let page = state.db.read(move |conn| use_case::list_destinations(&permit, conn, page)).await?;
    Ok(web::Json(page.into()))
}
