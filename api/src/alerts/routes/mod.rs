//! HTTP of alerts. Always over the primary database: who has just changed something has to see it.

mod create_alert_destination;
mod create_alert_rule;
mod delete_alert_destination;
mod delete_alert_rule;
mod get_alert_delivery;
mod get_alert_destination;
mod get_alert_rule;
mod list_alert_deliveries;
mod list_alert_destinations;
mod list_alert_events;
mod list_alert_rules;
mod retry_alert_delivery;
mod test_alert_destination;
mod test_alert_rule;
mod update_alert_destination;
mod update_alert_rule;

use super::Delivery;
use crate::auth::Permit;
use crate::auth::capability::Capability;
use crate::db::page::PageRequest;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::idempotency::{IdempotencyKey, REPLAYED};
use crate::http::if_match::etag;
use crate::idempotency::{self, IdempotentRequest, StoredAnswer};
use crate::runbooks;
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use diesel::PgConnection;
use serde::{Deserialize, Deserializer, Serialize};
use std::future::{Ready, ready};
use utoipa::{IntoParams, ToSchema};

/// Mounts the operations.
pub fn configure(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(list_alert_events::list_alert_events)
        .service(list_alert_rules::list_alert_rules)
        .service(create_alert_rule::create_alert_rule)
        .service(get_alert_rule::get_alert_rule)
        .service(update_alert_rule::update_alert_rule)
        .service(delete_alert_rule::delete_alert_rule)
        .service(test_alert_rule::test_alert_rule)
        .service(list_alert_destinations::list_alert_destinations)
        .service(create_alert_destination::create_alert_destination)
        .service(get_alert_destination::get_alert_destination)
        .service(update_alert_destination::update_alert_destination)
        .service(delete_alert_destination::delete_alert_destination)
        .service(test_alert_destination::test_alert_destination)
        .service(list_alert_deliveries::list_alert_deliveries)
        .service(get_alert_delivery::get_alert_delivery)
        .service(retry_alert_delivery::retry_alert_delivery);
}

/// Where a page begins and how long it may be.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageParams {
    /// Rows wanted, 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageParams {
    fn page(&self) -> Result<PageRequest> {
        PageRequest::parse(self.limit, self.cursor.as_deref())
    }
}

/// What a test has made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestedAlertBody)]
pub struct TestedBody {
    /// One delivery for each destination.
    items: Vec<Delivery>,
}

/// Operations that rules can name.
fn operation_types() -> Vec<&'static str> {
    runbooks::CATALOG.iter().map(|runbook| runbook.info().key).collect()
}

/// A member that is there, null or not.
#[allow(clippy::option_option, reason = "left out, null, and a value are three things")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An answer with its version in `ETag`.
fn with_etag<T: Serialize>(mut response: HttpResponseBuilder, version: i64, body: &T) -> HttpResponse {
    response.insert_header(etag(&version.to_string())).json(body)
}

/// The key under which a request may come again.
struct AlertHeaders {
    key: Option<String>,
}

impl AlertHeaders {
    /// The request as something that may come again, if it has a key; all sessions of an operator are one credential.
    fn idempotent<C: Capability>(
        self,
        permit: &Permit<C>,
        operation: String,
        request_hash: [u8; 32],
    ) -> Option<IdempotentRequest> {
        let credential = format!("operator:{}", permit.operator()?.id);
        self.key.map(|key| IdempotentRequest { credential, operation, key, request_hash })
    }
}

impl FromRequest for AlertHeaders {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(IdempotencyKey::from_request(req, payload).into_inner().map(|IdempotencyKey(key)| Self { key }))
    }
}

/// Does what makes something once for each key, in one transaction with the answer that is kept: what was made, and its
/// address if it has one.
async fn created<T: Serialize>(
    state: &State,
    request: Option<IdempotentRequest>,
    status: StatusCode,
    make: impl FnOnce(&mut PgConnection) -> Result<(T, Option<String>)> + Send + 'static,
) -> Result<HttpResponse> {
    let write = move |conn: &mut PgConnection| {
        if let Some(request) = &request
            && let Some(answer) = idempotency::claim(conn, request)?
        {
            return Ok((answer, true));
        }
        let (body, location) = make(conn)?;
        let body = serde_json::to_value(&body).map_err(Error::internal)?;
        let answer = StoredAnswer { status: status.as_u16(), location, body };
        if let Some(request) = &request {
            idempotency::keep(conn, request, &answer)?;
        }
        Ok((answer, false))
    };
    let (answer, is_replayed) = state.db.write(write).await?;
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).map_err(Error::internal)?);
    if is_replayed {
        response.insert_header((REPLAYED, "true"));
    }
    if let Some(location) = &answer.location {
        response.insert_header((header::LOCATION, location.as_str()));
    }
    Ok(response.json(&answer.body))
}
