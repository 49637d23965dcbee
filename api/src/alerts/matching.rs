//! Which rules an event concerns: pure, one definition.

use super::Severity;
use super::event::Event;

/// What a rule asks of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criteria {
    /// Ids of kinds; the event is one of them.
    pub events: Vec<String>,
    /// It is at least so urgent.
    pub minimum_severity: Severity,
    /// It happened in one of these; empty: anywhere. What concerns the whole installation concerns each of them.
    pub workspace_ids: Vec<i64>,
    /// It is about one of these; empty: about anything.
    pub operation_types: Vec<String>,
}

impl Criteria {
    /// Whether the event is told.
    pub fn match_event(&self, event: &Event) -> bool {
        let is_in_place = |id: i64| self.workspace_ids.contains(&id);
        let is_about = |kind: &String| self.operation_types.contains(kind);
        self.events.iter().any(|id| id == event.kind.id())
            && event.severity >= self.minimum_severity
            && (self.workspace_ids.is_empty() || event.workspace_id.is_none_or(is_in_place))
            && (self.operation_types.is_empty() || event.operation_types.iter().any(is_about))
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::EventKind;
    use super::*;

    const BACKFILL: &str = "findings.lifecycle.backfill";

    fn event(kind: EventKind, severity: Severity, workspace_id: Option<i64>, types: &[&str]) -> Event {
        Event {
            kind,
            severity,
            subject: String::new(),
            title: String::new(),
            workspace_id,
            tenant_id: None,
            run_id: None,
            operation_types: types.iter().map(ToString::to_string).collect(),
            metadata: serde_json::Map::new(),
        }
    }

    fn rule(events: &[EventKind], minimum_severity: Severity, workspaces: &[i64], types: &[&str]) -> Criteria {
        Criteria {
            events: events.iter().map(|kind| kind.id().to_owned()).collect(),
            minimum_severity,
            workspace_ids: workspaces.to_vec(),
            operation_types: types.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_rule_matches_what_it_names_where_it_names_it_and_as_urgent_as_it_asks() {
        use EventKind::{AuditWriteFailed, ControlPaused, RunFailed, RunStale};
        use Severity::{Critical, Error, Info, Warning};
        let failed = event(RunFailed, Error, Some(7), &[BACKFILL]);
        let paused_everywhere = event(ControlPaused, Warning, None, &[BACKFILL]);
        let unaudited = event(AuditWriteFailed, Critical, None, &[]);
        #[rustfmt::skip]
        let table = [
            ("its kind",                         rule(&[RunFailed], Info, &[], &[]),              &failed, true),
            ("one of several kinds",             rule(&[RunStale, RunFailed], Info, &[], &[]),    &failed, true),
            ("another kind",                     rule(&[RunStale], Info, &[], &[]),               &failed, false),
            ("just as urgent",                   rule(&[RunFailed], Error, &[], &[]),             &failed, true),
            ("less urgent than asked",           rule(&[RunFailed], Critical, &[], &[]),          &failed, false),
            ("its workspace",                    rule(&[RunFailed], Info, &[3, 7], &[]),          &failed, true),
            ("another workspace",                rule(&[RunFailed], Info, &[3], &[]),             &failed, false),
            ("its type",                         rule(&[RunFailed], Info, &[], &[BACKFILL]),      &failed, true),
            ("another type",                     rule(&[RunFailed], Info, &[], &["inventory.sync"]), &failed, false),
            ("its workspace, another type",      rule(&[RunFailed], Info, &[7], &["inventory.sync"]), &failed, false),
            ("everywhere, asked of a workspace", rule(&[ControlPaused], Info, &[3], &[]),         &paused_everywhere, true),
            ("about a type, asked of that type", rule(&[ControlPaused], Info, &[], &[BACKFILL]),  &paused_everywhere, true),
            ("about no type, asked of a type",   rule(&[AuditWriteFailed], Info, &[], &[BACKFILL]), &unaudited, false),
            ("about no type, asked of any",      rule(&[AuditWriteFailed], Critical, &[3], &[]),  &unaudited, true),
        ];
        for (name, rule, event, expected) in table {
            assert_eq!(rule.match_event(event), expected, "{name}");
        }
    }
}
