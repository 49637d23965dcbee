//! Query parameters: unknown ones and wrong values are 422.

use super::{field_error, nul_error};
use crate::error::Error;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Deserializer};
use std::future::{Ready, ready};

/// Checked query parameters. `T` denies unknown fields.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let with_nul = form_urlencoded::parse(req.query_string().as_bytes()).find(|(_, value)| value.contains('\0'));
        if let Some((name, _)) = with_nul {
            return ready(Err(Error::invalid(vec![nul_error(format!("?{name}"))])));
        }
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(req.query_string().as_bytes()));
        ready(serde_path_to_error::deserialize(pairs).map(Params).map_err(|error| {
            let path = error.path().to_string();
            Error::invalid(vec![field_error("?", if path == "." { "" } else { &path }, &error.into_inner().to_string())])
        }))
    }
}

/// Reads values of a parameter that stand one behind the other, with commas between; one at least.
pub fn comma_separated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.split(',').map(|word| T::deserialize(word.to_owned().into_deserializer())).collect()
}

/// No query parameters at all: whatever is there is 422.
#[derive(Debug, Clone, Copy)]
pub struct NoParams;

impl FromRequest for NoParams {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let unknown = form_urlencoded::parse(req.query_string().as_bytes()).next();
        ready(unknown.map_or(Ok(Self), |(name, _)| {
            let name: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
            Err(Error::invalid_field(format!("?{name}"), "unknown", "This operation takes no query parameters."))
        }))
    }
}
