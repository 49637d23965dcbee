//! A rule: which events are told, where to, and when not.

use super::Severity;
use super::quiet_hours::QuietHours;
use super::store::rules::RuleRow;
use crate::error::Result;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A destination in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DestinationRef {
    /// Row id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A rule as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AlertRule)]
pub struct Rule {
    /// Row id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// Whether it makes deliveries.
    pub enabled: bool,
    /// Kinds of events that it tells of.
    pub events: Vec<String>,
    /// It tells of what is at least so urgent.
    pub minimum_severity: Severity,
    /// Only of events in these workspaces; empty: in all. What concerns the whole installation concerns each of them.
    pub workspace_ids: Vec<i64>,
    /// Only of events about these operations; empty: about all.
    pub operation_types: Vec<String>,
    /// Where it tells of them.
    pub destinations: Vec<DestinationRef>,
    /// For so long nothing more is sent about the same subject.
    pub cooldown_seconds: i32,
    /// When it holds back.
    pub quiet_hours: Option<QuietHours>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Names its state, for `ETag`.
    #[serde(skip)]
    pub version: i64,
}

/// What a rule says, checked.
#[derive(Debug, Clone)]
pub struct RuleTerms {
    /// What people call it.
    pub name: String,
    /// Whether it makes deliveries.
    pub enabled: bool,
    /// Ids of kinds of events.
    pub events: Vec<String>,
    /// At least so urgent.
    pub minimum_severity: Severity,
    /// Workspaces; empty: all.
    pub workspace_ids: Vec<i64>,
    /// Operation types; empty: all.
    pub operation_types: Vec<String>,
    /// Destinations, at least one.
    pub destination_ids: Vec<i64>,
    /// Seconds.
    pub cooldown_seconds: i32,
    /// When it holds back.
    pub quiet_hours: Option<QuietHours>,
}

impl Rule {
    pub(super) fn of(row: RuleRow) -> Result<Self> {
        let destinations = row.destination_ids.into_iter().zip(row.destination_names);
        let quiet_hours = match (row.quiet_from, row.quiet_to, row.time_zone) {
            (Some(from), Some(to), Some(time_zone)) => Some(QuietHours { from, to, time_zone }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            name: row.name,
            enabled: row.enabled,
            events: row.events,
            minimum_severity: Severity::parse(&row.minimum_severity)?,
            workspace_ids: row.workspace_ids,
            operation_types: row.operation_types,
            destinations: destinations.map(|(id, name)| DestinationRef { id, name }).collect(),
            cooldown_seconds: row.cooldown_seconds,
            quiet_hours,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
