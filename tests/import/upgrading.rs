//! What an earlier version stored, under the rules of this one (FND-06 to FND-08).

use crate::support::{ALPHA, World, ordinary};
use serde_json::{Value, json};
use tenantatlas::findings::import::{Format, ImportOptions, ImportReport};

/// The migration that brought the rules.
const VERSION: &str = "20261202000050";

/// Inserts a finding as the version before did: known by tenant, source, check and resource as the tool wrote them.
fn insert(world: &World, source: &str, check_id: &str, resource: &str, columns: &[(&str, &str)]) {
    let mut names = vec!["status", "first_seen_at", "last_seen_at", "times_seen", "sla_days", "title"];
    let title = format!("'{check_id}'");
    let mut values = vec!["'new'", "'2026-05-01'", "'2026-05-01'", "1", "7", &title];
    for (name, value) in columns {
        match names.iter().position(|known| known == name) {
            Some(at) => values[at] = value,
            None => {
                names.push(name);
                values.push(value);
            }
        }
    }
    world.execute(&format!(
        "INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, resource, severity, fingerprint, {})
         SELECT workspace_id, id, 'posture', '{source}', '{check_id}', '{resource}', 'high',
                sha256(convert_to(json_build_array(external_id, '{source}', '{check_id}', '{resource}')::text, 'UTF8')), {}
         FROM tenants WHERE external_id = '{ALPHA}'",
        names.join(", "),
        values.join(", ")
    ));
    // The array of PostgreSQL has white space.
    world.execute(&format!(
        "UPDATE findings f SET fingerprint = sha256(convert_to(replace(json_build_array(t.external_id, f.source, f.check_id, f.resource)::text, ', ', ','), 'UTF8'))
         FROM tenants t WHERE t.id = f.tenant_id AND f.check_id = '{check_id}'"
    ));
}

fn insert_scan(world: &World, source: &str, scanned_at: &str, copy: u8, passed: &str) {
    world.execute(&format!(
        "INSERT INTO finding_scans (workspace_id, tenant_id, source, scanned_at, file_sha256, passed, passed_at)
         SELECT t.workspace_id, t.id, '{source}', '{scanned_at}', decode(repeat('{copy:02x}', 32), 'hex'), p.passed,
                array_fill('{scanned_at}'::timestamptz, ARRAY[cardinality(p.passed)])
         FROM tenants t, (SELECT coalesce(array_agg(fingerprint), '{{}}') AS passed FROM findings WHERE check_id = '{passed}') p
         WHERE t.external_id = '{ALPHA}'"
    ));
}

fn import(world: &World, format: Format, file: &Value) -> ImportReport {
    world.try_import(file.to_string().as_bytes(), &ImportOptions { format, ..ordinary() }).unwrap()
}

fn scubagear(time: &str, controls: &[(&str, &str)]) -> Value {
    let controls: Vec<_> =
        controls.iter().map(|(id, result)| json!({"Control ID": id, "Requirement": id, "Result": result})).collect();
    json!({"MetaData": {"TenantId": ALPHA, "TimestampZulu": time}, "Results": {"EXO": [{"Controls": controls}]}})
}

fn ocsf(check: &str, account: &str, resource: &str, time: u64) -> Value {
    json!({
        "class_uid": 2004, "status_code": "FAIL", "severity_id": 4, "time": time,
        "metadata": {"event_code": check, "product": {"name": "Prowler"}}, "finding_info": {"title": check},
        "resources": [{"uid": resource, "region": "global"}], "cloud": {"account": {"uid": account}, "org": {"uid": ALPHA}},
    })
}

/// 2026-06-01.
const JUNE: u64 = 1_780_272_000;

#[test]
fn findings_of_renamed_checks_keep_what_people_decided_and_meet_their_new_names() {
    let world = World::before(VERSION);
    insert(&world, "scubagear", "MS.EXO.12.1", "tenant", &[("status", "'risk_accepted'"), ("closed_reason", "'as agreed'")]);
    insert(&world, "scubagear", "MS.EXO.12.2", "tenant", &[("due_at", "'2026-12-24'"), ("due_source", "'person'")]);
    insert(&world, "scubagear", "MS.SECURITYSUITE.8.2", "tenant", &[("last_seen_at", "'2026-05-20'")]);
    insert(&world, "scubagear", "MS.EXO.1.1", "tenant", &[]);
    let untouched = world.finding("MS.EXO.1.1");
    world.migrate();

    let accepted = world.finding("MS.SECURITYSUITE.8.1");
    assert_eq!((&accepted["status"], &accepted["closed_reason"]), (&json!("risk_accepted"), &json!("as agreed")));
    let duplicates = world.document("SELECT fingerprint FROM findings WHERE check_id = 'MS.SECURITYSUITE.8.2'");
    assert_eq!(duplicates[0], duplicates[1], "they are one finding, which the lifecycle's repair consolidates");
    assert!(world.pending() >= 2);
    let mut same = world.finding("MS.EXO.1.1");
    for column in ["account", "unobserved_since"] {
        assert_eq!(same.as_object_mut().unwrap().remove(column), Some(Value::Null));
    }
    assert_eq!(same, untouched);

    import(
        &world,
        Format::ScubaGear,
        &scubagear("2026-06-01T00:00:00Z", &[("MS.SECURITYSUITE.8.1v1", "Fail"), ("MS.EXO.1.1v2", "Fail")]),
    );
    assert_eq!(world.finding("MS.SECURITYSUITE.8.1")["times_seen"], 2);
    assert_eq!(world.finding("MS.EXO.1.1")["times_seen"], 2);
}

#[test]
fn findings_without_an_account_are_those_of_the_account_that_sees_them_first() {
    let world = World::before(VERSION);
    insert(&world, "prowler", "alert", "Monitor@global", &[("due_at", "'2026-12-24'"), ("due_source", "'person'")]);
    insert(&world, "prowler", "disk", "/subscriptions/S-1/resourceGroups/Web/x@global", &[]);
    insert(&world, "prowler", "disk2", "/subscriptions/s-1/gone@global", &[]);
    world.migrate();
    let ids = world.document("SELECT id, check_id FROM findings ORDER BY id");

    let azure = [
        ocsf("alert", "s-1", "Monitor", JUNE),
        ocsf("alert", "s-2", "Monitor", JUNE),
        ocsf("disk", "s-1", "/subscriptions/s-1/resourcegroups/web/x", JUNE),
        ocsf("disk2", "s-1", "/subscriptions/s-1/other", JUNE),
    ];
    let report = import(&world, Format::Ocsf, &json!(azure));
    assert_eq!((report.created, report.updated, report.unobserved), (2, 2, 1));
    let found = world.document(
        "SELECT check_id, account, times_seen, due_source, unobserved_since IS NOT NULL AS gone FROM findings ORDER BY id",
    );
    let row = |check: &str, account: Option<&str>, times: u32, due: &str, gone: bool| json!({"check_id": check, "account": account, "times_seen": times, "due_source": due, "gone": gone});
    assert_eq!(found[0], row("alert", Some("s-1"), 2, "person", false));
    assert_eq!(found[1], row("disk", Some("s-1"), 2, "sla", false));
    assert_eq!(found[2]["gone"], true, "its resource names the subscription that was scanned");
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE check_id = 'alert' AND account = 's-2' AND times_seen = 1"), 1);
    assert_eq!(world.document("SELECT id, check_id FROM findings ORDER BY id LIMIT 3"), ids);
}

#[test]
fn of_two_tests_under_one_id_the_one_with_the_title_of_the_finding_goes_on() {
    let world = World::before(VERSION);
    insert(&world, "maester", "MT.1033", "tenant", &[("title", "'Two'"), ("status", "'in_progress'")]);
    world.migrate();
    let test = |title: &str| json!({"Id": "MT.1033", "Title": title, "Result": "Failed"});
    let file = json!({"TenantId": ALPHA, "ExecutedAt": "2026-06-01T00:00:00Z", "Tests": [test("One"), test("Two")]});
    import(&world, Format::Maester, &file);
    assert_eq!(world.finding("MT.1033: Two")["status"], "in_progress");
    assert_eq!(world.finding("MT.1033: Two")["times_seen"], 2);
    assert_eq!(world.finding("MT.1033: One")["status"], "new");
}

#[test]
fn copies_of_a_scan_become_one_that_knows_all_their_passes() {
    let world = World::before(VERSION);
    insert(&world, "scubagear", "MS.EXO.12.1", "tenant", &[("status", "'resolved'"), ("resolved_at", "'2026-06-01'")]);
    insert(&world, "scubagear", "MS.EXO.1.1", "tenant", &[("status", "'resolved'"), ("resolved_at", "'2026-06-01'")]);
    for (copy, passed) in [(1, "MS.EXO.12.1"), (2, "MS.EXO.1.1"), (3, "MS.EXO.1.1")] {
        insert_scan(&world, "scubagear", "2026-06-01T00:00:00Z", copy, passed);
    }
    world.migrate();
    let scans = world.document("SELECT cardinality(passed) AS passed FROM finding_scans");
    assert_eq!(scans, json!([{"passed": 2}]));
    let known = world.number(
        "SELECT count(*) FROM findings f, finding_scans s WHERE f.fingerprint = ANY (s.passed) AND f.check_id IN ('MS.SECURITYSUITE.8.1', 'MS.EXO.1.1')",
    );
    assert_eq!(known, 2, "the passes of a renamed check go by its new name");
}

#[test]
fn a_scan_imported_before_is_known_in_any_bytes_and_learns_what_it_looked_at_when_it_comes_again() {
    let world = World::before(VERSION);
    insert(&world, "scubagear", "MS.EXO.1.1", "tenant", &[("last_seen_at", "'2026-06-01'")]);
    insert(&world, "scubagear", "MS.EXO.2.2", "tenant", &[]);
    insert_scan(&world, "scubagear", "2026-06-01T00:00:00Z", 1, "none");
    world.migrate();
    let again = scubagear("2026-06-01T00:00:00Z", &[("MS.EXO.1.1v1", "Fail"), ("MS.EXO.3.1v1", "Pass")]);
    let report = import(&world, Format::ScubaGear, &again);
    assert!(report.scan_already_imported);
    assert_eq!((report.created, report.updated, report.unobserved), (0, 0, 1));
    assert_eq!(world.finding("MS.EXO.2.2")["unobserved_since"], "2026-06-01T00:00:00+00:00");
    assert_eq!(world.finding("MS.EXO.1.1")["unobserved_since"], Value::Null);
    assert_eq!(world.finding("MS.EXO.1.1")["times_seen"], 1);
    assert_eq!(import(&world, Format::ScubaGear, &again).unobserved, 0, "it is known now");
}

#[test]
fn a_file_of_several_accounts_that_was_one_scan_before_is_known() {
    let world = World::before(VERSION);
    insert(&world, "prowler", "alert", "Monitor@global", &[]);
    insert_scan(&world, "prowler", "2026-06-01T00:01:00Z", 1, "none");
    world.migrate();
    let file = json!([ocsf("alert", "s-1", "Monitor", JUNE), ocsf("alert", "s-2", "Monitor", JUNE + 60)]);
    assert!(import(&world, Format::Ocsf, &file).scan_already_imported);
    assert_eq!(world.finding("alert")["times_seen"], 1);
}
