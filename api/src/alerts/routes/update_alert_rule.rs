//! `PATCH /alerts/rules/{id}`

use super::{given, operation_types, with_etag};
use crate::alerts::quiet_hours::QuietHours;
use crate::alerts::rule::RuleTerms;
use crate::alerts::{Rule, Severity, rules as use_case};
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

/// What is to change of a rule; what is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateAlertRuleBody)]
pub struct UpdateBody {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Whether it makes deliveries.
    enabled: Option<bool>,
    /// Kinds of events that it tells of.
    #[schema(min_items = 1, max_items = 50)]
    events: Option<Vec<String>>,
    /// It tells of what is at least so urgent.
    minimum_severity: Option<Severity>,
    /// Only of events in these workspaces; empty: in all.
    #[schema(max_items = 50)]
    workspace_ids: Option<Vec<i64>>,
    /// Only of events about these operations; empty: about all.
    #[schema(max_items = 50)]
    operation_types: Option<Vec<String>>,
    /// Where it tells of them.
    #[schema(min_items = 1, max_items = 50)]
    destination_ids: Option<Vec<i64>>,
    /// For so long nothing more is sent about the same subject.
    #[schema(minimum = 0, maximum = 604800)]
    cooldown_seconds: Option<i32>,
    /// When it holds back; null: never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<QuietHours>)]
    quiet_hours: Option<Option<QuietHours>>,
}

impl UpdateBody {
    fn apply(self, rule: &Rule) -> RuleTerms {
        let present = || rule.destinations.iter().map(|one| one.id).collect();
        RuleTerms {
            name: self.name.unwrap_or_else(|| rule.name.clone()),
            enabled: self.enabled.unwrap_or(rule.enabled),
            events: self.events.unwrap_or_else(|| rule.events.clone()),
            minimum_severity: self.minimum_severity.unwrap_or(rule.minimum_severity),
            workspace_ids: self.workspace_ids.unwrap_or_else(|| rule.workspace_ids.clone()),
            operation_types: self.operation_types.unwrap_or_else(|| rule.operation_types.clone()),
            destination_ids: self.destination_ids.unwrap_or_else(present),
            cooldown_seconds: self.cooldown_seconds.unwrap_or(rule.cooldown_seconds),
            quiet_hours: self.quiet_hours.unwrap_or_else(|| rule.quiet_hours.clone()),
        }
    }
}

/// Change an alert rule
///
/// Also enables and disables it.
#[utoipa::path(tag = "alerts", operation_id = "update_alert_rule", request_body = UpdateBody,
    params(("id" = i64, Path, description = "The rule."),
           ("If-Match" = Option<String>, Header, description = "ETag of the state that was decided on.")),
    extensions(("x-required-capability" = json!(AlertsManage::ENTRY.name))),
    responses(
        (status = 200, description = "The rule as it is now.", body = Rule, headers(("ETag" = String, description = "Its state."))),
        (status = 409, description = "name-taken.", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "precondition-failed: it is not as If-Match says.",
            body = Problem, content_type = "application/problem+json")))]
#[patch("/alerts/rules/{id}")]
pub async fn update_alert_rule(
    permit: Permit<AlertsManage>,
    _: NoParams,
    id: PathId,
    ctx: Ctx,
    state: web::Data<State>,
    if_match: IfMatch,
    body: RawBody,
) -> Result<HttpResponse> {
    let body: Body<UpdateBody> = body.parse()?;
    let update = move |conn: &mut _| {
        let (types, change) = (operation_types(), |rule: &Rule| body.value.apply(rule));
        use_case::update_rule(&ctx, &permit, conn, (id.0, if_match.0.as_deref()), change, &types)
    };
    let rule = state.db.write(update).await?;
    Ok(with_etag(HttpResponse::Ok(), rule.version, &rule))
}
