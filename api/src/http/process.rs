//! The process's own addresses: health, readiness, metrics, the API document, explanations of problems.

use super::state::State;
use crate::error::{CODES, Error, Result};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use std::fmt::Write as _;
use utoipa::ToSchema;

/// State of the process.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
    /// Version of the binary.
    pub version: &'static str,
}

impl Health {
    const OK: Self = Self { status: "ok", version: env!("CARGO_PKG_VERSION") };
}

/// Liveness
///
/// Whether the process lives.
#[utoipa::path(tag = "process", operation_id = "healthz", security(()), responses((status = 200, description = "The process lives.", body = Health)))]
#[get("/healthz")]
pub async fn healthz() -> web::Json<Health> {
    web::Json(Health::OK)
}

/// Readiness
///
/// Whether the process can work: the database answers and has this version's tables.
#[utoipa::path(tag = "process", operation_id = "readyz", security(()), responses((status = 200, description = "Ready to work.", body = Health)))]
#[get("/readyz")]
pub async fn readyz(state: web::Data<State>) -> Result<web::Json<Health>> {
    state.readiness.ensure(&state.process_db).await?;
    Ok(web::Json(Health::OK))
}

/// Metrics
///
/// Metrics of the process in Prometheus text form, and figures of the installation that every node reports alike.
#[utoipa::path(tag = "process", operation_id = "metrics", security(()),
    responses((status = 200, description = "Metrics in Prometheus text form.", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(state: web::Data<State>) -> HttpResponse {
    let (in_use, open) = state.db.usage();
    ::metrics::gauge!("db_connections_in_use").set(f64::from(in_use));
    ::metrics::gauge!("db_connections_open").set(f64::from(open));
    let text = state.metrics.render() + &state.figures.render(&state.process_db).await;
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

/// Explain a problem
///
/// What a problem type means and what to do about it.
#[utoipa::path(tag = "process", operation_id = "explain_problem", security(()), params(("code" = String, Path, description = "Code of the problem.")),
    responses((status = 200, description = "The explanation.", body = String, content_type = "text/html")))]
#[get("/problems/{code}")]
pub async fn explain_problem(code: web::Path<String>) -> Result<HttpResponse> {
    let info = CODES.iter().find(|info| info.code == code.as_str()).ok_or_else(Error::not_found)?;
    let body = format!(
        "<h1>{}</h1><p>HTTP status {}, code <code>{}</code>.</p><p>{}</p>",
        info.title, info.status, info.code, info.help
    );
    Ok(html(info.title, &body))
}

/// A small page that links to the API, for a binary that was built without the web page.
pub fn start_page() -> HttpResponse {
    let mut body = String::from("<h1>TenantAtlas</h1><p>The operator control plane is running, without its web page.</p><ul>");
    for (path, text) in [
        ("/docs/", "API documentation"),
        ("/openapi.json", "OpenAPI document"),
        ("/readyz", "Readiness"),
        ("/metrics", "Metrics"),
    ] {
        let _ = write!(body, "<li><a href=\"{path}\">{text}</a></li>");
    }
    body.push_str("</ul>");
    html("TenantAtlas", &body)
}

fn html(title: &str, body: &str) -> HttpResponse {
    const STYLE: &str =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}";
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><main>{body}</main></html>"
    );
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}
