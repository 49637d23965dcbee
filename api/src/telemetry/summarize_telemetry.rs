//! What was used within a period: figures only, never rows or who it was (TEL-05, TEL-08).

use super::catalog::{CATALOG, FamilyInfo};
use super::pieces::{Pieces, Width};
use super::prune;
use super::store::summary::{self as store, Part};
use super::window::{Period, Window};
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::db::{clock, in_snapshot};
use crate::error::Result;
use diesel::PgConnection;
use serde::Serialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What is summarised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// What ends now.
    Window(Window),
    /// What lies between two times.
    Period(Period),
}

/// Product telemetry of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TelemetrySummary {
    /// The period.
    pub window: Period,
    /// The period before, as long, which ends where this begins.
    pub previous_window: PreviousPeriod,
    /// Workspaces with an event.
    pub active_workspaces: i64,
    /// The same of the previous period.
    pub previous_active_workspaces: i64,
    /// Events of all families.
    pub total_events: i64,
    /// Every family, also where nothing happened.
    pub families: Vec<FamilyCount>,
    /// How it went over the period, point by point, also where nothing happened.
    pub trend: Vec<TrendPoint>,
}

/// A period that figures are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviousPeriod {
    /// When it was.
    #[serde(flatten)]
    pub period: Period,
    /// Whether events are kept since it began. If not, its figures may be too low, and to compare with them says nothing.
    pub is_complete: bool,
}

/// Events of one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FamilyCount {
    /// The family.
    #[serde(flatten)]
    pub info: FamilyInfo,
    /// Events of the period.
    pub count: i64,
    /// Events of the previous period.
    pub previous_count: i64,
}

/// What lies within the period from here to the next point: five minutes, an hour or a day (UTC), by the length of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrendPoint {
    /// Where it begins; the first point may begin before the period, of which it then holds a part.
    #[serde(with = "time::serde::rfc3339")]
    pub bucket_start: OffsetDateTime,
    /// Workspaces with an event.
    pub active_workspaces: i64,
    /// Events by name, each family with its figure.
    #[schema(example = json!({ "product.operations.started": 3 }))]
    pub counts: BTreeMap<&'static str, i64>,
}

/// Reads the summary in one snapshot of its own, where events are kept for so many days.
pub fn summarize_telemetry(
    permit: &Permit<ConsoleView>,
    conn: &mut PgConnection,
    asked: Asked,
    retention_days: u16,
) -> Result<TelemetrySummary> {
    in_snapshot(conn, |conn| {
        let (period, now) = match asked {
            Asked::Window(window) => Period::ending_now(conn, window).map(|period| (period, period.end_at))?,
            Asked::Period(period) => (period, clock::read(conn)?.time()),
        };
        summarize_in_snapshot(permit, conn, period, prune::cutoff(now, retention_days))
    })
}

/// The same within the snapshot of the caller, where events are removed that happened before the cutoff. The snapshot has to be
/// one for all statements: what is being folded meanwhile would be counted twice or not at all.
pub fn summarize_in_snapshot(
    _permit: &Permit<ConsoleView>,
    conn: &mut PgConnection,
    period: Period,
    cutoff: OffsetDateTime,
) -> Result<TelemetrySummary> {
    // A command may have been told to keep fewer days.
    let kept_since = store::find_removed_before(conn)?.map_or(cutoff, |removed_before| removed_before.max(cutoff));
    let previous = period.previous();
    let step = Width::of(period);
    let usage = Usage::of(store::load_parts(conn, &Pieces::of(period, step))?);
    let before = Usage::of(store::load_parts(conn, &Pieces::of(previous, step))?);
    let families: Vec<FamilyCount> = CATALOG
        .iter()
        .map(|info| FamilyCount { info: *info, count: usage.count_of(info), previous_count: before.count_of(info) })
        .collect();
    let nothing = Used::default();
    let point = |at: OffsetDateTime| {
        let used = usage.points.get(&at).unwrap_or(&nothing);
        TrendPoint {
            bucket_start: at,
            active_workspaces: used.workspace_ids.len() as i64,
            counts: CATALOG.iter().map(|info| (info.event_name, used.count_of(info))).collect(),
        }
    };
    Ok(TelemetrySummary {
        window: period,
        previous_window: PreviousPeriod { period: previous, is_complete: previous.start_at >= kept_since },
        active_workspaces: usage.count_active(),
        previous_active_workspaces: before.count_active(),
        total_events: families.iter().map(|family| family.count).sum(),
        trend: step.points(period).map(point).collect(),
        families,
    })
}

/// What was used at a point of the trend.
#[derive(Debug, Default)]
struct Used {
    counts: BTreeMap<String, i64>,
    /// In order, each once.
    workspace_ids: Vec<i64>,
}

impl Used {
    fn count_of(&self, info: &FamilyInfo) -> i64 {
        self.counts.get(info.event_name).copied().unwrap_or_default()
    }
}

/// What was used within a period, by point.
#[derive(Debug, Default)]
struct Usage {
    points: BTreeMap<OffsetDateTime, Used>,
}

impl Usage {
    fn of(parts: Vec<Part>) -> Self {
        let mut usage = Self::default();
        for Part { point, event_name, count, workspace_ids } in parts {
            let used = usage.points.entry(point).or_default();
            used.workspace_ids.extend(workspace_ids);
            if let Some(name) = event_name {
                *used.counts.entry(name).or_default() += count;
            }
        }
        usage.points.values_mut().for_each(|used| make_set(&mut used.workspace_ids));
        usage
    }

    fn count_of(&self, info: &FamilyInfo) -> i64 {
        self.points.values().map(|used| used.count_of(info)).sum()
    }

    fn count_active(&self) -> i64 {
        let mut all: Vec<i64> = self.points.values().flat_map(|used| &used.workspace_ids).copied().collect();
        make_set(&mut all);
        all.len() as i64
    }
}

/// Puts ids in order, each once.
fn make_set(ids: &mut Vec<i64>) {
    // What is read from buckets is in order already: a stable sort only merges it.
    ids.sort();
    ids.dedup();
}
