//! `GET /alerts/deliveries`

use crate::alerts::Delivery;
use crate::alerts::deliveries::{self as use_case, DeliveryFilter};
use crate::alerts::delivery::DeliveryState;
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::db::id::id_of_text;
use crate::db::page::PageRequest;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryParams {
    /// Where it stands.
    state: Option<DeliveryState>,
    /// Kind of the event.
    #[param(example = "operations.run.failed")]
    event: Option<String>,
    /// Its rule.
    #[serde(default, deserialize_with = "id_of_text")]
    rule_id: Option<i64>,
    /// Its destination.
    #[serde(default, deserialize_with = "id_of_text")]
    destination_id: Option<i64>,
    /// The run it is about.
    #[serde(default, deserialize_with = "id_of_text")]
    run_id: Option<i64>,
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List alert deliveries
///
/// Newest first.
#[utoipa::path(tag = "alerts", operation_id = "list_alert_deliveries", params(DeliveryParams),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "One page of deliveries.", body = PageBody<Delivery>)))]
#[get("/alerts/deliveries")]
pub async fn list_alert_deliveries(
    permit: Permit<AlertsManage>,
    state: web::Data<State>,
    params: Params<DeliveryParams>,
) -> Result<web::Json<PageBody<Delivery>>> {
    let Params(DeliveryParams { state: standing, event, rule_id, destination_id, run_id, limit, cursor }) = params;
    let page = PageRequest::parse(limit, cursor.as_deref())?;
    let filter = DeliveryFilter { state: standing, event, rule_id, destination_id, run_id };
    let page = state.db.read(move |conn| use_case::list_deliveries(&permit, conn, &filter, page)).await?;
    Ok(web::Json(page.into()))
}
