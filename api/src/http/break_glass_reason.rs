//! The `Break-Glass-Reason` header: while break-glass is open, every request that changes something says why (ACC-06). A header,
//! because many such requests have no body, and in one place, because every permit of an operator passes here.

use crate::auth::Operator;
use crate::auth::break_glass::checked_reason;
use crate::error::{Code, Error, Result};
use actix_web::HttpRequest;

/// Name of the header; its value is percent-encoded UTF-8.
pub const HEADER: &str = "break-glass-reason";

/// Ending break-glass or a session needs no reason, opening one has it in the body, and a preview changes nothing.
const NEEDS_NONE: [&str; 4] = [
    "/api/v1/system/auth/logout",
    "/api/v1/system/auth/logout-everywhere",
    "/api/v1/system/auth/break-glass",
    "/api/v1/system/ops/controls/{key}/preview",
];

/// Whether an operation of the system plane needs no reason, though it may change something.
pub fn is_exempt(pattern: &str) -> bool {
    NEEDS_NONE.contains(&pattern)
}

/// The reason of a request, if it has a good one.
pub fn of(req: &HttpRequest) -> Option<String> {
    let value = req.headers().get(HEADER)?.to_str().ok()?;
    checked_reason(&percent_encoding::percent_decode_str(value).decode_utf8().ok()?)
}

/// Asks for the reason where break-glass is open. Errors: 422 `reason-required`.
pub fn ensure(req: &HttpRequest, operator: &Operator) -> Result<()> {
    let pattern = req.match_pattern().unwrap_or_default();
    if operator.break_glass_until.is_none() || req.method().is_safe() || is_exempt(&pattern) || of(req).is_some() {
        return Ok(());
    }
    let error = Error::new(Code::ReasonRequired, "Break-glass is open: this needs a reason in the header Break-Glass-Reason.");
    Err(error.with_field("#Break-Glass-Reason", "required", "5 to 500 characters as percent-encoded UTF-8 are expected."))
}
