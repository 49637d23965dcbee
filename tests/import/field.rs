//! Inputs as tools write them in the field, each with what it means (FND-06 to FND-08).

use crate::support::{ALPHA, BETA, World, ordinary};
use serde_json::{Value, json};
use tenantatlas::error::{Code, Error};
use tenantatlas::findings::import::maester::severities_from;
use tenantatlas::findings::import::{Format, ImportOptions, ImportReport, TenantChoice};

/// A Detection Finding of Prowler, which failed in a subscription of Alpha.
fn ocsf(check: &str, resource: &str) -> Value {
    json!({
        "class_uid": 2004, "status": "New", "status_code": "FAIL", "severity_id": 4, "time": FIRST,
        "metadata": {"event_code": check, "product": {"name": "Prowler"}},
        "finding_info": {"title": check, "uid": format!("uid-{check}-{resource}")}, "resources": [{"uid": resource, "region": "global"}],
        "cloud": {"account": {"uid": "subscription-1"}, "org": {"uid": ALPHA}},
    })
}

/// Times of two scans, in seconds since 1970, and how the database writes them.
const FIRST: u64 = 1_780_000_000;
const SECOND: u64 = 1_781_000_000;
const FIRST_SEEN: &str = "2026-05-28T20:26:40+00:00";
const SECOND_SEEN: &str = "2026-06-09T10:13:20+00:00";

fn with(mut value: Value, pointer: &str, to: impl Into<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = to.into();
    value
}

pub(crate) fn scubagear(time: &str, controls: &[(&str, &str, &str)]) -> Value {
    let mut results = json!({});
    for (id, result, requirement) in controls {
        let product = id.split('.').nth(1).unwrap();
        let control = json!({"Control ID": id, "Requirement": requirement, "Result": result, "Details": "Example."});
        let mut list = results[product].as_array().cloned().unwrap_or_default();
        list.push(control);
        results[product] = json!(list);
    }
    for (_, list) in results.as_object_mut().unwrap() {
        *list = json!([{"GroupName": "Example", "Controls": list.take()}]);
    }
    json!({"MetaData": {"TenantId": ALPHA, "TimestampZulu": time}, "Results": results, "Raw": {}})
}

pub(crate) fn maester(time: &str, tests: &[Value]) -> Value {
    json!({"TenantId": ALPHA, "ExecutedAt": time, "Tests": tests})
}

pub(crate) fn test(id: &str, title: &str, result: &str) -> Value {
    json!({"Id": id, "Title": title, "Name": format!("{id}: {title}"), "Severity": "High", "Result": result, "Block": "Example"})
}

fn try_import(world: &World, format: Format, file: &str, tenant: TenantChoice) -> Result<ImportReport, Error> {
    world.try_import(file.as_bytes(), &ImportOptions { format, tenant, ..ordinary() })
}

pub(crate) fn import(world: &World, format: Format, file: &Value) -> ImportReport {
    try_import(world, format, &file.to_string(), TenantChoice::FromFile).unwrap()
}

fn refusal(world: &World, format: Format, file: &str) -> String {
    let error = try_import(world, format, file, TenantChoice::FromFile).unwrap_err();
    assert_eq!(error.code(), Code::UnreadableFile, "{error:?}");
    assert_eq!(world.number("SELECT (SELECT count(*) FROM findings) + (SELECT count(*) FROM finding_scans)"), 0);
    error.detail().to_owned()
}

fn warned(report: &ImportReport) -> Vec<&str> {
    report.warnings.iter().map(|warning| warning.code).collect()
}

/// Check, status and `unobserved_since` of every finding.
pub(crate) fn states(world: &World) -> Value {
    world.document("SELECT check_id, status, unobserved_since FROM findings ORDER BY check_id, id")
}

#[test]
fn what_people_muted_in_the_tool_opens_nothing_and_is_no_sighting() {
    let world = World::new();
    let muted = |finding: Value| with(with(finding, "/status", "Suppressed"), "/status_id", 3);
    let report = import(&world, Format::Ocsf, &json!([ocsf("open", "a"), muted(ocsf("muted", "b"))]));
    assert_eq!((report.created, world.number("SELECT count(*) FROM findings")), (1, 1));
    let before = world.finding("open");
    import(&world, Format::Ocsf, &json!([with(muted(ocsf("open", "a")), "/time", SECOND)]));
    assert_eq!(world.finding("open"), before);
    assert_eq!((&before["last_seen_at"], &before["times_seen"]), (&json!(FIRST_SEEN), &json!(1)));
    assert_eq!(before["unobserved_since"], Value::Null, "the scan contains it");
}

#[test]
fn one_resource_id_in_two_subscriptions_is_two_findings() {
    let world = World::new();
    let other = with(ocsf("alert", "Monitor"), "/cloud/account/uid", "subscription-2");
    let report = import(&world, Format::Ocsf, &json!([ocsf("alert", "Monitor"), other]));
    assert_eq!((report.created, warned(&report)), (2, vec![]));
    let accounts = world.document("SELECT account FROM findings ORDER BY account");
    assert_eq!(accounts, json!([{"account": "subscription-1"}, {"account": "subscription-2"}]));
    assert_eq!(world.number("SELECT count(*) FROM finding_scans"), 2);
}

#[test]
fn an_account_that_names_the_tenant_is_no_account_within_it() {
    let world = World::new();
    let by_account = with(with(ocsf("check", "r"), "/cloud/org/uid", ""), "/cloud/account/uid", ALPHA.to_uppercase());
    import(&world, Format::Ocsf, &json!([by_account]));
    import(&world, Format::Ocsf, &json!([with(with(by_account.clone(), "/cloud/org/uid", ALPHA), "/time", SECOND)]));
    let found = world.finding("check");
    assert_eq!((&found["account"], &found["times_seen"]), (&json!(""), &json!(2)));
}

#[test]
fn failures_of_one_scan_that_are_one_finding_are_counted_once_with_a_warning() {
    let world = World::new();
    let report = import(&world, Format::Ocsf, &json!([ocsf("check", "r"), ocsf("check", "r"), ocsf("check", "s")]));
    assert_eq!((report.created, warned(&report)), (2, vec!["repeated-findings"]));
    assert!(report.warnings[0].message.starts_with("1 failures are the same finding"));
}

#[test]
fn ids_of_azure_resource_manager_are_the_same_in_any_case_and_others_are_not() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("check", "/subscriptions/A/resourceGroups/Web/x"), ocsf("check", "Bucket")]));
    let again = json!([
        with(ocsf("check", "/SUBSCRIPTIONS/a/resourcegroups/WEB/X"), "/time", SECOND),
        with(ocsf("check", "bucket"), "/time", SECOND)
    ]);
    import(&world, Format::Ocsf, &again);
    let found = world.document("SELECT resource, times_seen FROM findings ORDER BY resource COLLATE \"C\"");
    let row = |resource: &str, times: u32| json!({"resource": resource, "times_seen": times});
    let expected = [row("/subscriptions/a/resourcegroups/web/x@global", 2), row("Bucket@global", 1), row("bucket@global", 1)];
    assert_eq!(found, json!(expected));
}

#[test]
fn copies_of_one_scan_count_once_whichever_import_took_them() {
    let world = World::new();
    let file = scubagear("2026-06-04T12:13:39.072Z", &[("MS.AAD.1.1v1", "Fail", "One."), ("MS.AAD.3.7v1", "Warning", "Two.")]);
    import(&world, Format::ScubaGear, &file);
    let before = world.rows();
    for copy in [format!("\u{feff}{file}"), format!("{file:#}"), format!("{file:#}").replace('\n', "\r\n")] {
        let report = try_import(&world, Format::ScubaGear, &copy, TenantChoice::FromFile).unwrap();
        assert!(report.scan_already_imported);
    }
    assert_eq!(world.rows(), before);
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE times_seen = 1"), 2);
    assert_eq!(world.number("SELECT count(*) FROM finding_scans"), 1);
}

#[test]
fn a_file_with_times_of_the_future_is_taken_now_and_known_again() {
    let world = World::new();
    let file = json!([with(ocsf("check", "r"), "/time", 32_503_680_000_u64)]);
    import(&world, Format::Ocsf, &file);
    assert_eq!(
        world.number("SELECT count(*) FROM findings WHERE last_seen_at BETWEEN db_now() - interval '1 hour' AND db_now()"),
        1
    );
    assert!(import(&world, Format::Ocsf, &file).scan_already_imported);
}

#[test]
fn the_time_of_older_versions_is_understood() {
    let world = World::new();
    let mut old = with(ocsf("check", "r"), "/event_time", "2024-06-03T14:15:19.382075");
    old.as_object_mut().unwrap().remove("time");
    import(&world, Format::Ocsf, &json!([old]));
    assert_eq!(world.finding("check")["first_seen_at"], "2024-06-03T14:15:19.382075+00:00");
}

#[test]
fn a_test_that_had_only_a_name_goes_on_under_its_id() {
    let world = World::new();
    let old = json!({"Name": "EIDSCA.AF01: Security key - State.", "Result": "Failed", "Block": "Authentication Method"});
    import(&world, Format::Maester, &maester("2024-08-05T10:00:00.1234567+02:00", &[old]));
    import(&world, Format::Maester, &maester("2026-08-05T10:00:00Z", &[test("EIDSCA.AF01", "Security key - State", "Failed")]));
    let found = world.finding("EIDSCA.AF01");
    assert_eq!((&found["times_seen"], &found["severity"]), (&json!(2), &json!("high")));
    assert_eq!(found["first_seen_at"], "2024-08-05T08:00:00.123456+00:00");
}

#[test]
fn a_chosen_tenant_takes_files_whose_tool_could_not_tell_the_tenant() {
    let world = World::new();
    let beta = || TenantChoice::Forced(BETA.to_owned());
    let sentence = "TenantId (not connected to Graph)";
    let one = with(maester("2026-04-26T12:35:08Z", &[test("AD-1", "One", "Failed")]), "/TenantId", sentence).to_string();
    let two =
        with(scubagear("2026-06-04T12:13:39Z", &[("MS.EXO.1.1v1", "Fail", "Two.")]), "/MetaData/TenantId", sentence).to_string();
    for (format, file, field) in [(Format::Maester, &one, "TenantId"), (Format::ScubaGear, &two, "MetaData.TenantId")] {
        let detail = try_import(&world, format, file, TenantChoice::FromFile).unwrap_err().detail().to_owned();
        assert!(detail.starts_with(&format!("{field} is no directory id: a GUID is expected")), "{detail}");
        assert_eq!(try_import(&world, format, file, beta()).unwrap().created, 1);
    }
    assert_eq!(world.number(&format!("SELECT count(*) FROM findings WHERE tenant_id = {}", world.tenant_id(BETA))), 2);
}

#[test]
fn a_text_in_place_of_a_missing_permission_names_no_tenant() {
    let world = World::new();
    let nobody = with(ocsf("check", "r"), "/cloud/org/uid", "");
    let file = json!([with(nobody, "/cloud/account/uid", "Unknown tenant domain (missing permissions)")]).to_string();
    let missing = TenantChoice::CreateMissing { workspace_slug: "default".to_owned() };
    for choice in [TenantChoice::FromFile, missing] {
        assert_eq!(try_import(&world, Format::Ocsf, &file, choice).unwrap_err().code(), Code::UnknownTenant);
    }
    assert_eq!(world.number("SELECT count(*) FROM tenants"), 3);
    assert_eq!(try_import(&world, Format::Ocsf, &file, TenantChoice::Only(world.tenant_id(ALPHA))).unwrap().created, 1);
    assert_eq!(world.finding("check")["account"], "");
}

#[test]
fn a_failure_on_the_whole_that_later_passes_on_a_part_says_since_when_it_is_not_observed() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("legacy_blocked", "policies"), ocsf("other_check", "policies")]));
    let passed = with(with(ocsf("legacy_blocked", "policy-1"), "/status_code", "PASS"), "/time", SECOND);
    assert_eq!(import(&world, Format::Ocsf, &json!([passed])).unobserved, 1);
    let expected = json!([
        {"check_id": "legacy_blocked", "status": "new", "unobserved_since": SECOND_SEEN},
        {"check_id": "other_check", "status": "new", "unobserved_since": null},
    ]);
    assert_eq!(states(&world), expected, "nothing was said of the other check");
}

#[test]
fn an_import_resolves_what_is_not_observed_any_more_where_it_is_told_to() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("check", "gone"), ocsf("check", "there"), ocsf("unasked", "gone")]));
    world.execute("UPDATE findings SET status = 'triaged' WHERE resource = 'gone@global' AND check_id = 'check'");
    let options = ImportOptions { format: Format::Ocsf, resolve_unobserved: true, ..ordinary() };
    let second = json!([with(ocsf("check", "there"), "/time", SECOND)]).to_string();
    let report = world.try_import(second.as_bytes(), &options).unwrap();
    assert_eq!((report.updated, report.unobserved), (1, 1));
    let resolved = world.document(
        "SELECT resource, status, closed_reason, resolved_at, due_at, unobserved_since FROM findings WHERE status = 'resolved'",
    );
    let expected = json!([{"resource": "gone@global", "status": "resolved", "closed_reason": "not_observed", "resolved_at": SECOND_SEEN,
                           "due_at": null, "unobserved_since": SECOND_SEEN}]);
    assert_eq!(resolved, expected);
    assert_eq!(world.pending(), 0);

    let third = json!([with(ocsf("check", "gone"), "/time", SECOND + 1)]);
    import(&world, Format::Ocsf, &third);
    let reopened = world.document(
        "SELECT status, closed_reason, unobserved_since FROM findings WHERE check_id = 'check' AND resource = 'gone@global'",
    );
    assert_eq!(reopened, json!([{"status": "reopened", "closed_reason": null, "unobserved_since": null}]));
}

#[test]
fn a_scan_that_was_imported_before_resolves_what_is_not_observed_any_more_once_it_is_told_to() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("check", "gone"), ocsf("check", "there")]));
    let second = json!([with(ocsf("check", "there"), "/time", SECOND)]);
    assert_eq!(import(&world, Format::Ocsf, &second).unobserved, 1);
    let options = ImportOptions { format: Format::Ocsf, resolve_unobserved: true, ..ordinary() };
    for unobserved in [1, 0] {
        let report = world.try_import(second.to_string().as_bytes(), &options).unwrap();
        assert_eq!((report.scan_already_imported, report.updated, report.unobserved), (true, 0, unobserved));
    }
    let resolved = world.document("SELECT resource FROM findings WHERE status = 'resolved'");
    assert_eq!(resolved, json!([{"resource": "gone@global"}]));
    let told = world.document("SELECT metadata->'unobserved' AS of FROM audit_logs WHERE summary LIKE '%, 1 resolved%'");
    assert_eq!(told, json!([{"of": 1}]));
}

#[test]
fn what_a_person_closed_or_accepted_is_not_resolved_for_want_of_observation() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("check", "a"), ocsf("check", "b"), ocsf("check", "c")]));
    world.execute("UPDATE findings SET status = 'risk_accepted', due_at = NULL, due_source = NULL WHERE resource = 'a@global'");
    world.execute("UPDATE findings SET status = 'closed', due_at = NULL, due_source = NULL WHERE resource = 'b@global'");
    let options = ImportOptions { format: Format::Ocsf, resolve_unobserved: true, ..ordinary() };
    let second = json!([with(ocsf("check", "c"), "/time", SECOND)]).to_string();
    assert_eq!(world.try_import(second.as_bytes(), &options).unwrap().unobserved, 0);
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE status = 'resolved' OR unobserved_since IS NOT NULL"), 0);
}

#[test]
fn a_scan_of_another_account_or_with_parts_that_could_not_be_read_touches_nothing() {
    let world = World::new();
    import(&world, Format::Ocsf, &json!([ocsf("check", "r")]));
    let elsewhere = with(with(ocsf("check", "s"), "/cloud/account/uid", "subscription-2"), "/time", SECOND);
    import(&world, Format::Ocsf, &json!([elsewhere]));
    let broken = with(with(ocsf("check", "r"), "/severity_id", 77), "/time", SECOND + 1);
    let report = import(&world, Format::Ocsf, &json!([with(ocsf("check", "t"), "/time", SECOND + 1), broken]));
    assert_eq!((report.unobserved, warned(&report)), (0, vec!["partly-read"]));
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE unobserved_since IS NOT NULL"), 0);
}

#[test]
fn a_check_that_a_scan_lists_and_says_nothing_of_was_not_looked_at() {
    let world = World::new();
    let first = [
        test("MT.1", "One", "Failed"),
        test("MT.2", "Two", "Failed"),
        test("MT.3", "Three", "Failed"),
        test("EX.1", "Ex", "Failed"),
    ];
    import(&world, Format::Maester, &maester("2026-06-01T10:00:00Z", &first));
    let second = [test("MT.1", "One", "Skipped"), test("MT.2", "Two", "Failed")];
    import(&world, Format::Maester, &maester("2026-06-02T10:00:00Z", &second));
    let unobserved = |check: &str| world.finding(check)["unobserved_since"].clone();
    assert_eq!(unobserved("MT.1"), Value::Null, "skipped");
    assert_eq!(unobserved("MT.2"), Value::Null, "seen");
    assert_eq!(unobserved("MT.3"), "2026-06-02T10:00:00+00:00", "the scan knows the product, and not the check any more");
    assert_eq!(unobserved("EX.1"), Value::Null, "another product");
}

#[test]
fn the_title_of_a_control_is_text() {
    let world = World::new();
    let requirement = "External sharing SHALL be &quot;Only free/busy.&quot;<div class=\"badges\">\n<span title=\"x\">Automated Check</span></div>";
    let bare = "Rule A < B SHOULD hold for <Default> & others.";
    let controls = [("MS.AAD.1.2v1", "Fail", requirement), ("MS.AAD.1.3v1", "Warning", bare)];
    import(&world, Format::ScubaGear, &scubagear("2026-06-04T12:13:39.072Z", &controls));
    assert_eq!(world.finding("MS.AAD.1.2")["title"], "External sharing SHALL be \"Only free/busy.\"");
    assert_eq!(world.finding("MS.AAD.1.3")["title"], bare);
    assert_eq!(world.finding("MS.AAD.1.2")["evidence"]["Requirement"], requirement);
}

#[test]
fn a_file_of_which_nothing_can_be_imported_is_refused_and_not_recorded() {
    let world = World::new();
    let other_class = with(ocsf("check", "r"), "/class_uid", 2003);
    let detail = refusal(&world, Format::Ocsf, &json!([other_class]).to_string());
    let expected = "Nothing in the file can be imported: of its 1 findings 0 say nothing and 1 were rejected; \
                    the first, 1: the event is no Detection Finding (class 2004).";
    assert_eq!(detail, expected);
    let skipped = maester("2026-06-01T10:00:00Z", &[test("MT.1", "One", "Skipped")]);
    assert!(refusal(&world, Format::Maester, &skipped.to_string()).contains("of its 1 findings 1 say nothing"));
    assert!(refusal(&world, Format::Ocsf, "[]").contains("it holds no findings"));
    let other_tool = maester("2026-06-01T10:00:00Z", &[json!({"TestId": "1", "TestStatus": "Failed"})]);
    assert!(refusal(&world, Format::Maester, &other_tool.to_string()).starts_with("The file is not Maester test results"));
    let wrapped = json!({"Findings": [ocsf("check", "r")]});
    assert!(refusal(&world, Format::Ocsf, &wrapped.to_string()).starts_with("The file is not OCSF Detection Findings"));

    let cured = maester("2026-06-01T10:00:00Z", &[test("MT.1", "One", "Failed")]);
    assert_eq!(import(&world, Format::Maester, &cured).created, 1, "the scan was not taken for imported");
}

#[test]
fn a_merged_report_goes_to_its_tenants() {
    let world = World::new();
    let alpha = maester("2026-06-01T10:00:00Z", &[test("MT.1001", "One", "Failed")]);
    let beta = maester("2026-06-01T11:00:00Z", &[test("MT.1001", "One", "Passed"), test("MT.1002", "Two", "Failed")]);
    let file = json!({"Tenants": [alpha, with(beta, "/TenantId", BETA)], "CurrentVersion": "2.2.0"});
    import(&world, Format::Maester, &file);
    let found = world.document("SELECT tenant_id, check_id, first_seen_at FROM findings ORDER BY tenant_id");
    let expected = json!([
        {"tenant_id": world.tenant_id(ALPHA), "check_id": "MT.1001", "first_seen_at": "2026-06-01T10:00:00+00:00"},
        {"tenant_id": world.tenant_id(BETA), "check_id": "MT.1002", "first_seen_at": "2026-06-01T11:00:00+00:00"},
    ]);
    assert_eq!(found, expected);
    assert!(import(&world, Format::Maester, &file).scan_already_imported);
}

#[test]
fn severities_that_come_after_the_scan_are_said_to_change_nothing() {
    let world = World::new();
    let file = maester("2026-06-01T00:00:00Z", &[with(test("MT.1001", "One", "Failed"), "/Severity", "")]).to_string();
    let config = json!({"TestSettings": [{"Id": "MT.1001", "Severity": "Critical"}]}).to_string();
    let severities = severities_from(config.as_bytes()).unwrap();
    world.try_import(file.as_bytes(), &ImportOptions { format: Format::Maester, ..ordinary() }).unwrap();
    let options = ImportOptions { format: Format::Maester, severities: Some(severities), ..ordinary() };
    let report = world.try_import(file.as_bytes(), &options).unwrap();
    assert_eq!(warned(&report), ["severities-unchanged"]);
    assert_eq!(world.finding("MT.1001")["severity"], "medium");
}
