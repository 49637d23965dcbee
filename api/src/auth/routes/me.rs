//! `GET /auth/me`

use crate::auth::capability::{AccessSystemPanel, Capability};
use crate::auth::{Operator, Permit};
use crate::error::{Error, Result};
use crate::http::extract::NoParams;
use actix_web::{get, web};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

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

/// Who is signed in
///
/// The operator of the session with the capabilities held now.
#[utoipa::path(tag = "auth", operation_id = "me",
    extensions(("x-required-capability" = json!(AccessSystemPanel::ENTRY.name))), responses((status = 200, description = "The operator of the session.", body = OperatorBody)))]
#[get("/auth/me")]
pub async fn me(permit: Permit<AccessSystemPanel>, _: NoParams) -> Result<web::Json<OperatorBody>> {
    let operator = permit.operator().ok_or_else(Error::not_found)?;
    Ok(web::Json(OperatorBody::from(operator)))
}
