//! `GET /alerts/rules/{id}`

use super::with_etag;
use crate::alerts::{Rule, rules as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use actix_web::{HttpResponse, get, web};

/// One alert rule
///
/// `ETag` names its state; send it as `If-Match` with a change.
#[utoipa::path(tag = "alerts", operation_id = "get_alert_rule", params(("id" = i64, Path, description = "The rule.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "The rule.", body = Rule, headers(("ETag" = String, description = "Its state.")))))]
#[get("/alerts/rules/{id}")]
pub async fn get_alert_rule(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let rule = state.db.read(move |conn| use_case::get_rule(&permit, conn, id.0)).await?;
    Ok(with_etag(HttpResponse::Ok(), rule.version, &rule))
}
