//! `POST /alerts/destinations`

use super::{IdempotencyKey, created};
use crate::alerts::Destination;
use crate::alerts::destination::{DestinationKind, SmtpTls};
use crate::alerts::destinations::{self as use_case, DestinationInput, NewDestination};
use crate::auth::Permit;
use crate::auth::capability::{AlertsManage, Capability};
use crate::context::Ctx;
use crate::error::Result;
use crate::http::State;
use crate::http::extract::{Body, NoParams, RawBody};
use crate::http::problem::Problem;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A destination: teams needs `url`; webhook `url` and `secret`; email `smtp_host`, `smtp_port`, `smtp_tls`, `from`, `to`, and
/// with TLS perhaps `smtp_username` and `smtp_password`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateAlertDestinationBody)]
pub struct CreateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// By what means it is reached.
    kind: DestinationKind,
    /// Whether anything is sent there; left out: it is.
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

impl CreateBody {
    fn into_new(self) -> NewDestination {
        let (name, kind, enabled) = (self.name, self.kind, self.enabled.unwrap_or(true));
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
        NewDestination { name, kind, enabled, input }
    }
}

/// Make an alert destination
///
/// Its secret is stored encrypted and never shown again. Addresses of private networks are refused unless the settings list
/// them.
#[utoipa::path(tag = "alerts", operation_id = "create_alert_destination", request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 201, description = "The destination; its address is in Location.", body = Destination, headers(("Location" = String, description = "Address of the destination."))),
        (status = 409, description = "name-taken; limit-reached: there are as many destinations as the settings allow; or idempotency-key-in-flight.", body = Problem, content_type = "application/problem+json")))]
#[post("/alerts/destinations")]
pub async fn create_alert_destination(
    permit: Permit<AlertsManage>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
) -> Result<HttpResponse> {
    let body: Body<CreateBody> = body.parse()?;
    let idempotency = key.request(&ctx, "create_alert_destination".to_owned(), body.hash);
    let (new, outbox, most) = (body.value.into_new(), state.outbox.clone(), state.config.alert_destinations);
    let create = move |conn: &mut _| {
        let destination = use_case::create_destination(&ctx, &permit, conn, &outbox, new, most)?;
        let location = format!("/api/v1/system/alerts/destinations/{}", destination.id);
        Ok((destination, Some(location)))
    };
    created(&state, idempotency, StatusCode::CREATED, create).await
}
