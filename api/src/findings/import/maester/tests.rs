use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::findings::import::fixtures::{Kept, NOW, TENANT, accepted, refused};
use crate::findings::import::{Observation, ReadOptions, Unreadable, read};

fn test(id: &str, result: &str) -> Value {
    json!({"Id": id, "Title": "Sign-in is protected", "Block": "Maester/Entra", "Result": result,
           "ScriptBlockFile": "a path", "ErrorRecord": [{"Exception": {"Message": "Expected $true"}}],
           "ResultDetail": {"TestResult": "**2** policies", "Severity": ""}})
}

fn results(tests: Value) -> Value {
    json!({"Account": "somebody@example.com", "ExecutedAt": "2025-04-30T08:29:07.0714759+10:00", "TenantId": TENANT,
           "TenantName": "A name", "Tests": tests, "Blocks": [{"FailedCount": 1}]})
}

fn read_one(test: Value) -> Observation {
    accepted(Format::Maester, results(json!([test])).to_string()).1.observations.remove(0)
}

fn with_severity(severity: Value, detail: Value) -> Value {
    let mut test = test("MT.1001", "Failed");
    test["Severity"] = severity;
    test["ResultDetail"]["Severity"] = detail;
    test
}

#[test]
fn the_header_names_tenant_and_time_and_nobody() {
    let (summary, kept) = accepted(Format::Maester, results(json!([test("MT.1001", "Failed")])).to_string());
    assert_eq!(summary.tenant.as_deref(), Some(TENANT));
    assert_eq!(summary.scanned_at, Some(datetime!(2025-04-29 22:29:07.071475 UTC)));
    assert_eq!(kept.observations[0].source, "maester");
    assert!(!format!("{kept:?}{summary:?}").contains("somebody"));
}

#[test]
fn the_tenant_may_come_after_the_tests() {
    let file =
        format!(r#"{{"Tests": [{}], "TenantId": "{TENANT}", "ExecutedAt": "2025-04-30T08:29:07"}}"#, test("MT.1001", "Passed"));
    let (summary, kept) = accepted(Format::Maester, file);
    assert_eq!(summary.tenant.as_deref(), Some(TENANT));
    assert_eq!(summary.scanned_at, Some(datetime!(2025-04-30 08:29:07 UTC)));
    assert_eq!(kept.observations[0].verdict, Some(Verdict::Resolved));
}

#[test]
fn tests_that_did_not_run_say_nothing() {
    let tests = ["Skipped", "NotRun", "Error", "Investigate"].map(|result| test("MT.1001", result));
    let (summary, _) = accepted(Format::Maester, results(json!(tests)).to_string());
    assert_eq!((summary.said_nothing, summary.observed), (4, 0));
}

#[test]
fn a_test_without_id_is_known_by_block_and_title() {
    assert_eq!(read_one(test("", "Failed")).check_id, "Maester/Entra: Sign-in is protected");
    let nameless = json!([{"Result": "Failed", "Block": "Maester/Entra"}]);
    assert_eq!(accepted(Format::Maester, results(nameless).to_string()).1.rejected(), [(1, "missing-check-id")]);
}

#[test]
fn the_evidence_is_the_result_and_the_error_only() {
    let evidence = read_one(test("MT.1001", "Failed")).evidence;
    let names: Vec<_> = evidence.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["ErrorRecord", "ResultDetail"]);
    assert_eq!(evidence["ResultDetail"]["TestResult"], "**2** policies");
}

#[test]
fn the_severity_is_that_of_the_test_then_that_of_its_detail() {
    let read = |severity, detail| read_one(with_severity(severity, detail)).severity;
    assert_eq!(read(json!("Critical"), json!("Low")), Severity::Critical);
    assert_eq!(read(json!(""), json!("INFORMATIONAL")), Severity::Informational);
    assert_eq!(read(Value::Null, json!("Info")), Severity::Informational);
    assert_eq!(read(Value::Null, json!("")), Severity::Medium);
}

#[test]
fn a_severity_that_is_no_severity_is_reported() {
    let tests = json!([with_severity(json!({}), json!("")), with_severity(json!("Severe"), json!(""))]);
    let (_, kept) = accepted(Format::Maester, results(tests).to_string());
    assert_eq!(kept.rejected(), [(1, "bad-severity"), (2, "bad-severity")]);
}

#[test]
fn a_configuration_supplies_the_severities_that_tests_do_not_carry() {
    let config = "\u{feff}{\"TestSettings\": [{\"Id\": \"MT.1001\", \"Severity\": \"High\", \"Title\": \"x\"},
                  {\"Id\": \"MT.1002\"}, {\"Id\": \"MT.1003\", \"Severity\": \"odd\"}]}";
    let severities = severities_from(config.as_bytes()).unwrap();
    assert_eq!(severities, HashMap::from([("MT.1001".to_owned(), Severity::High)]));
    let options = ReadOptions { severities: Some(severities), ..ReadOptions::at(NOW) };
    let file = results(json!([test("MT.1001", "Failed"), test("MT.1009", "Failed"), with_severity(json!("low"), Value::Null)]));
    let mut kept = Kept::default();
    read(Format::Maester, file.to_string().as_bytes(), &options, &mut kept).unwrap();
    let found: Vec<_> = kept.observations.iter().map(|o| o.severity).collect();
    assert_eq!(found, [Severity::High, Severity::Medium, Severity::Low]);
    assert!(severities_from(b"{}".as_slice()).is_err() && severities_from(b"\xFF".as_slice()).is_err());
}

#[test]
fn a_tenant_that_is_a_sentence_is_refused() {
    let mut file = results(json!([test("MT.1001", "Failed")]));
    file["TenantId"] = json!("TenantId (not connected to Graph)");
    assert!(matches!(refused(Format::Maester, file.to_string()), Unreadable::UnusableTenant { .. }));
    file["TenantId"] = json!("platform");
    assert_eq!(refused(Format::Maester, file.to_string()), Unreadable::ReservedTenant);
}

#[test]
fn totals_that_disagree_with_the_tests_are_a_warning() {
    let mut file = results(json!([test("MT.1001", "Failed"), test("MT.1002", "Skipped")]));
    file["FailedCount"] = json!(1);
    file["SkippedCount"] = json!(1);
    file["TotalCount"] = json!(2);
    assert!(accepted(Format::Maester, file.to_string()).1.warnings.is_empty());
    file["PassedCount"] = json!(3);
    let (_, kept) = accepted(Format::Maester, file.to_string());
    assert_eq!(kept.warnings[0].message, "PassedCount says 3, the tests are 0");
    assert_eq!(kept.warned(), ["header-counts-disagree"]);
}

#[test]
fn one_id_twice_with_different_verdicts_is_handed_on_twice() {
    let tests = json!([test("MT.1001", "Passed"), test("MT.1001", "Failed")]);
    let (_, kept) = accepted(Format::Maester, results(tests).to_string());
    let verdicts: Vec<_> = kept.observations.iter().map(|o| o.verdict).collect();
    assert_eq!(verdicts, [Some(Verdict::Resolved), Some(Verdict::Open)]);
    assert!(kept.warnings.is_empty());
}

#[test]
fn nearly_all_tests_failing_is_a_warning() {
    let tests: Vec<_> = (0..180).map(|n| test(&format!("MT.{n}"), if n < 170 { "Failed" } else { "Passed" })).collect();
    let (summary, kept) = accepted(Format::Maester, results(json!(tests)).to_string());
    assert_eq!((summary.observed, kept.warned()), (180, vec!["mass-failure"]));
}

#[test]
fn a_test_that_has_a_name_only_is_known_by_what_stands_before_its_first_colon() {
    let old = json!({"Name": "MT.1001: At least one policy: on", "Result": "Failed", "Block": "Conditional Access"});
    let one = read_one(old);
    assert_eq!((one.check_id.as_str(), one.title.as_str()), ("MT.1001", "At least one policy: on"));
    let without_colon = json!({"Name": "Sign-in is protected", "Result": "Failed", "Block": "Maester/Entra"});
    assert_eq!(read_one(without_colon).check_id, "Maester/Entra: Sign-in is protected");
}

fn merged(results: &[Value]) -> Value {
    json!({"Tenants": results, "CurrentVersion": "2.2.0", "EndOfJson": "EndOfJson"})
}

#[test]
fn a_merged_report_holds_the_tests_of_several_tenants() {
    let (mut one, mut two) = (results(json!([test("MT.1001", "Failed")])), results(json!([test("MT.1002", "Passed")])));
    (one["TenantId"], two["ExecutedAt"]) = (json!(OTHER), json!("2025-05-01T10:00:00Z"));
    let (summary, kept) = accepted(Format::Maester, merged(&[one, two]).to_string());
    assert_eq!((summary.tenant, summary.source), (None, Some("maester")));
    let found: Vec<_> = kept.observations.iter().map(|o| (o.tenant.as_deref().unwrap(), o.seen_at.unwrap())).collect();
    assert_eq!(found, [(OTHER, datetime!(2025-04-29 22:29:07.071475 UTC)), (TENANT, datetime!(2025-05-01 10:00 UTC))]);
}

/// A directory id that sorts before the other.
const OTHER: &str = "0a0a0a0a-1111-4222-8333-444455556666";

#[test]
fn a_merged_report_is_refused_with_the_place_where_tenant_or_time_is_missing_or_wrong() {
    let said = |results: &[Value]| refused(Format::Maester, merged(results).to_string()).to_string();
    let good = results(json!([test("MT.1001", "Failed")]));
    let mut bad = good.clone();
    bad["TenantId"] = json!("TenantId (not connected to Graph)");
    assert!(said(&[good.clone(), bad.clone()]).starts_with("Tenants[1].TenantId is no directory id"));
    bad["TenantId"] = json!(TENANT);
    bad["ExecutedAt"] = json!("soon");
    assert!(said(&[bad.clone()]).starts_with("Tenants[0].ExecutedAt is no time"));
    bad.as_object_mut().unwrap().remove("ExecutedAt");
    assert_eq!(said(&[bad]), "in Tenants[0] TenantId and ExecutedAt have to stand before Tests");
}

#[test]
fn a_merged_report_of_several_tenants_is_refused_where_one_tenant_was_chosen() {
    let (one, two) = (results(json!([test("MT.1001", "Failed")])), results(json!([test("MT.1002", "Passed")])));
    let options = ReadOptions { ignore_tenants: true, ..ReadOptions::at(NOW) };
    let file = merged(&[one, two]).to_string();
    match read(Format::Maester, file.as_bytes(), &options, &mut Kept::default()) {
        Err(crate::findings::import::ReadError::Refused(refusal)) => assert_eq!(refusal.code(), "several-tenants"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chosen_tenant_makes_up_for_a_sentence_where_the_directory_id_belongs() {
    let mut file = results(json!([test("MT.1001", "Failed")]));
    file["TenantId"] = json!("TenantId (not connected to Graph)");
    let options = ReadOptions { ignore_tenants: true, ..ReadOptions::at(NOW) };
    let summary = read(Format::Maester, file.to_string().as_bytes(), &options, &mut Kept::default()).unwrap();
    assert_eq!((summary.tenant, summary.observed), (None, 1));
    file["TenantId"] = json!("platform");
    assert!(read(Format::Maester, file.to_string().as_bytes(), &options, &mut Kept::default()).is_err());
}
