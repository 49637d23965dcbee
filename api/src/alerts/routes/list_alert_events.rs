//! `GET /alerts/events`

use crate::alerts::event::{AlertEventKind, list_alert_events as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::http::extract::NoParams;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// All kinds of events.
#[derive(Serialize, ToSchema)]
pub struct AlertEventsBody {
    /// In the order of the registry.
    items: Vec<AlertEventKind>,
}

/// List kinds of alert events
///
/// Everything that a rule can name.
#[utoipa::path(tag = "alerts", operation_id = "list_alert_events",
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "All kinds.", body = AlertEventsBody)))]
#[get("/alerts/events")]
pub async fn list_alert_events(_permit: Permit<AlertsManage>, _: NoParams) -> web::Json<AlertEventsBody> {
    web::Json(AlertEventsBody { items: use_case() })
}
