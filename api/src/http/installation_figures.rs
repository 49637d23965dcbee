//! Figures of the whole installation among the metrics of a node: read from the database, at most once in ten seconds however
//! often they are asked for. Every node that serves reports the same ones, so that it does not matter which are asked; take the
//! maximum over them, not the sum.

use crate::auth::Permit;
use crate::auth::capability::ConsoleView;
use crate::db::Db;
use crate::error::Result;
use crate::runs::overview::{self, Activity, FailuresOfCode};
use crate::runs::sweep::count_live_workers;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

const KEPT: Duration = Duration::from_secs(10);

/// What was read last, and when.
#[derive(Debug, Clone, Default)]
pub struct InstallationFigures(Arc<Mutex<Option<(Instant, String)>>>);

struct Figures {
    activity: Activity,
    failures: Vec<FailuresOfCode>,
    live_workers: i64,
}

impl InstallationFigures {
    /// In Prometheus text form. Where the database does not answer there is only the figure that says so.
    pub async fn render(&self, db: &Db) -> String {
        let mut last = self.0.lock().await;
        if let Some((_, text)) = last.as_ref().filter(|(read_at, _)| read_at.elapsed() < KEPT) {
            return text.clone();
        }
        let text = render(db.read(read).await.ok().as_ref());
        *last = Some((Instant::now(), text.clone()));
        text
    }
}

fn read(conn: &mut diesel::PgConnection) -> Result<Figures> {
    let permit = Permit::<ConsoleView>::system("metrics");
    Ok(Figures {
        activity: overview::find_activity(&permit, conn)?,
        failures: overview::count_recent_failures(&permit, conn)?,
        live_workers: count_live_workers(conn)?,
    })
}

fn render(figures: Option<&Figures>) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, lines: &[(String, f64)]| {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (labels, value) in lines {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let one = |value: f64| [(String::new(), value)];
    gauge("database_up", "Whether the figures of the installation could be read.", &one(f64::from(u8::from(figures.is_some()))));
    let Some(Figures { activity, failures, live_workers }) = figures else { return text };
    gauge("runs_active", "Runs that have not ended.", &one(number(activity.active)));
    gauge("runs_stale", "Runs that nobody works on although somebody should.", &one(number(activity.stale)));
    gauge("runs_held", "Runs held back for the sake of the database.", &one(number(activity.held)));
    gauge("run_queue_age_seconds", "Seconds that the oldest due work of runs has waited.", &one(activity.queue_age_seconds));
    gauge("workers_alive", "Workers that have given a sign of life.", &one(number(*live_workers)));
    let by_code = failures.iter().map(|row| (format!("{{code=\"{}\"}}", row.code), number(row.count)));
    let help = "Failed targets of the runs that ended within the last hour, by code.";
    gauge("run_failures_last_hour", help, &by_code.collect::<Vec<_>>());
    text
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a float")]
fn number(count: i64) -> f64 {
    count as f64
}
