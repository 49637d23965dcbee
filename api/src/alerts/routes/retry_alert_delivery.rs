//! `POST /alerts/deliveries/{id}/retry`

use crate::alerts::{Delivery, deliveries as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::http::problem::Problem;
use actix_web::{HttpResponse, post, web};

/// Retry an alert delivery
///
/// Sends a delivery that was given up again, under the same id and with all its attempts.
#[utoipa::path(tag = "alerts", operation_id = "retry_alert_delivery", params(("id" = i64, Path, description = "The delivery.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 202, description = "The delivery, pending again.", body = Delivery),
        (status = 409, description = "wrong-state: it has not failed, or its destination is gone.",
            body = Problem, content_type = "application/problem+json")))]
#[post("/alerts/deliveries/{id}/retry")]
pub async fn retry_alert_delivery(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    ctx: Ctx,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let delivery = state.db.write(move |conn| use_case::retry_delivery(&ctx, &permit, conn, id.0)).await?;
    Ok(HttpResponse::Accepted().json(delivery))
}
