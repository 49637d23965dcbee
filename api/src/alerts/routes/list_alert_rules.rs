//! `GET /alerts/rules`

use crate::alerts::{Rule, rules as use_case};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use crate::http::page::PageBody;
use actix_web::{get, web};

use super::PageParams;

/// List alert rules
///
/// The oldest first.
#[utoipa::path(tag = "alerts", operation_id = "list_alert_rules", params(PageParams),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses((status = 200, description = "One page of rules.", body = PageBody<Rule>)))]
#[get("/alerts/rules")]
pub async fn list_alert_rules(
    permit: Permit<AlertsManage>,
    state: web::Data<State>,
    params: Params<PageParams>,
) -> Result<web::Json<PageBody<Rule>>> {
    let page = params.0.page()?;
    let page = state.db.read(move |conn| use_case::list_rules(&permit, conn, page)).await?;
    Ok(web::Json(page.into()))
}
