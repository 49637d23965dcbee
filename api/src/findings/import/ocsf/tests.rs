use serde_json::{Value, json};
use time::macros::datetime;

use super::*;
use crate::findings::import::fixtures::{NOW, TENANT, accepted, refused};
use crate::findings::import::{Format, Unreadable};

fn finding(check: &str, status_code: &str) -> Value {
    json!({
        "class_uid": 2004, "status": "New", "status_code": status_code, "status_detail": "Not enabled.",
        "severity_id": 4, "severity": "High", "time": 1_739_539_623, "time_dt": "2025-02-14T14:27:03.913874",
        "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5"}, "tenant_uid": ""},
        "finding_info": {"title": "Is it enabled?", "uid": format!("uid-{check}")},
        "cloud": {"account": {"uid": "123456789012"}, "org": {"uid": ""}},
        "resources": [{"uid": "arn:x", "region": "eu-1"}, {"uid": "arn:y"}],
        "unmapped": {"compliance": {}},
    })
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut finding = finding("check", "FAIL");
    *finding.pointer_mut(pointer).unwrap() = value;
    finding
}

fn read_one(finding: &Value) -> Observation {
    accepted(Format::Ocsf, json!([finding]).to_string()).1.observations.remove(0)
}

fn rejected(finding: &Value) -> &'static str {
    accepted(Format::Ocsf, json!([finding]).to_string()).1.rejected()[0].1
}

#[test]
fn a_finding_is_mapped_field_by_field() {
    let observation = read_one(&finding("check", "FAIL"));
    assert_eq!(observation.source, "prowler");
    assert_eq!(observation.check_id, "check");
    assert_eq!(observation.resource, "arn:x@eu-1");
    assert_eq!(observation.severity, Severity::High);
    assert_eq!(observation.verdict, Some(Verdict::Open));
    assert_eq!(observation.title, "Is it enabled?");
    assert_eq!(observation.evidence, json!({"status_detail": "Not enabled.", "unmapped": {"compliance": {}}}));
    assert_eq!(observation.seen_at, Some(datetime!(2025-02-14 13:27:03 UTC)));
    assert_eq!(observation.tenant.as_deref(), Some("123456789012"));
}

#[test]
fn the_verdict_is_the_status_code_and_manual_says_nothing() {
    let file = json!([finding("a", "PASS"), finding("b", "MANUAL"), finding("c", "fail")]);
    let (summary, kept) = accepted(Format::Ocsf, file.to_string());
    let verdicts: Vec<_> = kept.observations.iter().map(|o| (o.line, o.verdict)).collect();
    assert_eq!(verdicts, [(1, Some(Verdict::Resolved)), (2, None), (3, Some(Verdict::Open))]);
    assert_eq!(summary.said_nothing, 1);
}

#[test]
fn an_array_and_lines_and_one_written_over_several_lines_say_the_same() {
    let (a, b) = (finding("a", "FAIL"), finding("b", "PASS"));
    let array = accepted(Format::Ocsf, format!("\u{feff}\n [{a}, {b}]\n")).1.observations;
    let lines = accepted(Format::Ocsf, format!("{a}\n\n{b}\n")).1.observations;
    let pretty = accepted(Format::Ocsf, format!("{a:#}\n{b:#}")).1.observations;
    assert_eq!(array.iter().map(|o| o.line).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(lines.iter().map(|o| o.line).collect::<Vec<_>>(), [1, 3]);
    for other in [lines, pretty] {
        for (one, another) in array.iter().zip(other) {
            assert_eq!(*one, Observation { line: one.line, ..another });
        }
    }
}

#[test]
fn the_tenant_is_the_first_of_three_that_is_neither_blank_nor_a_placeholder() {
    let mut finding = finding("check", "FAIL");
    finding["metadata"]["tenant_uid"] = json!(TENANT.to_uppercase());
    assert_eq!(read_one(&finding).tenant.as_deref(), Some(TENANT));
    finding["cloud"]["org"]["uid"] = json!("organisation");
    assert_eq!(read_one(&finding).tenant.as_deref(), Some("organisation"));
    finding["cloud"]["org"]["uid"] = json!("<tenant_uid>");
    assert_eq!(read_one(&finding).tenant.as_deref(), Some(TENANT));
    finding.as_object_mut().unwrap().remove("cloud");
    finding["metadata"]["tenant_uid"] = json!("<tenant_uid>");
    assert_eq!(read_one(&finding).tenant, None);
}

#[test]
fn the_reserved_tenant_is_refused_whatever_its_finding_says() {
    let mut manual = changed("/cloud/org/uid", json!("Platform"));
    manual["status_code"] = json!("MANUAL");
    assert_eq!(refused(Format::Ocsf, json!([finding("a", "FAIL"), manual]).to_string()), Unreadable::ReservedTenant);
}

#[test]
fn one_file_may_hold_several_tenants() {
    let other = changed("/cloud/org/uid", json!("other"));
    let (summary, kept) = accepted(Format::Ocsf, json!([finding("a", "FAIL"), other]).to_string());
    assert_eq!(summary.tenant, None);
    let tenants: Vec<_> = kept.observations.iter().map(|o| o.tenant.as_deref()).collect();
    assert_eq!(tenants, [Some("123456789012"), Some("other")]);
}

#[test]
fn severities_are_numbers_with_a_name_to_fall_back_on() {
    let read = |id: Value| read_one(&changed("/severity_id", id)).severity;
    let by_id: Vec<_> = (1..=6).map(|id| read(json!(id))).collect();
    use Severity::{Critical, High, Informational, Low, Medium};
    assert_eq!(by_id, [Informational, Low, Medium, High, Critical, Critical]);
    for unknown in [json!(0), json!(99), Value::Null] {
        assert_eq!(read(unknown), High);
    }
    let mut nameless = changed("/severity", json!(""));
    nameless["severity_id"] = Value::Null;
    assert_eq!(read_one(&nameless).severity, Medium);
    assert_eq!(rejected(&changed("/severity_id", json!("4"))), "bad-severity");
    assert_eq!(rejected(&changed("/severity_id", json!(42))), "bad-severity");
}

#[test]
fn the_local_time_counts_only_where_the_epoch_is_missing() {
    let read = |time: Value| read_one(&changed("/time", time)).seen_at;
    assert_eq!(read(json!(1_739_539_623_500_u64)), Some(datetime!(2025-02-14 13:27:03.5 UTC)));
    assert_eq!(read(Value::Null), Some(datetime!(2025-02-14 14:27:03.913874 UTC)));
    assert_eq!(read(json!(4_102_444_800_u64)), Some(NOW), "a time of the future counts as now");
    for odd in [json!(0), json!("now")] {
        assert_eq!(rejected(&changed("/time", odd)), "bad-time");
    }
}

#[test]
fn older_versions_write_the_time_of_the_event() {
    let mut finding = finding("check", "FAIL");
    for name in ["time", "time_dt"] {
        finding.as_object_mut().unwrap().remove(name);
    }
    let (_, kept) = accepted(Format::Ocsf, json!([finding]).to_string());
    let expected = "the finding has no time: expected is time (seconds or milliseconds since 1970), else time_dt or event_time";
    assert_eq!(kept.rejections[0].message, expected);
    finding["event_time"] = json!("2024-06-03T14:15:19.382075");
    assert_eq!(read_one(&finding).seen_at, Some(datetime!(2024-06-03 14:15:19.382075 UTC)));
}

#[test]
fn the_account_is_kept_beside_the_organisation() {
    let mut finding = finding("check", "FAIL");
    assert_eq!(read_one(&finding).account.as_deref(), Some("123456789012"));
    finding["cloud"]["org"]["uid"] = json!(TENANT);
    let one = read_one(&finding);
    assert_eq!((one.tenant.as_deref(), one.account.as_deref()), (Some(TENANT), Some("123456789012")));
    finding["cloud"]["account"]["uid"] = json!("Unknown tenant domain (missing permissions)");
    assert_eq!(read_one(&finding).account, None);
}

#[test]
fn a_failure_that_people_muted_says_nothing() {
    for (status, code, verdict) in [
        ("Suppressed", "FAIL", None),
        ("suppressed", "FAIL", None),
        ("Suppressed", "PASS", Some(Verdict::Resolved)),
        ("New", "FAIL", Some(Verdict::Open)),
    ] {
        let mut finding = finding("check", code);
        (finding["status"], finding["status_id"]) = (json!(status), json!(3));
        let (summary, kept) = accepted(Format::Ocsf, json!([finding]).to_string());
        assert_eq!(kept.observations[0].verdict, verdict, "{status} {code}");
        assert_eq!(summary.muted, u64::from(status.eq_ignore_ascii_case("suppressed")));
    }
}

#[test]
fn the_resource_is_the_first_one_and_must_be_identified() {
    let resource = |resources: Value| read_one(&changed("/resources", resources)).resource;
    assert_eq!(resource(json!([{"uid": "pod"}])), "pod");
    assert_eq!(resource(json!([{"uid": "", "name": "n", "region": ""}])), "n");
    assert_eq!(resource(json!([])), "tenant");
    assert_eq!(rejected(&changed("/resources", json!([{"region": "eu-1"}]))), "missing-resource");
}

#[test]
fn a_finding_without_what_identifies_it_is_skipped_and_reported() {
    assert_eq!(rejected(&changed("/metadata/event_code", json!(""))), "missing-check-id");
    assert_eq!(rejected(&changed("/metadata/product/name", Value::Null)), "missing-source");
    assert_eq!(rejected(&changed("/status_code", Value::Null)), "missing-verdict");
    assert_eq!(rejected(&changed("/class_uid", json!(2002))), "wrong-class");
}

#[test]
fn masked_ids_on_different_checks_are_a_warning() {
    let masked = |check| {
        let mut finding = finding(check, "FAIL");
        finding["finding_info"]["uid"] = json!("<finding_uid>");
        finding
    };
    let same = json!([masked("a"), masked("a")]);
    assert!(accepted(Format::Ocsf, same.to_string()).1.warnings.is_empty());
    let different = json!([masked("a"), masked("b")]);
    assert_eq!(accepted(Format::Ocsf, different.to_string()).1.warned(), ["masked-ids"]);
}
