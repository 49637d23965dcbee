//! `POST /alerts/destinations/{id}/test`

use super::{IdempotencyKey, TestedBody, created};
use crate::alerts::try_out;
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};

/// Send a test
///
/// To this destination, at once: cooldown, quiet hours and being disabled do not matter. Look at the
/// deliveries to see what becomes of it.
#[utoipa::path(tag = "alerts", operation_id = "test_alert_destination",
    params(("id" = i64, Path, description = "The destination."),
           ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 202, description = "The deliveries that were made.", body = TestedBody)))]
#[post("/alerts/destinations/{id}/test")]
pub async fn test_alert_destination(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
) -> Result<HttpResponse> {
    let idempotency = key.request(&ctx, format!("test_alert_destination {}", id.0), [0; 32]);
    let test = move |conn: &mut _| {
        let items = try_out::test_destination(&ctx, &permit, conn, id.0)?;
        Ok((TestedBody { items }, None))
    };
    created(&state, idempotency, StatusCode::ACCEPTED, test).await
}
