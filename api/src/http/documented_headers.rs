//! Headers that the API document promises of every answer of a kind; those of single operations stand with them.

use super::idempotency;
use crate::error::{CODES, Code};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{HeaderBuilder, ObjectBuilder, RefOr};

/// Documents them.
pub fn add(path: &str, operation: &mut Operation) {
    let takes_key = operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(one) if one.parameter_in == ParameterIn::Header && one.name.eq_ignore_ascii_case(idempotency::HEADER))
    });
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        add_text(response, "X-Request-Id", "Names the request in logs and audit.");
        if path.starts_with("/api/") {
            let left =
                "What is left of the limit, and in how many seconds all of it is there again; absent where there is no limit.";
            add_text(response, "RateLimit", left);
            add_text(response, "RateLimit-Policy", "How many requests the limit lets through in a minute.");
        }
        if is_status_of(status, Code::Unauthenticated) {
            add_text(response, "WWW-Authenticate", "That a bearer token is wanted.");
        }
        if takes_key && status.starts_with('2') {
            add_text(response, "Idempotency-Replayed", "`true` where the same request was answered so before.");
        }
    }
}

fn is_status_of(status: &str, code: Code) -> bool {
    CODES.iter().any(|info| info.id == code && info.status.to_string() == status)
}

fn add_text(response: &mut Response, name: &str, about: &str) {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let header = HeaderBuilder::new().schema(Some(text)).description(Some(about)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}
