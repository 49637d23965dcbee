//! Headers that stand in a request once or not at all (RFC 9110, 5.3). Of two lines a proxy may believe another one than this
//! server does.

use crate::error::{Code, Error, Result};
use actix_web::http::header::HeaderMap;

/// Headers that requests are judged by. `If-Match` and `X-Forwarded-For` are lists and may have several lines.
const SINGLE: [&str; 9] = [
    "authorization",
    "break-glass-reason",
    "content-encoding",
    "content-type",
    "host",
    "idempotency-key",
    "last-event-id",
    "origin",
    "sec-fetch-site",
];

/// Refuses a request with several lines of one of them. Errors: 400 `malformed-request`.
pub fn ensure_single(headers: &HeaderMap) -> Result<()> {
    match SINGLE.iter().find(|name| headers.get_all(**name).nth(1).is_some()) {
        None => Ok(()),
        Some(name) => Err(Error::new(Code::MalformedRequest, format!("The header {name} stands in the request more than once."))),
    }
}
