//! The `Idempotency-Key` header (API-02).

use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use crate::idempotency::{Answered, IdempotentRequest, StoredAnswer};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use std::future::{Ready, ready};

/// Name of the header.
pub const HEADER: &str = "idempotency-key";
/// Header of an answer that was given before.
pub const REPLAYED: &str = "idempotency-replayed";

/// The key of a request, if it has one: 1 to 255 visible characters.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// The request as something that may come again, if it has a key. `operation` names operation and object; the hash is that
    /// of the body.
    pub fn request(self, ctx: &Ctx, operation: String, request_hash: [u8; 32]) -> Option<IdempotentRequest> {
        Some(IdempotentRequest { credential: ctx.credential()?, operation, key: self.0?, request_hash })
    }
}

/// An answer that may have been given before.
pub fn respond(answered: &Answered) -> Result<HttpResponse> {
    let Answered { answer: StoredAnswer { status, location, etag, body }, is_replay } = answered;
    let mut response = HttpResponse::build(StatusCode::from_u16(*status).map_err(Error::internal)?);
    if *is_replay {
        response.insert_header((REPLAYED, "true"));
    }
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location.as_str()));
    }
    if let Some(etag) = etag {
        response.insert_header((header::ETAG, etag.as_str()));
    }
    Ok(response.json(body))
}

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = req.headers().get(HEADER) else { return ready(Ok(Self(None))) };
        let key = value.to_str().ok().filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()));
        ready(key.map(|key| Self(Some(key.to_owned()))).ok_or_else(|| {
            Error::new(Code::MalformedRequest, "Idempotency-Key has 1 to 255 visible ASCII characters without spaces.")
        }))
    }
}
