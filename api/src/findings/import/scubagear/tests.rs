use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::findings::import::fixtures::{TENANT, accepted, refused};
use crate::findings::import::{Observation, Unreadable};

fn control(id: &str, result: &str) -> Value {
    json!({"Control ID": id, "Requirement": "Admins <b>SHALL</b> use MFA.", "Result": result,
           "Criticality": "Shall", "Details": "None."})
}

fn report(controls: Value) -> Value {
    json!({
        "MetaData": {"TenantId": TENANT.to_uppercase(), "DisplayName": "A name", "DomainName": "shared.example",
                     "TimestampZulu": "2025-07-08T20:16:55.876Z"},
        "Summary": {},
        "Results": {"AAD": [{"GroupName": "One", "Controls": controls}]},
        "Raw": {"big": [{"deep": [1, 2, {"x": "\u{0}"}]}]},
    })
}

fn read_one(control: Value) -> Observation {
    accepted(Format::ScubaGear, report(json!([control])).to_string()).1.observations.remove(0)
}

#[test]
fn the_header_names_tenant_and_time_and_nothing_else_of_it_is_kept() {
    let (summary, kept) = accepted(Format::ScubaGear, report(json!([control("MS.AAD.1.1v1", "Fail")])).to_string());
    assert_eq!(summary.tenant.as_deref(), Some(TENANT));
    assert_eq!(summary.scanned_at, Some(datetime!(2025-07-08 20:16:55.876 UTC)));
    assert_eq!(summary.source, Some("scubagear"));
    let observation = &kept.observations[0];
    assert_eq!((observation.seen_at, observation.tenant.as_deref(), observation.line), (None, None, 1));
    assert!(!format!("{kept:?}{summary:?}").contains("A name"));
}

#[test]
fn a_failure_is_high_a_warning_medium_and_a_pass_resolves() {
    let read = |result| {
        let observation = read_one(control("MS.AAD.1.1v1", result));
        (observation.verdict, observation.severity)
    };
    assert_eq!(read("Fail"), (Some(Verdict::Open), Severity::High));
    assert_eq!(read("WARNING"), (Some(Verdict::Open), Severity::Medium));
    assert_eq!(read("Pass").0, Some(Verdict::Resolved));
}

#[test]
fn every_other_result_says_nothing() {
    let controls = ["N/A", "Omitted", "Error", "Incorrect result"].map(|result| control("MS.AAD.1.1v1", result));
    let (summary, kept) = accepted(Format::ScubaGear, report(json!(controls)).to_string());
    assert_eq!((summary.read, summary.said_nothing), (4, 4));
    assert!(kept.observations.iter().all(|one| one.verdict.is_none()));
}

#[test]
fn the_version_of_a_control_is_no_part_of_its_identity() {
    for (written, check) in [
        ("MS.AAD.1.1v1", "MS.AAD.1.1"),
        ("MS.AAD.1.1v12", "MS.AAD.1.1"),
        ("MS.AAD.1.1", "MS.AAD.1.1"),
        ("MS.AAD.1.1v", "MS.AAD.1.1v"),
        ("v2", "v2"),
    ] {
        assert_eq!(read_one(control(written, "Fail")).check_id, check);
    }
}

#[test]
fn the_requirement_is_the_title_as_text_and_the_control_the_evidence() {
    let control = control("MS.AAD.1.1v1", "Fail");
    let observation = read_one(control.clone());
    assert_eq!(observation.title, "Admins SHALL use MFA.");
    assert_eq!(observation.evidence, control);
    assert_eq!(observation.resource, "tenant");
}

#[test]
fn a_control_without_id_or_result_is_skipped_and_reported() {
    let controls = json!([{"Result": "Fail"}, {"Control ID": "MS.AAD.1.1v1"}, 7, null, control("MS.AAD.1.2v1", "Fail"),
                          {"Control ID": 5, "Result": "Pass"}]);
    let (summary, kept) = accepted(Format::ScubaGear, report(controls).to_string());
    let expected =
        [(1, "missing-check-id"), (2, "missing-verdict"), (3, "not-an-object"), (4, "not-an-object"), (6, "missing-check-id")];
    assert_eq!(kept.rejected(), expected);
    assert_eq!((summary.rejected, summary.observed), (5, 1));
}

#[test]
fn the_header_may_come_last() {
    let report = report(json!([control("MS.AAD.1.1v1", "Fail")]));
    let file = format!(r#"{{"Results": {}, "Raw": {}, "MetaData": {}}}"#, report["Results"], report["Raw"], report["MetaData"]);
    let (summary, kept) = accepted(Format::ScubaGear, file);
    assert_eq!((summary.tenant.as_deref(), kept.observations.len()), (Some(TENANT), 1));
}

#[test]
fn tenants_that_share_a_domain_name_stay_two_tenants() {
    let mut other = report(json!([]));
    other["MetaData"]["TenantId"] = json!("1f0e0d0c-1111-4222-8333-444455556666");
    let one = accepted(Format::ScubaGear, report(json!([])).to_string()).0;
    assert_ne!(one.tenant, accepted(Format::ScubaGear, other.to_string()).0.tenant);
}

#[test]
fn a_tenant_that_is_no_guid_is_refused_and_a_missing_one_left_to_the_caller() {
    let mut file = report(json!([]));
    file["MetaData"]["TenantId"] = json!("Not signed in");
    assert!(matches!(refused(Format::ScubaGear, file.to_string()), Unreadable::UnusableTenant { .. }));
    file["MetaData"]["TenantId"] = json!("PLATFORM");
    assert_eq!(refused(Format::ScubaGear, file.to_string()), Unreadable::ReservedTenant);
    file["MetaData"]["TenantId"] = Value::Null;
    assert_eq!(accepted(Format::ScubaGear, file.to_string()).0.tenant, None);
}

#[test]
fn a_scan_without_a_plausible_time_is_refused() {
    for time in [Value::Null, json!("soon"), json!("2026-06-04T12.13.39.072Z"), json!("1999-01-01T00:00:00Z"), json!(5)] {
        let mut file = report(json!([]));
        file["MetaData"]["TimestampZulu"] = time;
        let refusal = refused(Format::ScubaGear, file.to_string());
        assert!(refusal.to_string().starts_with("MetaData.TimestampZulu is "), "{refusal}");
        assert!(refusal.to_string().ends_with("expected is the time of the scan as in 2026-06-04T12:13:39.072Z"), "{refusal}");
        assert_eq!(refusal.code(), "bad-scan-time");
    }
}

#[test]
fn a_summary_that_disagrees_with_the_controls_is_a_warning() {
    let mut file = report(json!([control("MS.AAD.1.1v1", "Fail"), control("MS.AAD.1.2v1", "Pass")]));
    file["Summary"] = json!({"AAD": {"Failures": 1, "Warnings": 0, "Passes": 1, "Manual": 9}});
    assert!(accepted(Format::ScubaGear, file.to_string()).1.warnings.is_empty());
    file["Summary"]["AAD"]["Passes"] = json!(2);
    assert_eq!(accepted(Format::ScubaGear, file.to_string()).1.warned(), ["header-counts-disagree"]);
    file["Summary"] = json!({"EXO": {"Failures": 3}});
    let (_, kept) = accepted(Format::ScubaGear, file.to_string());
    let expected = "EXO: the summary says 3 failures, 0 warnings, 0 passes, the controls are 0 failures, 0 warnings, 0 passes";
    assert_eq!(kept.warnings[0].message, expected);
}

#[test]
fn one_control_id_on_different_requirements_is_a_warning() {
    let mut other = control("MS.AAD.1.1v2", "Pass");
    other["Requirement"] = json!("Something else.");
    let file = report(json!([control("MS.AAD.1.1v1", "Fail"), other]));
    let (summary, kept) = accepted(Format::ScubaGear, file.to_string());
    assert_eq!((summary.observed, kept.warned()), (2, vec!["masked-ids"]));
}

#[test]
fn a_value_of_another_kind_on_the_way_to_the_controls_is_refused_with_its_place() {
    let said = |file: &Value| {
        let refusal = refused(Format::ScubaGear, file.to_string());
        assert_eq!(refusal.code(), "wrong-format");
        refusal.to_string()
    };
    let mut file = report(json!([]));
    file["Results"]["AAD"][0]["Controls"] = control("MS.AAD.1.1v1", "Fail");
    assert_eq!(said(&file), "Results.AAD[0].Controls is not a list");
    file["Results"]["AAD"][0]["Controls"] = json!("none");
    assert_eq!(said(&file), "Results.AAD[0].Controls is not a list or an object");
    file["Results"]["AAD"] = json!({"GroupName": "One"});
    assert_eq!(said(&file), "Results.AAD is not a list");
    file["Results"] = json!([1]);
    assert_eq!(said(&file), "Results is not an object");
}
