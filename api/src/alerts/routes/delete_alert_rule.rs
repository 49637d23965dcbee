//! `DELETE /alerts/rules/{id}`

use crate::alerts::rules as use_case;
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{NoParams, PathId};
use crate::http::if_match::IfMatch;
use crate::http::problem::Problem;
use actix_web::{HttpResponse, delete, web};

/// Remove an alert rule
///
/// What it has sent stays on record.
#[utoipa::path(tag = "alerts", operation_id = "delete_alert_rule",
    params(("id" = i64, Path, description = "The rule."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 204, description = "It is gone."),
        (status = 412, description = "precondition-failed: it is not as If-Match says.",
            body = Problem, content_type = "application/problem+json")))]
#[delete("/alerts/rules/{id}")]
pub async fn delete_alert_rule(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    ctx: Ctx,
    state: web::Data<State>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let expected = if_match.0;
    let delete = move |conn: &mut _| use_case::delete_rule(&ctx, &permit, conn, id.0, expected.as_deref());
    state.db.write(delete).await?;
    Ok(HttpResponse::NoContent().finish())
}
