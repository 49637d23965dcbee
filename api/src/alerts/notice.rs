//! What is told of a delivery, whatever the means: written so that somebody woken at night knows what happened and where to
//! look.

use super::Severity;
use super::event::{self, EventKind, SUMMARY, TEST};
use super::store::work::Claimed;
use crate::error::Result;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Everything that a message says.
#[derive(Debug)]
pub(super) struct Notice {
    /// The same in each attempt; receivers drop what they have seen.
    pub uid: String,
    pub event: String,
    pub event_label: String,
    pub severity: Severity,
    /// What happened, in one sentence.
    pub title: String,
    /// Facts in words, in reading order.
    pub facts: Vec<(&'static str, String)>,
    /// Events told of together, most urgent first.
    pub lines: Vec<String>,
    /// What to do now.
    pub advice: &'static str,
    /// Page of the product to look at.
    pub link: String,
    /// Why this was sent at all.
    pub because: String,
    pub occurred_at: String,
    pub metadata: Map<String, Value>,
    pub workspace_id: Option<i64>,
    pub tenant_id: Option<i64>,
    pub run_id: Option<i64>,
}

impl Notice {
    pub(super) fn of(claimed: &Claimed, public_url: &str) -> Result<Self> {
        let metadata = claimed.metadata.as_object().cloned().unwrap_or_default();
        Ok(Self {
            uid: claimed.uid.to_string(),
            event: claimed.event.clone(),
            event_label: event::label(&claimed.event).to_owned(),
            severity: Severity::parse(&claimed.severity)?,
            title: claimed.title.clone(),
            facts: facts(claimed, &metadata),
            lines: lines(&metadata),
            advice: advice(claimed),
            link: format!("{public_url}{}", page(claimed, &metadata)),
            because: claimed.rule_name.as_ref().map_or_else(
                || "An operator tried this destination out.".to_owned(),
                |rule| format!("Sent because of the alert rule \u{201c}{rule}\u{201d}."),
            ),
            occurred_at: rfc3339(claimed.occurred_at),
            metadata,
            workspace_id: claimed.workspace_id,
            tenant_id: claimed.tenant_id,
            run_id: claimed.run_id,
        })
    }

    /// As the subject of a mail.
    pub(super) fn subject(&self) -> String {
        format!("[TenantAtlas] {}: {}", self.severity.label(), self.title)
    }
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339).unwrap_or_default()
}

fn facts(claimed: &Claimed, metadata: &Map<String, Value>) -> Vec<(&'static str, String)> {
    const NAMED: [(&str, &str); 12] = [
        ("Operation", "type"),
        ("Scope", "scope"),
        ("Workspace", "workspace_name"),
        ("Tenant", "tenant_name"),
        ("Outcome", "outcome"),
        ("First failure", "failure_code"),
        ("Tenants failed", "targets_failed"),
        ("Tenants in all", "targets_total"),
        ("Control", "control_key"),
        ("Until", "expires_at"),
        ("Audit action", "action"),
        ("Rows missing", "missing"),
    ];
    let run = claimed.run_id.map(|id| ("Run", id.to_string()));
    let named = NAMED.into_iter().filter_map(|(label, name)| metadata.get(name).map(|value| (label, plain(value))));
    run.into_iter().chain(named).chain([("Time", format!("{} (UTC)", rfc3339(claimed.occurred_at)))]).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// One line for each event of a summary.
fn lines(metadata: &Map<String, Value>) -> Vec<String> {
    let items = metadata.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |item: &Value, name: &str| item.get(name).map(plain).unwrap_or_default();
    let line = |item: &Value| {
        let severity = Severity::parse(&text(item, "severity")).map_or("", Severity::label);
        format!("{} {severity}: {}", text(item, "occurred_at"), text(item, "title"))
    };
    let mut lines: Vec<String> = items.iter().map(line).collect();
    let shown = u64::try_from(items.len()).unwrap_or_default();
    let further = metadata.get("count").and_then(Value::as_u64).unwrap_or(shown).saturating_sub(shown);
    if further > 0 {
        lines.push(format!("and {further} more; the page of deliveries lists them."));
    }
    lines
}

fn advice(claimed: &Claimed) -> &'static str {
    match (claimed.event.as_str(), EventKind::find(&claimed.event)) {
        (TEST, _) => "This is a test. Nothing has happened.",
        (SUMMARY, _) => "Look through the list; each event has its own row among the deliveries.",
        (_, Some(EventKind::RunFailed | EventKind::RunPartiallySucceeded)) => {
            "Open the run: the tab Failures says why, by tenant. What was done stays done; once the cause is gone, retry the failed tenants there."
        }
        (_, Some(EventKind::RunStale)) => {
            "Look whether a worker is alive (the dashboard says so). The run goes on by itself where it was as soon as one is."
        }
        (_, Some(EventKind::AuditWriteFailed)) => {
            "The action was done but is missing in the audit log. Look at the database first: room, locks, rights."
        }
        _ => "Nothing has to be done; the history of the control says who did it and why.",
    }
}

/// Where to look.
fn page(claimed: &Claimed, metadata: &Map<String, Value>) -> String {
    match (claimed.run_id, metadata.contains_key("control_key"), EventKind::find(&claimed.event)) {
        (Some(id), ..) => format!("/system/ops/runs/{id}"),
        (_, true, _) => "/system/ops/controls".to_owned(),
        (_, _, Some(EventKind::AuditWriteFailed)) => "/system/dashboard".to_owned(),
        _ => "/system/settings/alerts/deliveries".to_owned(),
    }
}
