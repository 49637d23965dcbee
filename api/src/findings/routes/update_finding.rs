//! `PATCH /tenants/{tenant}/findings/{id}` of the tenant plane

use super::with_etag;
use crate::auth::TenantPermit;
use crate::auth::tenant_capability::{FindingsEdit, TenantCapability};
use crate::context::Ctx;
use crate::error::Result;
use crate::findings::edit::FindingEdit;
use crate::findings::model::Status;
use crate::findings::{Finding, update_finding as use_case};
use crate::http::State;
use crate::http::extract::{Body, NoParams, PathId, time_in_utc};
use crate::http::if_match::IfMatch;
use crate::http::problem::Problem;
use actix_web::{HttpResponse, patch, web};
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use utoipa::ToSchema;
use validator::Validate;

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingBody {
    /// Where it is to stand: one of its `transitions`.
    #[schema(example = "risk_accepted")]
    status: Option<Status>,
    /// When it has to be repaired; null: never. Scans and backfills keep it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-01-31T12:00:00Z")]
    due_at: Option<Option<OffsetDateTime>>,
    /// Why it is closed, or its risk accepted; needed with these statuses. 5 to 500 characters without outer white space.
    #[schema(min_length = 5, max_length = 500, example = "A legacy scanner needs it until spring.")]
    closed_reason: Option<String>,
}

/// A member that is there, null or not.
#[allow(clippy::option_option, reason = "left out, null, and a time are three things")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<OffsetDateTime>>, D::Error> {
    time_in_utc(deserializer).map(Some)
}

/// Change a finding
///
/// Its status along the legal transitions, its due date, its closing reason. A running backfill overwrites none of it. Asking
/// for what is so already changes nothing.
#[utoipa::path(tag = "tenant plane", operation_id = "update_finding", request_body = FindingBody,
    params(("tenant" = i64, Path, description = "Id of the tenant."), ("id" = i64, Path, description = "The finding."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(FindingsEdit::ENTRY.name))),
    responses(
        (status = 200, description = "The finding as it is now.", body = Finding, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "illegal-transition: the finding cannot go from its status to this one; wrong-state: it was folded into another.",
            body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "precondition-failed: the finding is not as If-Match says.",
            body = Problem, content_type = "application/problem+json")))]
#[patch("/tenants/{tenant}/findings/{id}")]
pub async fn update_finding(
    permit: TenantPermit<FindingsEdit>,
    id: PathId,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    if_match: IfMatch,
    body: Body<FindingBody>,
) -> Result<HttpResponse> {
    let FindingBody { status, due_at, closed_reason } = body.value;
    let (edit, expected) = (FindingEdit { status, due_at, closed_reason }, if_match.0);
    let scope = permit.scope();
    let change = move |conn: &mut _| use_case::update_finding(&ctx, &permit, conn, id.0, &edit, expected.as_deref());
    let finding = state.db.tenant_write(scope, change).await?;
    Ok(with_etag(&finding))
}
