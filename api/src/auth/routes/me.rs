//! `GET /auth/me`

use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::{Operator, Permit};
use crate::error::{Code, Error, Result};
use crate::http::extract::Params;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// The operator who is signed in.
#[derive(Serialize, ToSchema)]
pub struct OperatorBody {
    operator: OperatorProfile,
}

/// What an operator sees of themselves.
#[derive(Serialize, ToSchema)]
pub struct OperatorProfile {
    /// `platform_user_id` elsewhere.
    id: i64,
    /// Normalised e-mail address.
    email: String,
    /// Display name.
    name: String,
    /// Names of the capabilities held, sorted.
    capabilities: Vec<String>,
    /// Whether a break-glass session is open.
    is_break_glass: bool,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339::option")]
    break_glass_expires_at: Option<OffsetDateTime>,
}

impl OperatorBody {
    /// The operator with break-glass open until then.
    pub(super) fn raised(operator: &Operator, until: OffsetDateTime) -> Self {
        Self::from(&operator.clone().raised(Some(until)))
    }
}

impl From<&Operator> for OperatorBody {
    fn from(operator: &Operator) -> Self {
        Self {
            operator: OperatorProfile {
                id: operator.id,
                email: operator.email.clone(),
                name: operator.name.clone(),
                capabilities: operator.capabilities.clone(),
                is_break_glass: operator.break_glass_until.is_some(),
                break_glass_expires_at: operator.break_glass_until,
            },
        }
    }
}

/// Query of the request.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeParams {
    /// True: that nobody is signed in is an answer (204), not an error; for pages, whose browsers tell of every error.
    #[serde(default)]
    #[param(nullable = false)]
    optional: bool,
}

impl MeParams {
    /// The permit of whoever is signed in, or nobody's where that is an answer.
    pub(super) fn allowing_nobody<P>(&self, permit: Result<P>) -> Result<Option<P>> {
        match permit {
            Err(error) if self.optional && error.code() == Code::Unauthenticated => Ok(None),
            permit => permit.map(Some),
        }
    }
}

/// Who is signed in
///
/// The operator of the session with the capabilities held now.
#[utoipa::path(tag = "auth", operation_id = "me", params(MeParams),
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name))),
    responses((status = 200, description = "The operator of the session.", body = OperatorBody),
              (status = 204, description = "Nobody is signed in, and optional was asked for.")))]
#[get("/auth/me")]
pub async fn me(permit: Result<Permit<AccessSystemPanel>>, params: Params<MeParams>) -> Result<HttpResponse> {
    let Some(permit) = params.0.allowing_nobody(permit)? else { return Ok(HttpResponse::NoContent().finish()) };
    let operator = permit.operator().ok_or_else(Error::not_found)?;
    Ok(HttpResponse::Ok().json(OperatorBody::from(operator)))
}
