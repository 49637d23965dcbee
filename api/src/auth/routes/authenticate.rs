//! Reads the credential of a request once; extractors then decide without waiting, so that a missing capability is told
//! before anything about the body is.

use crate::auth::capability::Capability;
use crate::auth::session::{self, Credential};
use crate::auth::{Operator, Permit, Plane};
use crate::error::{Code, Error, Result};
use crate::http::State;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use std::future::{Ready, ready};
use std::sync::Arc;

/// Who stands behind the request.
#[derive(Debug, Clone)]
pub struct Authentication(Option<Arc<Operator>>);

impl Authentication {
    /// The operator, if the credential was good.
    pub fn operator(&self) -> Option<&Arc<Operator>> {
        self.0.as_ref()
    }
}

/// Middleware of the system plane: identifies the caller and answers 404 to credentials of the other plane (ACC-01).
pub async fn authenticate<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    match identify(&req).await {
        Ok(found) => {
            req.extensions_mut().insert(found);
            next.call(req).await.map(ServiceResponse::map_into_left_body)
        }
        // Not `into_response`, which forgets the error that the outermost layer makes the body from.
        Err(error) => {
            let (req, _) = req.into_parts();
            Ok(ServiceResponse::new(req, HttpResponse::from_error(error)).map_into_right_body())
        }
    }
}

async fn identify(req: &ServiceRequest) -> Result<Authentication> {
    let bearer = bearer_token(req);
    let cookie = req.cookie(Plane::System.cookie()).map(|cookie| cookie.value().to_owned());
    if bearer.is_none() {
        same_origin(req)?;
    }
    let Some(token) = bearer.or(cookie) else { return Ok(Authentication(None)) };
    let state = req.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("state missing"))?.clone();
    match session::identify::<Operator>(&token, &state.keys, &state.db).await? {
        Credential::Live(operator) => Ok(Authentication(Some(Arc::new(operator)))),
        Credential::Invalid => Ok(Authentication(None)),
        Credential::OtherPlane => Err(Error::not_found()),
    }
}

fn bearer_token(req: &ServiceRequest) -> Option<String> {
    let value = req.headers().get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    Some(token.unwrap_or_default().to_owned())
}

/// Refuses unsafe requests that a browser says come from another origin. Clients that are no browsers send neither header.
pub fn same_origin(req: &ServiceRequest) -> Result<()> {
    if req.method().is_safe() {
        return Ok(());
    }
    let text = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, host)| Some(host) == text("host")),
        (None, None) => true,
    };
    match same {
        true => Ok(()),
        false => Err(Error::new(Code::CrossOrigin, "This request came from another origin.")),
    }
}

fn operator_of(req: &HttpRequest) -> Result<Arc<Operator>> {
    let found = req.extensions().get::<Authentication>().and_then(|found| found.operator().cloned());
    found.ok_or_else(|| Error::new(Code::Unauthenticated, "Sign in, or send a valid bearer token."))
}

impl<C: Capability> FromRequest for Permit<C> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(operator_of(req).and_then(|operator| Permit::of(&operator)))
    }
}
