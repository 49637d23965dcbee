//! Everything that the dashboard shows.

use super::Window;
use super::health::{DashboardHealth, Signs};
use crate::alerts;
use crate::audit;
use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::controls::list_paused::{PausedControl, list_paused};
use crate::db::{allow_large_sorts, in_snapshot};
use crate::error::Result;
use crate::runs::overview::{self, Activity, Ended, Offender, RecentFailure};
use crate::runs::sweep::count_live_workers;
use crate::telemetry::summarize_telemetry::{TelemetrySummary, summarize_in_snapshot};
use crate::telemetry::{Period, prune};
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Most offenders named.
const OFFENDERS: i64 = 10;
/// Most failures shown.
const FAILURES: i64 = 10;

/// Figures of the window, and of this instant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Kpis {
    /// Runs dispatched within the window.
    pub started: i64,
    /// Runs that ended well within the window.
    pub succeeded: i64,
    /// Runs that ended within the window with some targets failed and others done.
    pub partially_succeeded: i64,
    /// Runs that ended within the window with nothing done: failed, or blocked.
    pub failed: i64,
    /// Runs that ended within the window by a cancel.
    pub cancelled: i64,
    /// Runs that ended within the window failed, blocked or partially succeeded, and that nobody has acknowledged (RUN-18).
    pub needs_attention: i64,
    /// Runs that have not ended, whenever they began; paused ones too.
    pub active: i64,
    /// Those of `failed` that nobody has acknowledged.
    pub unacknowledged_failures: i64,
    /// How long half of the runs took at most that ended within the window, but for cancelled ones; null without any.
    pub duration_p50_seconds: Option<f64>,
    /// How long 95 in 100 of them took at most.
    pub duration_p95_seconds: Option<f64>,
    /// How long the oldest due work of runs that nobody has begun has waited; 0 where none waits.
    pub queue_age_seconds: f64,
}

/// The product at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dashboard {
    /// How far back it looks.
    pub window: Window,
    /// When the window begins.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// When it was read; the window ends here.
    #[serde(with = "time::serde::rfc3339")]
    pub computed_at: OffsetDateTime,
    /// Whether the product is well.
    pub health: DashboardHealth,
    /// Figures of the window, and of this instant.
    pub kpis: Kpis,
    /// Up to 10 tenants with the most failed targets in runs that ended within the window, by type of run.
    pub top_offenders: Vec<Offender>,
    /// Up to 10 runs that ended within the window failed, blocked or partially succeeded, the last one first.
    pub recent_failures: Vec<RecentFailure>,
    /// Every scope that a control pauses now.
    pub paused_controls: Vec<PausedControl>,
    /// What customers' users did within the window.
    pub telemetry: TelemetrySummary,
}

/// Reads it, in one snapshot, where product usage is kept for so many days.
pub fn get_dashboard(
    permit: &Permit<ConsoleView>,
    conn: &mut PgConnection,
    window: Window,
    usage_retention_days: u16,
) -> Result<Dashboard> {
    in_snapshot(conn, |conn| {
        allow_large_sorts(conn)?;
        let period = Period::ending_now(conn, window)?;
        let (since, usage_cutoff) = (period.start_at, prune::cutoff(period.end_at, usage_retention_days));
        let ended = overview::find_ended(permit, conn, since)?;
        let activity = overview::find_activity(permit, conn)?;
        let signs = Signs {
            live_workers: count_live_workers(conn)?,
            unacknowledged_failures: ended.unacknowledged_failures,
            stale: activity.stale,
            held: activity.held,
            partial_successes: ended.unacknowledged_partial_successes,
            audit_write_failures: audit::count_write_failures(permit, conn, since)?,
            overdue_deliveries: alerts::deliveries::count_overdue(permit, conn)?,
        };
        Ok(Dashboard {
            window,
            since,
            computed_at: period.end_at,
            health: DashboardHealth::of(signs, window),
            kpis: kpis(&ended, &activity),
            top_offenders: overview::list_offenders(permit, conn, since, OFFENDERS)?,
            recent_failures: overview::list_failures(permit, conn, since, FAILURES)?,
            paused_controls: list_paused(permit, conn)?,
            telemetry: summarize_in_snapshot(permit, conn, period, usage_cutoff)?,
        })
    })
}

fn kpis(ended: &Ended, activity: &Activity) -> Kpis {
    Kpis {
        started: ended.started,
        succeeded: ended.succeeded,
        partially_succeeded: ended.partially_succeeded,
        failed: ended.failed,
        cancelled: ended.cancelled,
        needs_attention: ended.unacknowledged_failures.saturating_add(ended.unacknowledged_partial_successes),
        active: activity.active,
        unacknowledged_failures: ended.unacknowledged_failures,
        duration_p50_seconds: ended.duration_p50_seconds,
        duration_p95_seconds: ended.duration_p95_seconds,
        queue_age_seconds: activity.queue_age_seconds,
    }
}
