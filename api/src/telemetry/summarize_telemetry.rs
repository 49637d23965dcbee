//! What was used within a period: figures only, never rows or who it was (TEL-05, TEL-08).

use super::catalog::{CATALOG, FamilyInfo};
use super::pieces::{Pieces, Step};
use super::store::summary::{self as store, Counted};
use super::window::{Period, Window};
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
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
    /// The period; the previous one is as long, and ends where this begins.
    pub window: Period,
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

/// Reads the summary in one snapshot of its own.
pub fn summarize_telemetry(permit: &Permit<ConsoleView>, conn: &mut PgConnection, asked: Asked) -> Result<TelemetrySummary> {
    conn.build_transaction().read_only().repeatable_read().run(|conn| {
        let period = match asked {
            Asked::Window(window) => Period::ending(store::find_now(conn)?, window),
            Asked::Period(period) => period,
        };
        summarize_in_snapshot(permit, conn, period)
    })
}

/// The same within the snapshot of the caller, which has to be one for all statements: what is being folded meanwhile would
/// be counted twice or not at all.
pub fn summarize_in_snapshot(_permit: &Permit<ConsoleView>, conn: &mut PgConnection, period: Period) -> Result<TelemetrySummary> {
    let step = Step::of(period);
    let (pieces, previous) = (Pieces::of(period, step), Pieces::of(period.previous(), step));
    let counted = store::count_events(conn, &pieces)?;
    let before = store::count_events(conn, &previous)?;
    let active = store::count_active_by_point(conn, &pieces)?;
    let count_of = |info: &FamilyInfo, rows: &[Counted]| -> i64 {
        rows.iter().filter(|row| row.event_name == info.event_name).map(|row| row.count).sum()
    };
    let families: Vec<FamilyCount> = CATALOG
        .iter()
        .map(|info| FamilyCount { info: *info, count: count_of(info, &counted), previous_count: count_of(info, &before) })
        .collect();
    let point = |at: OffsetDateTime| {
        let here: Vec<Counted> = counted.iter().filter(|row| row.point == at).cloned().collect();
        TrendPoint {
            bucket_start: at,
            active_workspaces: active.iter().filter(|row| row.point == at).map(|row| row.count).sum(),
            counts: CATALOG.iter().map(|info| (info.event_name, count_of(info, &here))).collect(),
        }
    };
    Ok(TelemetrySummary {
        window: period,
        active_workspaces: store::count_active(conn, &pieces)?,
        previous_active_workspaces: store::count_active(conn, &previous)?,
        total_events: families.iter().map(|family| family.count).sum(),
        trend: step.points(period).map(point).collect(),
        families,
    })
}
