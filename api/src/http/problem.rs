//! Errors as RFC 9457 `application/problem+json`.

use super::documented_problems;
use crate::error::{Code, Error, FieldError};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Media type of every error body.
pub const CONTENT_TYPE: &str = "application/problem+json";
/// Member of a 405 that lists the methods; it becomes the `Allow` header too.
pub const ALLOW: &str = "allow";

/// Body of every error (RFC 9457). Some kinds carry further members.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Address of a page that explains the kind of problem.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "/problems/validation-failed")]
    pub kind: String,
    /// Short summary of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// Stable code; the last part of `type`.
    pub code: String,
    /// Names this request in logs and audit.
    pub request_id: String,
    /// What is wrong with which field, where the kind is one that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub errors: Option<Vec<FieldError>>,
    /// Further members of this kind of problem.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().info().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Status only: [`super::envelope`] knows the request and writes the body.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The complete answer to an error.
pub fn response(error: &Error, instance: &str, request_id: &str) -> HttpResponse {
    let info = error.code().info();
    let has_errors = documented_problems::has_field_errors(error.code()) || !error.fields().is_empty();
    let problem = Problem {
        kind: format!("/problems/{}", info.code),
        title: error.title().to_owned(),
        status: info.status,
        detail: error.detail().to_owned(),
        instance: instance.to_owned(),
        code: info.code.to_owned(),
        request_id: request_id.to_owned(),
        errors: has_errors.then(|| error.fields().to_vec()),
        extra: error.extra().clone(),
    };
    let mut response = HttpResponse::build(error.status_code());
    response.content_type(CONTENT_TYPE);
    if let Some(seconds) = error.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    if matches!(error.code(), Code::Unauthenticated | Code::InvalidCredentials) {
        response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tenantatlas\"")));
    }
    if let Some(methods) = error.extra().get(ALLOW).and_then(Value::as_str) {
        response.insert_header((header::ALLOW, methods));
    }
    response.json(problem)
}

/// The framework's own failure in our words.
pub fn from_framework(error: &actix_web::Error) -> Error {
    let response = error.as_response_error();
    let code = match response.status_code().as_u16() {
        404 => return Error::not_found(),
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::PayloadTooLarge,
        415 => Code::UnsupportedMediaType,
        400..=499 => Code::MalformedRequest,
        _ => return Error::internal(error.to_string()),
    };
    Error::new(code, code.info().title)
}
