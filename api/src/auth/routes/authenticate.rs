//! Reads the credential of a request once, and in the tenant plane the caller's place in the tenant that the path names.
//! Extractors then decide without waiting, so that a missing capability is told before anything about the body is.

use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::session::{self, Credential};
use crate::auth::tenant_capability::TenantCapability;
use crate::auth::tenant_permit::{Membership, SignedInUser, TenantPermit};
use crate::auth::token_owner::ensure_person;
use crate::auth::{Identity, Operator, Permit, Plane, User, store, token_text};
use crate::context::{Actor, TokenRef, counted_address};
use crate::db::id::parse_id;
use crate::db::{Caller, on_behalf_of};
use crate::error::{Code, Error, Result};
use crate::http::extract::{RequestMeta, ensure_single};
use crate::http::under_way::{Place, Unread};
use crate::http::{State, break_glass_reason};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use std::future::{Ready, ready};
use std::sync::Arc;

/// Who stands behind the request.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// No good credential.
    Nobody,
    /// Somebody signed in to the system plane.
    Operator(Arc<Operator>),
    /// Somebody signed in to the tenant plane, with their place in the tenant that the path names.
    User(Arc<User>, Option<Arc<Membership>>),
}

impl Authentication {
    /// The caller, if the credential was good.
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Nobody => None,
            Self::Operator(operator) => Some(operator.actor()),
            Self::User(user, _) => Some(user.actor()),
        }
    }

    /// The API token, if that was the credential.
    pub fn token(&self) -> Option<&TokenRef> {
        let via = match self {
            Self::Nobody => return None,
            Self::Operator(operator) => &operator.via,
            Self::User(user, _) => &user.via,
        };
        via.token().map(|pass| &pass.token)
    }

    /// The person for whose shares the work of the request counts.
    fn caller(&self) -> Option<Caller> {
        let tenant = match self {
            Self::User(user, membership) => membership.as_ref().map(|place| place.tenant_id).or(user.first_tenant_id),
            Self::Nobody | Self::Operator(_) => None,
        };
        // Without the token: all credentials of a person are one.
        Some(Caller::Person { person: self.actor()?.credential(None)?, tenant })
    }
}

/// Middleware of the system plane: identifies the caller and answers 404 to credentials of the other plane (ACC-01).
pub async fn authenticate_operator<B: MessageBody + Unpin + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<Unread<B>>>, actix_web::Error> {
    let found = on_behalf_of(stranger(&req), identify_operator(&req)).await;
    go_on(req, next, found).await
}

/// The same for the tenant plane.
pub async fn authenticate_user<B: MessageBody + Unpin + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<Unread<B>>>, actix_web::Error> {
    let found = on_behalf_of(stranger(&req), identify_user(&req)).await;
    go_on(req, next, found).await
}

async fn go_on<B: MessageBody + Unpin + 'static>(
    req: ServiceRequest,
    next: Next<B>,
    found: Result<Authentication>,
) -> Result<ServiceResponse<EitherBody<Unread<B>>>, actix_web::Error> {
    // Whom the credential refuses, as one of the other plane, is counted by the address.
    let counted = count(&req, found.as_ref().unwrap_or(&Authentication::Nobody));
    match counted.and(found).and_then(|found| Ok((begin(&req, &found)?, found))) {
        Ok(((caller, place), found)) => {
            req.extensions_mut().insert(found);
            on_behalf_of(caller, next.call(req))
                .await
                .map(|res| res.map_body(|_, body| EitherBody::left(Unread::of(body, place))))
        }
        // Not `into_response`, which forgets the error that the outermost layer makes the body from.
        Err(error) => {
            let (req, _) = req.into_parts();
            Ok(ServiceResponse::new(req, HttpResponse::from_error(error)).map_into_right_body())
        }
    }
}

/// The caller for whom the request works, and its place among those under way. Errors: 429.
fn begin(req: &ServiceRequest, found: &Authentication) -> Result<(Caller, Option<Place>)> {
    let caller = found.caller().unwrap_or_else(|| stranger(req));
    let place = state_of(req)?.under_way.begin(&caller)?;
    Ok((caller, place))
}

/// The address, as limits know it, for whose share a request works while its caller is not known.
fn stranger(req: &ServiceRequest) -> Caller {
    Caller::Address(counted_address(&address_of(req).unwrap_or_default()))
}

fn address_of(req: &ServiceRequest) -> Option<String> {
    req.extensions().get::<RequestMeta>().and_then(|meta| meta.ip.clone())
}

/// What carried the credential of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A header, as programs send it.
    Header,
    /// The cookie of a browser.
    Cookie,
}

/// Counts the request against what its caller may ask. Errors: 429.
fn count(req: &ServiceRequest, found: &Authentication) -> Result<()> {
    let carrier = if req.headers().contains_key(header::AUTHORIZATION) { Carrier::Header } else { Carrier::Cookie };
    let allowance = state_of(req)?.rate_limits.count(found, carrier, address_of(req).as_deref())?;
    if let Some(allowance) = allowance {
        req.extensions_mut().insert(allowance);
    }
    Ok(())
}

async fn identify_operator(req: &ServiceRequest) -> Result<Authentication> {
    ensure_single(req.headers())?;
    let Some(shown) = shown_to(req, Plane::System)? else { return Ok(Authentication::Nobody) };
    let state = state_of(req)?;
    let found = match shown {
        Shown::ApiToken(token) => {
            session::identify_api_token(&token, &state.keys, &state.identity_db, store::find_token_operator).await?
        }
        Shown::Session(token) => {
            session::identify(&token, Plane::System, &state.keys, &state.identity_db, store::find_session_operator).await?
        }
    };
    decide(found, |operator| Authentication::Operator(Arc::new(operator)))
}

async fn identify_user(req: &ServiceRequest) -> Result<Authentication> {
    ensure_single(req.headers())?;
    let Some(shown) = shown_to(req, Plane::Admin)? else { return Ok(Authentication::Nobody) };
    let state = state_of(req)?;
    let tenant_id = tenant_of(req.path());
    let found = match shown {
        Shown::ApiToken(token) => {
            let find = move |conn: &mut _, hashes: &_| store::find_token_user(conn, hashes, tenant_id);
            session::identify_api_token(&token, &state.keys, &state.identity_db, find).await?
        }
        Shown::Session(token) => {
            let find = move |conn: &mut _, session_id| store::find_session_user(conn, session_id, tenant_id);
            session::identify(&token, Plane::Admin, &state.keys, &state.identity_db, find).await?
        }
    };
    decide(found, |(user, membership)| Authentication::User(Arc::new(user), membership.map(Arc::new)))
}

fn decide<T>(found: Credential<T>, live: impl FnOnce(T) -> Authentication) -> Result<Authentication> {
    match found {
        Credential::Live(holder) => Ok(live(holder)),
        Credential::Invalid => Ok(Authentication::Nobody),
        Credential::OtherPlane => Err(Error::not_found()),
    }
}

fn state_of(req: &ServiceRequest) -> Result<web::Data<State>> {
    req.app_data::<web::Data<State>>().cloned().ok_or_else(|| Error::internal("state missing"))
}

/// The tenant below whose path a request is. Routes are not matched yet where this is asked; [`membership_of`] asks again.
fn tenant_of(path: &str) -> Option<i64> {
    path.strip_prefix(Plane::Admin.path())?.strip_prefix("/tenants/")?.split('/').next().and_then(parse_id)
}

/// What a request shows.
enum Shown {
    /// An API token, which no cookie carries.
    ApiToken(String),
    /// The token of a session.
    Session(String),
}

/// What a request shows to the plane. Errors: 403 on a write with a cookie from elsewhere.
fn shown_to(req: &ServiceRequest, plane: Plane) -> Result<Option<Shown>> {
    match bearer_token(req) {
        Some(token) if token_text::is_token(&token) => Ok(Some(Shown::ApiToken(token))),
        Some(token) => Ok(Some(Shown::Session(token))),
        None => {
            same_origin(req)?;
            Ok(cookie_value(req.headers(), plane.cookie()).map(Shown::Session))
        }
    }
}

/// Reads the value of a cookie. Others of the domain write cookies too, in any bytes, so what they wrote is passed over. Two values
/// under one name cannot both be ours, and their order tells nothing (RFC 6265, 4.2.2): neither is believed.
fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values =
        pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.trim_ascii_start().strip_prefix(b"="));
    let value = values.next()?;
    if values.any(|other| other != value) {
        return None;
    }
    std::str::from_utf8(value.trim_ascii()).ok().map(ToOwned::to_owned)
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

fn authentication_of(req: &HttpRequest) -> Authentication {
    req.extensions().get::<Authentication>().cloned().unwrap_or(Authentication::Nobody)
}

fn operator_of(req: &HttpRequest) -> Result<Arc<Operator>> {
    match authentication_of(req) {
        Authentication::Operator(operator) => Ok(operator),
        _ => Err(Error::unauthenticated()),
    }
}

fn user_of(req: &HttpRequest) -> Result<(Arc<User>, Option<Arc<Membership>>)> {
    match authentication_of(req) {
        Authentication::User(user, membership) => Ok((user, membership)),
        _ => Err(Error::unauthenticated()),
    }
}

/// The caller's place in the tenant that the route names. Errors: 401, 404 for who is no member.
fn membership_of(req: &HttpRequest) -> Result<(Arc<User>, Arc<Membership>)> {
    let (user, membership) = user_of(req)?;
    let named = req.match_info().get("tenant").and_then(parse_id);
    let membership = membership.filter(|membership| Some(membership.tenant_id) == named);
    Ok((user, membership.ok_or_else(Error::not_found)?))
}

impl<C: Capability> FromRequest for Permit<C> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(operator_of(req).and_then(|operator| {
            let permit = Permit::of(&operator)?;
            break_glass_reason::ensure(req, &operator)?;
            Ok(permit)
        }))
    }
}

impl FromRequest for SignedInUser {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(user_of(req).map(|(user, _)| SignedInUser(user)))
    }
}

/// Somebody who is there in person: what a program with an API token may not do, whatever it was made with.
#[derive(Debug)]
pub struct InPerson<T>(pub T);

impl FromRequest for InPerson<Permit<AccessSystemPanel>> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let permit = Permit::<AccessSystemPanel>::from_request(req, payload).into_inner();
        ready(permit.and_then(|permit| {
            ensure_person(&permit.operator().ok_or_else(Error::unauthenticated)?.via)?;
            Ok(Self(permit))
        }))
    }
}

impl FromRequest for InPerson<SignedInUser> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(user_of(req).and_then(|(user, _)| {
            ensure_person(&user.via)?;
            Ok(Self(SignedInUser(user)))
        }))
    }
}

/// The tenant is the path parameter `tenant`.
impl<C: TenantCapability> FromRequest for TenantPermit<C> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(membership_of(req).and_then(|(user, membership)| TenantPermit::of(&user, &membership)))
    }
}
