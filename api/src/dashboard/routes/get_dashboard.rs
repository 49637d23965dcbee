//! `GET /dashboard`

use crate::auth::Permit;
use crate::auth::capability::{Capability, ConsoleView};
use crate::dashboard::{Dashboard, Window, get_dashboard as use_case};
use crate::error::Result;
use crate::http::State;
use crate::http::extract::Params;
use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// What the dashboard is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DashboardParams {
    /// How far back to look, `24h` when left out.
    window: Option<Window>,
}

/// Get the dashboard
///
/// Health with its reasons, figures of the window, where most fails, what failed last, and what is paused; all of one instant.
/// Instead of `platform.console.view`, `platform.ops.view` and `platform.runbooks.view` together are enough.
#[utoipa::path(tag = "dashboard", operation_id = "get_dashboard", params(DashboardParams),
    extensions(("x-required-capability" = json!(ConsoleView::ENTRY.name))),
    responses((status = 200, description = "The dashboard.", body = Dashboard)))]
#[get("/dashboard")]
pub async fn get_dashboard(
    permit: Permit<ConsoleView>,
    state: web::Data<State>,
    params: Params<DashboardParams>,
) -> Result<web::Json<Dashboard>> {
    let Params(params) = params;
    let window = params.window.unwrap_or_default();
    let days = state.config.product_usage_event_retention_days;
    let dashboard = state.read_db.read(move |conn| use_case::get_dashboard(&permit, conn, window, days)).await?;
    Ok(web::Json(dashboard))
}
