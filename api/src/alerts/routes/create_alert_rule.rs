//! `POST /alerts/rules`

use super::{IdempotencyKey, created, operation_types};
use crate::alerts::quiet_hours::QuietHours;
use crate::alerts::rule::RuleTerms;
use crate::alerts::{Rule, Severity, rules as use_case};
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

/// What a rule says.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateAlertRuleBody)]
pub struct CreateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Whether it makes deliveries; left out: it does.
    enabled: Option<bool>,
    /// Kinds of events that it tells of.
    #[schema(min_items = 1, max_items = 50, example = json!(["operations.run.failed", "operations.run.stale"]))]
    events: Vec<String>,
    /// It tells of what is at least so urgent; left out: of everything.
    minimum_severity: Option<Severity>,
    /// Only of events in these workspaces; left out or empty: in all.
    #[serde(default)]
    #[schema(max_items = 50)]
    workspace_ids: Vec<i64>,
    /// Only of events about these operations; left out or empty: about all.
    #[serde(default)]
    #[schema(max_items = 50)]
    operation_types: Vec<String>,
    /// Where it tells of them.
    #[schema(min_items = 1, max_items = 50)]
    destination_ids: Vec<i64>,
    /// For so long nothing more is sent about the same subject; left out: 0.
    #[schema(minimum = 0, maximum = 604800)]
    cooldown_seconds: Option<i32>,
    /// When it holds back; left out: never.
    quiet_hours: Option<QuietHours>,
}

impl From<CreateBody> for RuleTerms {
    fn from(body: CreateBody) -> Self {
        Self {
            name: body.name,
            enabled: body.enabled.unwrap_or(true),
            events: body.events,
            minimum_severity: body.minimum_severity.unwrap_or(Severity::Info),
            workspace_ids: body.workspace_ids,
            operation_types: body.operation_types,
            destination_ids: body.destination_ids,
            cooldown_seconds: body.cooldown_seconds.unwrap_or(0),
            quiet_hours: body.quiet_hours,
        }
    }
}

/// Make an alert rule
///
/// It tells of events from now on.
#[utoipa::path(tag = "alerts", operation_id = "create_alert_rule", request_body = CreateBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat for 24 hours.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 201, description = "The rule; its address is in Location.", body = Rule, headers(("Location" = String, description = "Address of the rule."))),
        (status = 409, description = "name-taken; limit-reached: there are as many rules as the settings allow; or idempotency-key-in-flight.", body = Problem, content_type = "application/problem+json")))]
#[post("/alerts/rules")]
pub async fn create_alert_rule(
    permit: Permit<AlertsManage>,
    _: NoParams,
    ctx: Ctx,
    state: web::Data<State>,
    key: IdempotencyKey,
    body: RawBody,
) -> Result<HttpResponse> {
    let body: Body<CreateBody> = body.parse()?;
    let idempotency = key.request(&ctx, "create_alert_rule".to_owned(), body.hash);
    let most = state.config.alert_rules;
    let create = move |conn: &mut _| {
        let rule = use_case::create_rule(&ctx, &permit, conn, &body.value.into(), &operation_types(), most)?;
        let location = format!("/api/v1/system/alerts/rules/{}", rule.id);
        Ok((rule, Some(location)))
    };
    created(&state, idempotency, StatusCode::CREATED, create).await
}
