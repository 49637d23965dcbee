//! Whether the product is well, and what is wrong.

use super::Window;
use serde::Serialize;
use utoipa::ToSchema;

/// How the product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthState {
    /// Nothing is wrong.
    Ok,
    /// It works, and somebody should look.
    Degraded,
    /// Work is not done, or failed and nobody has taken note.
    Failing,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthCode {
    /// Nobody works on runs.
    NoLiveWorker,
    /// Runs failed within the window and nobody has acknowledged it.
    UnacknowledgedFailures,
    /// Nobody works on a run although somebody should.
    StaleRuns,
    /// Workers hold a run back for the sake of the database.
    HeldRuns,
    /// Runs succeeded in part within the window and nobody has acknowledged it.
    PartialSuccesses,
    /// Audit rows of the window are missing.
    AuditWriteFailures,
    /// Alerts are due and nobody sends them.
    OverdueDeliveries,
}

impl HealthCode {
    fn state(self) -> HealthState {
        match self {
            Self::NoLiveWorker | Self::UnacknowledgedFailures => HealthState::Failing,
            Self::StaleRuns | Self::HeldRuns | Self::PartialSuccesses | Self::AuditWriteFailures | Self::OverdueDeliveries => {
                HealthState::Degraded
            }
        }
    }

    fn sentence(self, count: i64, window: Window) -> String {
        let many = |one: &str, several: &str| format!("{count} {}", if count == 1 { one } else { several });
        let within = window.words();
        match self {
            Self::NoLiveWorker => "No worker is alive, so nobody works on runs.".to_owned(),
            Self::UnacknowledgedFailures => {
                format!("{} in {within} without being acknowledged.", many("run failed", "runs failed"))
            }
            Self::StaleRuns => format!("{} stale: work is due and nobody does it.", many("active run is", "active runs are")),
            Self::HeldRuns => {
                format!("{} held back because the database is busy or full.", many("active run is", "active runs are"))
            }
            Self::PartialSuccesses => {
                format!("{} only in part in {within} without being acknowledged.", many("run succeeded", "runs succeeded"))
            }
            Self::AuditWriteFailures => {
                format!("{} not be written in {within}.", many("audit event could", "audit events could"))
            }
            Self::OverdueDeliveries => {
                format!("{} due for more than a minute without being sent.", many("alert has been", "alerts have been"))
            }
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthReason {
    /// Stable code.
    pub code: HealthCode,
    /// How bad it is: degraded or failing.
    pub state: HealthState,
    /// A sentence with its figure.
    #[schema(example = "2 runs failed in the last 24 hours without being acknowledged.")]
    pub message: String,
    /// Number of runs, audit events or alerts that it is about; null where it is about none.
    pub count: Option<i64>,
}

/// Whether the product is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DashboardHealth {
    /// The worst of the reasons.
    pub state: HealthState,
    /// What is wrong, the worst first; empty when nothing is.
    pub reasons: Vec<HealthReason>,
}

/// What health is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub live_workers: i64,
    pub unacknowledged_failures: i64,
    pub stale: i64,
    pub held: i64,
    pub partial_successes: i64,
    pub audit_write_failures: i64,
    pub overdue_deliveries: i64,
}

impl DashboardHealth {
    /// The judgement; sentences name the window.
    pub(super) fn of(signs: Signs, window: Window) -> Self {
        let no_worker = (signs.live_workers == 0).then_some((HealthCode::NoLiveWorker, None));
        let counted = [
            (HealthCode::UnacknowledgedFailures, signs.unacknowledged_failures),
            (HealthCode::StaleRuns, signs.stale),
            (HealthCode::HeldRuns, signs.held),
            (HealthCode::PartialSuccesses, signs.partial_successes),
            (HealthCode::AuditWriteFailures, signs.audit_write_failures),
            (HealthCode::OverdueDeliveries, signs.overdue_deliveries),
        ];
        let counted = counted.into_iter().filter(|(_, count)| *count > 0).map(|(code, count)| (code, Some(count)));
        let reason = |(code, count): (HealthCode, Option<i64>)| HealthReason {
            code,
            state: code.state(),
            message: code.sentence(count.unwrap_or_default(), window),
            count,
        };
        let reasons: Vec<HealthReason> = no_worker.into_iter().chain(counted).map(reason).collect();
        let state = reasons.iter().map(|reason| reason.state).max().unwrap_or(HealthState::Ok);
        Self { state, reasons }
    }
}
