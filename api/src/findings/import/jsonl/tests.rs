use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::findings::import::fixtures::{TENANT, accepted, refused};
use crate::findings::import::{Format, Unreadable};

fn line() -> Value {
    json!({"tenant": TENANT.to_uppercase(), "source": "Drifter", "type": "drift", "check_id": "policy-7",
           "resource": "policy/7", "severity": "HIGH", "verdict": "open", "title": "The policy changed",
           "seen_at": "2025-06-01T10:00:00.1234567+02:00", "evidence": {"was": 1, "is": 2}})
}

fn with(name: &str, value: Value) -> Value {
    let mut line = line();
    line[name] = value;
    line
}

fn without(name: &str) -> Value {
    let mut line = line();
    line.as_object_mut().unwrap().remove(name);
    line
}

fn read_one(line: &Value) -> Observation {
    accepted(Format::JsonLines, line.to_string()).1.observations.remove(0)
}

#[test]
fn a_line_is_mapped_field_by_field() {
    let expected = Observation {
        line: 1,
        kind: FindingType::Drift,
        source: "drifter".to_owned(),
        check_id: "policy-7".to_owned(),
        resource: "policy/7".to_owned(),
        severity: Severity::High,
        account: None,
        told_apart_by: None,
        verdict: Some(Verdict::Open),
        title: "The policy changed".to_owned(),
        evidence: json!({"was": 1, "is": 2}),
        seen_at: Some(datetime!(2025-06-01 8:00:00.123456 UTC)),
        tenant: Some(TENANT.to_owned()),
    };
    assert_eq!(read_one(&line()), expected);
}

#[test]
fn what_is_optional_has_a_default() {
    assert_eq!(read_one(&without("tenant")).tenant, None);
    assert_eq!(read_one(&without("resource")).resource, "tenant");
    assert_eq!(read_one(&without("evidence")).evidence, json!({}));
    assert_eq!(read_one(&without("title")).title, "policy-7");
    for absent in [without("severity"), with("severity", json!("")), with("severity", Value::Null)] {
        assert_eq!(read_one(&absent).severity, Severity::Medium);
    }
    assert_eq!(read_one(&with("severity", json!("Info"))).severity, Severity::Informational);
}

#[test]
fn each_flaw_has_its_own_rejection_and_costs_only_its_line() {
    let flaws = [
        (without("check_id"), "missing-check-id"),
        (with("check_id", json!(" ")), "missing-check-id"),
        (without("source"), "missing-source"),
        (without("verdict"), "missing-verdict"),
        (with("verdict", json!("failed")), "unknown-verdict"),
        (without("type"), "unknown-type"),
        (with("type", json!("weather")), "unknown-type"),
        (with("severity", json!("dire")), "bad-severity"),
        (with("severity", json!(3)), "bad-severity"),
        (without("seen_at"), "bad-time"),
        (with("seen_at", json!("2025-06-01T10:00:00")), "bad-time"),
        (with("evidence", json!([1])), "bad-field"),
        (with("title", json!(7)), "bad-field"),
        (with("colour", json!("red")), "bad-field"),
        (with("check_id", json!("x".repeat(3_000))), "too-large"),
    ];
    let text: String = flaws.iter().map(|(line, _)| format!("{line}\n")).collect();
    let (summary, kept) = accepted(Format::JsonLines, format!("{text}\n{}\n", line()));
    let codes: Vec<_> = kept.rejections.iter().map(|rejection| rejection.code.as_str()).collect();
    assert_eq!(codes, flaws.each_ref().map(|(_, code)| *code));
    assert_eq!(kept.observations[0].line, 17);
    assert_eq!(summary.rejected, 15);
}

#[test]
fn the_scan_time_is_that_of_the_newest_line() {
    let older = with("seen_at", json!("2024-06-01T10:00:00Z"));
    let (summary, _) = accepted(Format::JsonLines, format!("{}\n{older}", line()));
    assert_eq!(summary.scanned_at, Some(datetime!(2025-06-01 8:00:00.123456 UTC)));
}

#[test]
fn a_line_that_is_no_json_refuses_the_file() {
    let file = format!("{}\n{{\"check_id\": \n", line());
    assert!(matches!(refused(Format::JsonLines, file), Unreadable::Syntax { .. }));
    let conflict = format!("{}\n<<<<<<< HEAD\n{}\n=======\n", line(), line());
    match refused(Format::JsonLines, conflict) {
        Unreadable::Syntax { line: 2, hint, .. } => assert!(hint.contains("merge conflict")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_array_of_lines_is_another_format() {
    let file = json!([line(), line()]).to_string();
    assert!(matches!(refused(Format::JsonLines, file), Unreadable::WrongFormat { .. }));
}

#[test]
fn the_reserved_tenant_is_refused() {
    let file = format!("{}\n{}", line(), with("tenant", json!("PlatForm")));
    assert_eq!(refused(Format::JsonLines, file), Unreadable::ReservedTenant);
}
