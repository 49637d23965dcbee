//! Typed arguments of handlers. Every failure is one of ours, and nothing in a request is ignored silently.

mod body;
mod path;
mod query;
mod single_headers;
mod time;
pub(crate) mod upload;
mod uploads;

pub use body::{Body, EmptyBody, RawBody};
pub use path::PathId;
pub use query::{NoParams, Params, comma_separated};
pub use single_headers::ensure_single;
pub use time::time_in_utc;
pub use upload::Upload;
pub use uploads::Uploads;

use super::break_glass_reason;
use crate::context::{Actor, Ctx};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use std::future::{Ready, ready};

/// What the outermost layer found out about a request.
#[derive(Debug, Clone, Default)]
pub struct RequestMeta {
    /// Names the request.
    pub request_id: String,
    /// Client address.
    pub ip: Option<String>,
    /// Client's own name.
    pub user_agent: Option<String>,
}

impl FromRequest for Ctx {
    type Error = crate::error::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = req.extensions();
        let meta = extensions.get::<RequestMeta>().cloned().unwrap_or_default();
        let found = extensions.get::<crate::auth::routes::Authentication>();
        let actor = found.and_then(|found| found.actor()).unwrap_or(Actor::Anonymous { label: String::new() });
        let token = found.and_then(|found| found.token()).cloned();
        let break_glass_reason = actor.is_break_glass().then(|| break_glass_reason::of(req)).flatten();
        ready(Ok(Self {
            actor,
            token,
            command_line: None,
            break_glass_reason,
            request_id: meta.request_id,
            ip: meta.ip,
            user_agent: meta.user_agent,
        }))
    }
}

/// A serde failure at a place, as a field error: unknown, missing and repeated fields point at the field itself.
pub(crate) fn field_error(prefix: &str, path: &str, message: &str) -> crate::error::FieldError {
    let named = |marker: &str| message.strip_prefix(marker).and_then(|rest| rest.split('`').next());
    let (code, field) = match (named("missing field `"), named("unknown field `"), named("duplicate field `")) {
        (Some(field), ..) => ("required", Some(field)),
        (_, Some(field), _) => ("unknown", Some(field)),
        (_, _, Some(field)) => ("duplicate", Some(field)),
        _ => ("value", None),
    };
    let mut segments: Vec<&str> = path.split(['.', '[', ']']).filter(|part| !part.is_empty() && *part != "?").collect();
    if let Some(field) = field
        && segments.last() != Some(&field)
    {
        segments.push(field);
    }
    let pointer = segments.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect::<String>();
    let pointer = if prefix == "?" { format!("?{}", pointer.trim_start_matches('/')) } else { pointer };
    let message = message.split(" at line ").next().unwrap_or(message).to_owned();
    crate::error::FieldError { pointer, code: code.to_owned(), message }
}

/// A text that no database keeps.
fn nul_error(pointer: String) -> crate::error::FieldError {
    let message = "Text without NUL characters is expected.".to_owned();
    crate::error::FieldError { pointer, code: "value".to_owned(), message }
}
