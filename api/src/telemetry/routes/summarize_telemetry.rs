//! `GET /telemetry/summary`

use crate::auth::Permit;
use crate::auth::capability::{Capability, ConsoleView};
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::extract::Params;
use crate::telemetry::summarize_telemetry::{self as use_case, Asked};
use crate::telemetry::{Period, TelemetrySummary, Window};
use actix_web::{get, web};
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

/// What telemetry is asked for: a window, or a beginning and an end.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TelemetryParams {
    /// How far back to look, `24h` when neither this nor a beginning and an end are given.
    window: Option<Window>,
    /// Beginning (RFC 3339), which is included; with `to`, instead of `window`.
    #[serde(default, with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    /// End (RFC 3339), which is not included; at most 366 days after `from`.
    #[serde(default, with = "time::serde::rfc3339::option")]
    to: Option<OffsetDateTime>,
}

impl TelemetryParams {
    fn asked(&self) -> Result<Asked> {
        match (self.window, self.from, self.to) {
            (window, None, None) => Ok(Asked::Window(window.unwrap_or_default())),
            (None, from, to) => Period::between(from, to).map(Asked::Period),
            (Some(_), _, _) => Err(Error::invalid_field("?window", "conflict", "Either window, or from and to are expected.")),
        }
    }
}

/// Get the summary of product telemetry
///
/// How much each of five milestones was reached by customers' users within a period, in the period before, and over time.
/// Figures only: no event, tenant or person can be told from it. Instead of `platform.console.view`, `platform.ops.view` and
/// `platform.runbooks.view` together are enough.
#[utoipa::path(tag = "telemetry", operation_id = "summarize_telemetry", params(TelemetryParams),
    extensions(("x-required-capability" = json!(ConsoleView::ENTRY.name))),
    responses((status = 200, description = "The summary.", body = TelemetrySummary)))]
#[get("/telemetry/summary")]
pub async fn summarize_telemetry(
    permit: Permit<ConsoleView>,
    state: web::Data<State>,
    params: Params<TelemetryParams>,
) -> Result<web::Json<TelemetrySummary>> {
    let Params(params) = params;
    let asked = params.asked()?;
    let days = state.config.product_usage_event_retention_days;
    let summary = state.read_db.read(move |conn| use_case::summarize_telemetry(&permit, conn, asked, days)).await?;
    Ok(web::Json(summary))
}
