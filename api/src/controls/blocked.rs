//! A start that a control stops: what the caller is told, and the audit row that it leaves (CTL-06).

use super::decision::{Decision, Excluded, until};
use super::{Definition, MatchedScope};
use crate::audit::{self, Action, Entry, Outcome};
use crate::context::Ctx;
use crate::error::{Code, Error};
use diesel::PgConnection;
use serde_json::Value;

/// Sentence of every refusal by a control (CTL-16).
const NOTHING_CHANGED: &str = "Nothing was or will be changed in tenant or provider.";

/// Why an action may not start.
#[derive(Debug, Clone)]
pub struct Blocked {
    control: &'static Definition,
    decisions: Vec<Decision>,
    places: Vec<String>,
}

/// What was tried, for the audit row.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// Which way it came in.
    pub source: Value,
    /// all_tenants, single_tenant or failed_targets.
    pub requested_scope: String,
    /// Workspace and tenant, where it was about one tenant.
    pub tenant: Option<(i64, i64)>,
    /// Tenant that was named, also one that may not be targeted.
    pub target_tenant_id: Option<i64>,
    /// The run that was to go on or to be retried.
    pub run_id: Option<i64>,
}

impl Blocked {
    pub(super) fn globally(control: &'static Definition, decision: Decision) -> Self {
        Self { control, decisions: vec![decision], places: Vec::new() }
    }

    pub(super) fn in_workspaces(control: &'static Definition, excluded: &[Excluded]) -> Self {
        let decisions = excluded.iter().map(|workspace| workspace.decision.clone()).collect();
        Self { control, decisions, places: excluded.iter().map(|workspace| workspace.name.clone()).collect() }
    }

    /// In a few sentences, for a person.
    pub fn sentence(&self) -> String {
        let label = self.control.label;
        match (self.only_decision(), self.places.as_slice()) {
            (Some(decision), places) => {
                let place = places.first().map_or_else(|| "globally".to_owned(), |name| format!("for the workspace {name}"));
                let reason = decision.reason_text.as_deref().unwrap_or_default();
                format!("{label} is paused {place}{}. {NOTHING_CHANGED} Reason: {reason}", until(decision.expires_at))
            }
            (None, places) => {
                format!(
                    "{label} is paused for {} workspaces that this reaches: {}. {NOTHING_CHANGED}",
                    places.len(),
                    named(places)
                )
            }
        }
    }

    fn only_decision(&self) -> Option<&Decision> {
        self.decisions.first().filter(|_| self.decisions.len() == 1)
    }

    /// What holds for all pauses that decided, as a decision: fields on which they differ are null.
    fn common(&self) -> Decision {
        let mut common = Decision::enabled(self.control);
        if let Some(first) = self.decisions.first() {
            common = first.clone();
        }
        if self.decisions.len() > 1 {
            common = Decision {
                matched_scope_type: MatchedScope::Workspace,
                workspace_id: None,
                reason_text: None,
                expires_at: None,
                source_activation_id: None,
                ..common
            };
        }
        common
    }

    /// The problem, once the attempt has been audited. The caller holds no transaction: what it had is rolled back, so
    /// that this row is all that is left of the attempt. The attempt stays stopped when the row fails (RB-10).
    pub fn refuse(&self, ctx: &Ctx, conn: &mut PgConnection, attempt: &Attempt) -> Error {
        audit::record_fail_safe(conn, ctx, self.entry(ctx, attempt));
        let common = serde_json::to_value(self.common()).unwrap_or_default();
        let mut error =
            Error::new(Code::OperationalControlPaused, self.sentence()).titled(format!("{} paused", self.control.label));
        for name in ["control_key", "matched_scope_type", "workspace_id", "reason_text", "expires_at"] {
            error = error.with(name, common.get(name));
        }
        if self.places.is_empty() { error } else { error.with("decisions", &self.decisions) }
    }

    fn entry(&self, ctx: &Ctx, attempt: &Attempt) -> Entry {
        let common = self.common();
        let entry = Entry::new(Action::ControlExecutionBlocked)
            .target("control", self.control.key, self.control.label)
            .scope(attempt.tenant.map(|(workspace, _)| workspace), attempt.tenant.map(|(_, tenant)| tenant))
            .outcome(Outcome::Blocked)
            .summary(self.sentence())
            .metadata("control_key", self.control.key)
            .metadata("scope_type", common.matched_scope_type)
            .metadata("workspace_id", common.workspace_id)
            .metadata("reason_text", &common.reason_text)
            .metadata("expires_at", serde_json::to_value(&common).unwrap_or_default().get("expires_at"))
            .metadata("actor_id", ctx.actor.id())
            .metadata("source", &attempt.source)
            .metadata("requested_scope", &attempt.requested_scope)
            .metadata("target_tenant_id", attempt.target_tenant_id)
            .metadata("decisions", &self.decisions);
        attempt.run_id.into_iter().fold(entry, Entry::run)
    }
}

/// At most five names; the rest is counted.
fn named(places: &[String]) -> String {
    const NAMED: usize = 5;
    let mut text = places.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if let Some(more) = places.len().checked_sub(NAMED).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
