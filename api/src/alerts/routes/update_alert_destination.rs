//! `PATCH /alerts/destinations/{id}`

use super::with_etag;
use crate::alerts::Destination;
use crate::alerts::destination::SmtpTls;
use crate::alerts::destinations::{self as use_case, DestinationChange, DestinationInput};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, PathId, RawBody};
use crate::http::if_match::IfMatch;
use crate::http::problem::Problem;
use actix_web::{HttpResponse, patch, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Members to change of a destination; those that are left out stay. A password has to be given anew when the mail server or the
/// user name changes, and a webhook's secret when its address changes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateAlertDestinationBody)]
pub struct UpdateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether anything is sent there.
    enabled: Option<bool>,
    /// Address of a webhook, or of a Teams channel's incoming webhook: http or https. Never shown again as a whole.
    #[schema(max_length = 2000, example = "https://hooks.example.com/atlas")]
    url: Option<String>,
    /// Signs requests to a webhook: 16 to 256 visible ASCII characters. Never shown again.
    #[schema(min_length = 16, max_length = 256)]
    secret: Option<String>,
    /// Host of the mail server.
    #[schema(example = "smtp.example.com")]
    smtp_host: Option<String>,
    /// Its port.
    #[schema(minimum = 1, maximum = 65535, example = 587)]
    smtp_port: Option<u16>,
    /// How the connection is protected.
    smtp_tls: Option<SmtpTls>,
    /// Who signs in there; left out or empty: nobody.
    #[schema(max_length = 200)]
    smtp_username: Option<String>,
    /// Their password. Never shown again.
    #[schema(max_length = 500)]
    smtp_password: Option<String>,
    /// Sender of the mails.
    #[schema(example = "TenantAtlas <atlas@example.com>")]
    from: Option<String>,
    /// Their recipients.
    #[schema(min_items = 1, max_items = 20)]
    to: Option<Vec<String>>,
}

impl UpdateBody {
    fn into_change(self) -> DestinationChange {
        let (name, enabled) = (self.name, self.enabled);
        let input = DestinationInput {
            url: self.url,
            secret: self.secret,
            smtp_host: self.smtp_host,
            smtp_port: self.smtp_port,
            smtp_tls: self.smtp_tls,
            smtp_username: self.smtp_username,
            smtp_password: self.smtp_password,
            from: self.from,
            to: self.to,
        };
        DestinationChange { name, enabled, input }
    }
}

/// Change an alert destination
///
/// Also enables and disables it. A secret that is not given stays.
#[utoipa::path(tag = "alerts", operation_id = "update_alert_destination", request_body = UpdateBody,
    params(("id" = i64, Path, description = "The destination."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 200, description = "The destination as it is now.", body = Destination, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "name-taken.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "precondition-failed: it is not as If-Match says.",
            body = Problem, content_type = "application/problem+json")))]
#[patch("/alerts/destinations/{id}")]
pub async fn update_alert_destination(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    ctx: Ctx,
    state: web::Data<State>,
    if_match: IfMatch,
    body: RawBody,
) -> Result<HttpResponse> {
    let body: Body<UpdateBody> = body.parse()?;
    let (change, outbox) = (body.value.into_change(), state.outbox.clone());
    let update =
        move |conn: &mut _| use_case::update_destination(&ctx, &permit, conn, &outbox, (id.0, if_match.0.as_deref()), change);
    let destination = state.db.write(update).await?;
    Ok(with_etag(HttpResponse::Ok(), destination.version, &destination))
}
