//! A JSON body: size limit, content type, syntax (400), shape and rules (422 with pointers).

use super::{field_error, nul_error};
use crate::error::{Code, Error, FieldError};
use crate::json::{self, below};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

/// Most bytes of a JSON body.
pub const LIMIT: usize = 64 * 1024;

/// How long a JSON body may take to arrive.
const TIME: Duration = Duration::from_secs(10);

/// A checked body, and the hash of its canonical form for idempotent replay.
#[derive(Debug)]
pub struct Body<T> {
    /// The value.
    pub value: T,
    /// SHA-256 of the JSON with sorted keys, so that white space and order do not matter.
    pub hash: [u8; 32],
}

/// `{}`: the body of an operation that is told all it needs by its address.
#[derive(Debug, serde::Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}

/// A body that is not looked at yet. For operations whose capability is known only after a look at the database: what is
/// wrong with a body is nobody's business before that.
pub struct RawBody {
    bytes: Result<BytesMut, Error>,
}

impl RawBody {
    /// Looks at the body of an operation that can do without one: nothing at all is an empty object.
    pub fn parse_or_empty<T: DeserializeOwned + Validate>(self) -> Result<Body<T>, Error> {
        let bytes = self.bytes?;
        parse(if bytes.is_empty() { b"{}" } else { &bytes })
    }

    /// Looks at the body.
    pub fn parse<T: DeserializeOwned + Validate>(self) -> Result<Body<T>, Error> {
        parse(&self.bytes?)
    }
}

impl FromRequest for RawBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = req.mime_type().ok().flatten().is_some_and(|mime| mime.essence_str() == "application/json");
        let has_type = req.headers().contains_key(CONTENT_TYPE);
        let payload = payload.take();
        Box::pin(async move {
            let too_slow =
                |_| Err(Error::new(Code::RequestTimeout, format!("The body did not arrive within {} seconds.", TIME.as_secs())));
            let bytes = tokio::time::timeout(TIME, read(payload)).await.unwrap_or_else(too_slow).and_then(|bytes| {
                match is_json || (!has_type && bytes.is_empty()) {
                    true => Ok(bytes),
                    false => Err(Error::new(Code::UnsupportedMediaType, "Send the body as application/json.")),
                }
            });
            Ok(Self { bytes })
        })
    }
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let raw = RawBody::from_request(req, payload);
        Box::pin(async move { raw.await?.parse() })
    }
}

async fn read(mut payload: Payload) -> Result<BytesMut, Error> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::new(Code::MalformedRequest, "The body could not be read."))?;
        if bytes.len().saturating_add(chunk.len()) > LIMIT {
            return Err(Error::new(Code::PayloadTooLarge, format!("The body may have {LIMIT} bytes at most.")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<Body<T>, Error> {
    let (json, repeated) = json::read(bytes)
        .map_err(|error| Error::new(Code::MalformedRequest, format!("The body is not JSON: {}.", describe(bytes, &error))))?;
    // A list of values would be read as the members in their order, which no document promises.
    if !json.is_object() {
        return Err(Error::invalid_field("", "value", "A JSON object is expected."));
    }
    if !repeated.is_empty() {
        return Err(Error::invalid(repeated));
    }
    let hash = Sha256::digest(json.to_string()).into();
    if let Some(pointer) = find_nul("", &json) {
        return Err(Error::invalid(vec![nul_error(pointer)]));
    }
    let value: T = serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        Error::invalid(vec![field_error("/", if path == "." { "" } else { &path }, &error.into_inner().to_string())])
    })?;
    value.validate().map_err(|errors| Error::invalid(validation_errors("", &errors)))?;
    Ok(Body { value, hash })
}

fn describe(bytes: &[u8], error: &serde_json::Error) -> String {
    match bytes.is_empty() {
        true => "it is empty".to_owned(),
        false => format!("line {}, column {}", error.line(), error.column()),
    }
}

/// Where a text holds a NUL character, which no database keeps.
fn find_nul(pointer: &str, json: &Value) -> Option<String> {
    let inside = |name: &str, value: &Value| find_nul(&below(pointer, name), value);
    match json {
        Value::String(text) => text.contains('\0').then(|| pointer.to_owned()),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| inside(&index.to_string(), item)),
        Value::Object(members) => members.iter().find_map(|(name, value)| inside(name, value)),
        _ => None,
    }
}

/// The rules' failures with pointers into the body.
fn validation_errors(prefix: &str, errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    for (name, kind) in errors.errors() {
        let pointer = format!("{prefix}/{name}");
        match kind {
            ValidationErrorsKind::Field(list) => found.extend(list.iter().map(|error| FieldError {
                pointer: pointer.clone(),
                code: error.code.to_string(),
                message: error.message.as_ref().map_or_else(|| "The value is not allowed.".to_owned(), ToString::to_string),
            })),
            ValidationErrorsKind::Struct(inner) => found.extend(validation_errors(&pointer, inner)),
            ValidationErrorsKind::List(items) => {
                found.extend(items.iter().flat_map(|(index, inner)| validation_errors(&format!("{pointer}/{index}"), inner)));
            }
        }
    }
    found
}
