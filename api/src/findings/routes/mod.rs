//! HTTP of findings.

mod get_finding;
mod import_findings;
mod list_findings;
mod summarize_findings;
mod update_finding;

use crate::findings::Finding;
use crate::http::if_match::etag;
use actix_web::HttpResponse;

/// Mounts the operations of the tenant plane.
pub fn configure_admin(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_findings::list_findings)
        .service(import_findings::import_findings)
        .service(summarize_findings::summarize_findings)
        .service(get_finding::get_finding)
        .service(update_finding::update_finding);
}

/// An answer with the version of the finding in `ETag`.
fn with_etag(finding: &Finding) -> HttpResponse {
    HttpResponse::Ok().insert_header(etag(&finding.record.version())).json(finding)
}
