//! The id in a path. Anything that cannot be an id names nothing: 404.

use crate::db::id::parse_id;
use crate::error::Error;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// The path parameter `id`.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub i64);

impl FromRequest for PathId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.match_info().get("id").and_then(parse_id).map(PathId).ok_or_else(Error::not_found))
    }
}
