//! The `Idempotency-Key` header (API-02).

use crate::error::{Code, Error};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// Name of the header.
pub const HEADER: &str = "idempotency-key";
/// Header of an answer that was given before.
pub const REPLAYED: &str = "idempotency-replayed";

/// The key of a request, if it has one: 1 to 255 visible characters.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = req.headers().get(HEADER) else { return ready(Ok(Self(None))) };
        let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
        ready(key.map(|key| Self(Some(key.to_owned()))).ok_or_else(|| {
            Error::new(Code::MalformedRequest, "Idempotency-Key has 1 to 255 visible ASCII characters without spaces.")
        }))
    }
}
