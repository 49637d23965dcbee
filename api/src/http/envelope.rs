//! The outermost layer: request ids, security headers, problem bodies, and one log line for what went wrong.

use super::extract::RequestMeta;
use super::fallback::KnownPaths;
use super::rate_limit::Allowance;
use super::{client_address, problem, state::State};
use crate::db::loggable;
use crate::error::{Code, Error};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, AcceptEncoding, Encoding, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use std::time::Instant;

/// Header that names a request, in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything comes from here. Styles may be inline, as the component library writes them; scripts may not.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A year, for this name alone: others below it are not ours to decide about (RFC 6797).
const HSTS: &str = "max-age=31536000";

/// How bodies can be coded, as the layer that compresses them has it.
const CODINGS: [Encoding; 3] = [Encoding::identity(), Encoding::gzip(), Encoding::deflate()];

/// Wraps every request.
pub async fn envelope(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    // Where there is GET there is HEAD (RFC 9110); the server leaves the body out by itself.
    let is_head = req.method() == Method::HEAD;
    if is_head {
        req.head_mut().method = Method::GET;
    }
    let request_id = request_id(req.headers());
    let path = req.path().to_owned();
    let is_behind_tls = req.app_data::<web::Data<State>>().is_some_and(|state| state.config.is_behind_tls());
    accept_what_there_is(&mut req);
    let meta = request_meta(&req, request_id.clone());
    req.extensions_mut().insert(meta);
    let mut res = next.call(req).await?.map_into_boxed_body();
    if let Some(error) = res.response().error() {
        let response = match error.as_error::<Error>() {
            Some(error) => answer(error, &path, &request_id),
            None => answer(&problem::from_framework(error), &path, &request_id),
        };
        res = res.into_response(response);
    }
    let allowance = res.request().extensions().get::<Allowance>().copied();
    if let Some(allowance) = allowance {
        allowance.write(res.headers_mut());
    }
    // Said only to the layer that compresses: on the wire it goes without saying (RFC 9110, 8.4).
    if res.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "identity") {
        res.headers_mut().remove(header::CONTENT_ENCODING);
    }
    add_headers(res.headers_mut(), &path, &request_id);
    if is_behind_tls {
        res.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    measure(&res, started);
    // What streams would be produced for nobody.
    if is_head && res.response().body().size() == BodySize::Stream {
        res = res.map_body(|_, _| BoxBody::new(()));
    }
    Ok(res)
}

/// Who accepts no coding there is, not even none, gets none: better an answer than a refusal (RFC 9110, 12.5.3).
fn accept_what_there_is(req: &mut ServiceRequest) {
    let accepted = req.get_header::<AcceptEncoding>();
    if accepted.is_some_and(|accepted| accepted.negotiate(CODINGS.iter()).is_none()) {
        req.headers_mut().remove(header::ACCEPT_ENCODING);
    }
}

/// Latency and number by operation: until the answer begins, where it streams. What is no operation is one.
fn measure(res: &ServiceResponse<BoxBody>, started: Instant) {
    let request = res.request();
    let known = request.app_data::<web::Data<KnownPaths>>();
    let operation = known.and_then(|known| known.operation(request.method(), &request.match_pattern()?));
    let operation = operation.unwrap_or_else(|| "none".into());
    let status = metrics::SharedString::from(res.status().as_str().to_owned());
    metrics::histogram!("http_request_seconds", "operation" => operation.clone()).record(started.elapsed().as_secs_f64());
    metrics::counter!("http_requests_total", "operation" => operation, "status" => status).increment(1);
}

fn answer(error: &Error, path: &str, request_id: &str) -> actix_web::HttpResponse {
    let info = error.code().info();
    let cause = std::error::Error::source(error);
    // Without a cause nothing failed: the node has no room for more, which is counted, and told where it happens.
    let is_failure = info.status >= 500 && (error.code() != Code::Unavailable || cause.is_some());
    if is_failure {
        let cause = cause.map(loggable::cause).unwrap_or_default();
        tracing::error!(code = info.code, request_id, path, cause, "request failed");
    } else {
        tracing::debug!(code = info.code, request_id, path, "request refused");
    }
    problem::response(error, path, request_id)
}

fn request_meta(req: &ServiceRequest, request_id: String) -> RequestMeta {
    let trusted = req.app_data::<web::Data<State>>().map(|state| state.config.trusted_proxies.as_slice()).unwrap_or_default();
    let peer = req.peer_addr().map(|address| address.ip());
    let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    RequestMeta {
        request_id,
        ip: peer.map(|peer| client_address::client_address(peer, req.headers(), trusted).to_string()),
        user_agent: user_agent.map(|agent| agent.chars().take(300).collect()),
    }
}

/// The caller's id if it is a plain one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    headers
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(plain)
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), ToOwned::to_owned)
}

fn add_headers(headers: &mut HeaderMap, path: &str, request_id: &str) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(header::CONTENT_SECURITY_POLICY, CSP);
    if path.starts_with("/api/") {
        set(header::CACHE_CONTROL, "no-store");
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
}
