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
use crate::db::page::PageRequest;
use crate::error::{Error, Result};
use crate::http::State;
use crate::http::idempotency::{IdempotencyKey, respond};
use crate::http::if_match::etag;
use crate::idempotency::{IdempotentRequest, StoredAnswer, once};
use crate::runbooks;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use diesel::PgConnection;
use serde::{Deserialize, Deserializer, Serialize};
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

/// Does what makes something once for each key, in one transaction with the answer that is kept: what was made, and its
/// address if it has one.
async fn created<T: Serialize>(
    state: &State,
    request: Option<IdempotentRequest>,
    status: StatusCode,
    make: impl FnOnce(&mut PgConnection) -> Result<(T, Option<String>)> + Send + 'static,
) -> Result<HttpResponse> {
    let answered = state.db.write(move |conn: &mut PgConnection| {
        once(conn, request.as_ref(), |conn| {
            let (body, location) = make(conn)?;
            let body = serde_json::to_value(&body).map_err(Error::internal)?;
            Ok(StoredAnswer { status: status.as_u16(), location, etag: None, body }.into())
        })
    });
    respond(&answered.await?)
}
