//! A delivery as it is shown.

use super::reason::DeliveryReason;
use super::store::deliveries::DeliveryRow;
use super::{Severity, event};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent: now, at the next attempt, or after quiet hours.
    Pending,
    /// The receiver has taken it.
    Sent,
    /// Given up; it can be retried.
    Failed,
    /// Not sent on purpose.
    Suppressed,
}

impl DeliveryState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Suppressed => "suppressed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [Self::Pending, Self::Sent, Self::Failed, Self::Suppressed]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Error::internal(format!("unknown state of a delivery {text}")))
    }
}

/// One dispatch of an alert to one destination.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AlertDelivery)]
pub struct Delivery {
    /// Row id.
    pub id: i64,
    /// Goes along with each attempt; a receiver drops what it has seen.
    pub uid: Uuid,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it failed, was suppressed, or waits.
    pub reason: Option<DeliveryReason>,
    /// Status of the last answer, of HTTP or SMTP.
    pub response_status: Option<i32>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, while pending.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_attempt_at: Option<OffsetDateTime>,
    /// Kind of the event.
    #[schema(example = "operations.run.failed")]
    pub event: String,
    /// The same for people.
    pub event_label: String,
    /// How urgent it is.
    pub severity: Severity,
    /// What happened.
    pub title: String,
    /// Its rule; null when that is gone, or when a destination was tried out.
    pub rule_id: Option<i64>,
    /// What the rule was called then.
    pub rule_name: Option<String>,
    /// Its destination; null when that is gone.
    pub destination_id: Option<i64>,
    /// What the destination was called then.
    pub destination_name: String,
    /// teams, webhook or email.
    pub destination_kind: String,
    /// Where it happened; null: in the whole installation.
    pub workspace_id: Option<i64>,
    /// In which tenant.
    pub tenant_id: Option<i64>,
    /// The run it is about.
    pub run_id: Option<i64>,
    /// The delivery that told of this one after the quiet hours.
    pub summary_id: Option<i64>,
    /// Facts that go along.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// When it happened.
    #[serde(with = "time::serde::rfc3339")]
    pub occurred_at: OffsetDateTime,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it reached its last state.
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl Delivery {
    pub(super) fn of(row: DeliveryRow) -> Result<Self> {
        let state = DeliveryState::parse(&row.state)?;
        Ok(Self {
            id: row.id,
            uid: row.uid,
            state,
            reason: row.reason.map(DeliveryReason::of),
            response_status: row.response_status,
            attempts: row.attempts,
            next_attempt_at: (state == DeliveryState::Pending).then_some(row.due_at),
            event_label: event::label(&row.event).to_owned(),
            event: row.event,
            severity: Severity::parse(&row.severity)?,
            title: row.title,
            rule_id: row.rule_id,
            rule_name: row.rule_name,
            destination_id: row.destination_id,
            destination_name: row.destination_name,
            destination_kind: row.destination_kind,
            workspace_id: row.workspace_id,
            tenant_id: row.tenant_id,
            run_id: row.run_id,
            summary_id: row.summary_id,
            metadata: row.metadata,
            occurred_at: row.occurred_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}
