use super::*;
use crate::findings::model::{FindingType, Severity};
use serde_json::json;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-06-01 12:00 UTC);
const BEFORE: OffsetDateTime = datetime!(2026-05-01 12:00 UTC);

fn finding(status: Status) -> FindingRecord {
    FindingRecord {
        id: 1,
        kind: FindingType::Posture,
        source: "scubagear".to_owned(),
        account: None,
        check_id: "CHECK.1".to_owned(),
        fingerprint: "00".repeat(32),
        severity: Severity::High,
        status,
        title: "A setting departs".to_owned(),
        resource: "tenant".to_owned(),
        evidence: json!({}),
        detected_at: Some(BEFORE),
        acknowledged_at: None,
        first_seen_at: Some(BEFORE),
        last_seen_at: Some(BEFORE),
        unobserved_since: None,
        times_seen: Some(1),
        sla_days: Some(7),
        due_at: None,
        due_source: None,
        overdue: false,
        triaged_at: None,
        resolved_at: None,
        closed_at: None,
        closed_reason: None,
        consolidated_into_id: None,
        created_at: BEFORE,
        updated_at: BEFORE,
    }
}

fn to(status: Status) -> FindingEdit {
    FindingEdit { status: Some(status), ..FindingEdit::default() }
}

fn because(edit: FindingEdit, reason: &str) -> FindingEdit {
    FindingEdit { closed_reason: Some(reason.to_owned()), ..edit }
}

fn due(due_at: Option<OffsetDateTime>) -> FindingEdit {
    FindingEdit { due_at: Some(due_at), ..FindingEdit::default() }
}

fn decided(finding: &FindingRecord, edit: &FindingEdit) -> Decided {
    decide(finding, edit, NOW).unwrap().unwrap()
}

fn refused(finding: &FindingRecord, edit: &FindingEdit) -> String {
    decide(finding, edit, NOW).unwrap_err().to_string()
}

#[test]
fn every_pair_of_statuses_is_accepted_exactly_where_the_table_has_it() {
    for (from, status) in Status::ALL.iter().flat_map(|from| Status::ALL.iter().map(move |status| (*from, *status))) {
        let reason = transitions::needs_reason(status).then(|| "For a reason".to_owned());
        let answer = decide(&finding(from), &FindingEdit { closed_reason: reason, ..to(status) }, NOW);
        match answer {
            Ok(_) => assert!(from == status || transitions::next(from).contains(&status), "{from} {status}"),
            Err(error) => {
                assert!(from != status && !transitions::next(from).contains(&status), "{from} {status}");
                assert_eq!(error.code(), Code::IllegalTransition);
            }
        }
    }
}

#[test]
fn each_status_leaves_its_time() {
    let times = |decided: &Decided| (decided.triaged_at, decided.resolved_at, decided.closed_at);
    let new = finding(Status::New);
    assert_eq!(times(&decided(&new, &to(Status::Triaged))), (Some(NOW), None, None));
    assert_eq!(times(&decided(&new, &to(Status::InProgress))), (Some(NOW), None, None));
    assert_eq!(times(&decided(&new, &to(Status::Resolved))), (None, Some(NOW), None));
    assert_eq!(times(&decided(&new, &because(to(Status::Closed), "Not ours"))), (None, None, Some(NOW)));
    assert_eq!(times(&decided(&new, &because(to(Status::RiskAccepted), "Not ours"))), (None, None, Some(NOW)));
    let triaged = FindingRecord { triaged_at: Some(BEFORE), ..finding(Status::InProgress) };
    assert_eq!(times(&decided(&triaged, &to(Status::Triaged))), (Some(BEFORE), None, None));
    let resolved = FindingRecord { resolved_at: Some(BEFORE), ..finding(Status::Resolved) };
    assert_eq!(times(&decided(&resolved, &to(Status::Reopened))), (None, None, None));
    assert_eq!(times(&decided(&resolved, &because(to(Status::Closed), "Not ours"))), (None, Some(BEFORE), Some(NOW)));
    let acknowledged = FindingRecord { acknowledged_at: Some(BEFORE), ..finding(Status::Acknowledged) };
    assert_eq!(times(&decided(&acknowledged, &to(Status::Resolved))), (Some(BEFORE), Some(NOW), None));
}

#[test]
fn opening_again_takes_the_closing_reason_away() {
    let closed = FindingRecord { closed_at: Some(BEFORE), closed_reason: Some("Not ours".to_owned()), ..finding(Status::Closed) };
    let opened = decided(&closed, &to(Status::Reopened));
    assert_eq!((opened.closed_at, opened.closed_reason), (None, None));
    let reworded = decided(&closed, &because(FindingEdit::default(), " Theirs alone "));
    assert_eq!((reworded.closed_at, reworded.closed_reason.as_deref()), (Some(BEFORE), Some("Theirs alone")));
}

#[test]
fn a_reason_is_demanded_checked_and_refused_where_there_is_none_to_give() {
    let (new, closed) = (finding(Status::New), finding(Status::Closed));
    for (from, edit, expected) in [
        (&new, to(Status::Closed), "for a reason"),
        (&new, to(Status::RiskAccepted), "for a reason"),
        (&new, because(to(Status::Closed), "    four    "), "5 to 500"),
        (&new, because(to(Status::Closed), &"x".repeat(501)), "5 to 500"),
        (&closed, because(FindingEdit::default(), "no"), "5 to 500"),
        (&new, because(to(Status::Triaged), "For a reason"), "Only a finding"),
        (&closed, because(to(Status::Reopened), "For a reason"), "Only a finding"),
    ] {
        let message = refused(from, &edit);
        assert!(message.contains("/closed_reason") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_due_date_lies_ahead_and_none_can_be_decided_too() {
    let new = finding(Status::New);
    let ahead = NOW + Duration::days(5);
    assert_eq!(decided(&new, &due(Some(ahead))).due_at, Some(Some(ahead)));
    assert_eq!(decided(&new, &due(None)).due_at, Some(None));
    assert_eq!(decided(&new, &to(Status::Triaged)).due_at, None);
    for time in [NOW, BEFORE, NOW + FARTHEST + Duration::SECOND] {
        assert!(refused(&new, &due(Some(time))).contains("/due_at"));
    }
}

#[test]
fn asking_for_what_is_so_already_changes_nothing() {
    let closed = FindingRecord {
        closed_reason: Some("Not ours".to_owned()),
        due_at: Some(BEFORE),
        due_source: Some(DueSource::Person),
        ..finding(Status::Closed)
    };
    for edit in [FindingEdit::default(), to(Status::Closed), due(Some(BEFORE)), because(to(Status::Closed), "Not ours ")] {
        assert_eq!(decide(&closed, &edit, NOW).unwrap(), None, "{edit:?}");
    }
    // The same date, but decided by a person now.
    let ahead = Some(NOW + Duration::days(5));
    let computed = FindingRecord { due_at: ahead, due_source: Some(DueSource::Sla), ..finding(Status::New) };
    assert_eq!(decided(&computed, &due(ahead)).due_at, Some(ahead));
}
