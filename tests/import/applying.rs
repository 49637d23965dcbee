//! What a scan makes of findings.

use crate::support::{ALPHA, Scan, World, counts, ordinary};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::thread;

#[test]
fn a_failing_check_becomes_a_new_finding_that_needs_no_repair() {
    let world = World::new();
    let report = world.import(&Scan::on(2).fails("a").finding("b", "open", "informational").passes("c"));
    assert_eq!(counts(&report), (2, 0, 1));
    assert!(!report.scan_already_imported);
    let a = world.finding("a");
    assert_eq!(a["status"], "new");
    assert_eq!((&a["times_seen"], &a["sla_days"], &a["due_source"]), (&json!(1), &json!(7), &json!("sla")));
    for column in ["first_seen_at", "last_seen_at", "detected_at"] {
        assert_eq!(a[column], "2026-03-02T09:30:00+00:00", "{column}");
    }
    assert_eq!(a["due_at"], "2026-03-09T09:30:00+00:00");
    assert_ne!(a["created_at"], a["detected_at"]);
    let b = world.finding("b");
    assert_eq!((&b["sla_days"], &b["due_at"], &b["due_source"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(world.pending(), 0);
}

#[test]
fn a_fingerprint_is_the_digest_of_the_json_array_of_what_a_finding_is_the_same_as() {
    let world = World::new();
    let odd = "a \"quoted\" \\ check\u{7f} with \u{1}\t\r\n\u{8}\u{c} and é 🦀 </script> \u{2028}";
    world.import(&Scan::on(2).fails("plain").with("check_id", odd).with("resource", "r/\u{1f}é"));
    world.import(&Scan::on(3).fails("b").with("account", "a-1"));
    for keys in [json!([ALPHA, "drift-scout", odd.trim(), "r/\u{1f}é"]), json!([ALPHA, "drift-scout", "a-1", "b", "tenant"])] {
        let expected = hex::encode(Sha256::digest(keys.to_string()));
        assert_eq!(world.named("SELECT count(*) FROM findings WHERE encode(fingerprint, 'hex') = $1", &expected), 1, "{keys}");
    }
}

#[test]
fn the_same_check_seen_again_moves_last_seen_and_takes_what_was_said_last() {
    let world = World::new();
    world.import(&Scan::on(2).fails("a"));
    let report = world.import(&Scan::on(5).finding("a", "open", "critical").fails("b"));
    assert_eq!(counts(&report), (1, 1, 0));
    let a = world.finding("a");
    assert_eq!((&a["status"], &a["times_seen"], &a["severity"]), (&json!("new"), &json!(2), &json!("critical")));
    assert_eq!(a["first_seen_at"], "2026-03-02T09:30:00+00:00");
    assert_eq!(a["last_seen_at"], "2026-03-05T09:30:00+00:00");
    assert_eq!((&a["sla_days"], &a["due_at"]), (&json!(3), &json!("2026-03-05T09:30:00+00:00")));
    assert_eq!(a["evidence"]["day"], "2026-03-05T09:30:00Z");
    assert_eq!(world.pending(), 0);
}

#[test]
fn a_passing_check_resolves_and_a_failing_one_reopens() {
    let world = World::new();
    world.import(&Scan::on(2).fails("a"));
    assert_eq!(counts(&world.import(&Scan::on(3).passes("a"))), (0, 1, 0));
    let resolved = world.finding("a");
    assert_eq!((&resolved["status"], &resolved["resolved_at"]), (&json!("resolved"), &json!("2026-03-03T09:30:00+00:00")));
    assert_eq!((&resolved["due_at"], &resolved["due_source"], &resolved["times_seen"]), (&Value::Null, &Value::Null, &json!(1)));
    assert_eq!(world.pending(), 0);

    assert_eq!(counts(&world.import(&Scan::on(4).passes("a"))), (0, 0, 1));
    assert_eq!(world.finding("a"), resolved);

    assert_eq!(counts(&world.import(&Scan::on(5).fails("a"))), (0, 1, 0));
    let reopened = world.finding("a");
    assert_eq!((&reopened["status"], &reopened["resolved_at"]), (&json!("reopened"), &Value::Null));
    assert_eq!((&reopened["due_at"], &reopened["due_source"]), (&json!("2026-03-09T09:30:00+00:00"), &json!("sla")));
    assert_eq!(world.pending(), 0);
}

#[test]
fn closed_and_accepted_findings_keep_their_status_whatever_scans_say() {
    let world = World::new();
    for (status, day) in [("closed", 2), ("risk_accepted", 12)] {
        world.import(&Scan::on(day).fails(status));
        world.execute(&format!(
            "UPDATE findings SET status = '{status}', due_at = NULL, due_source = NULL WHERE check_id = '{status}'"
        ));
        world.import(&Scan::on(day + 1).fails(status));
        world.import(&Scan::on(day + 2).passes(status));
        let finding = world.finding(status);
        assert_eq!((&finding["status"], &finding["times_seen"], &finding["due_at"]), (&json!(status), &json!(2), &Value::Null));
        assert_eq!(finding["last_seen_at"], format!("2026-03-{:02}T09:30:00+00:00", day + 1));
    }
    assert_eq!(world.pending(), 0);
}

#[test]
fn what_a_person_decided_about_status_and_due_date_is_kept() {
    let world = World::new();
    world.import(&Scan::on(2).fails("a"));
    world.execute("UPDATE findings SET status = 'in_progress', due_at = '2026-12-24', due_source = 'person'");
    world.import(&Scan::on(3).finding("a", "open", "critical"));
    let kept = world.finding("a");
    assert_eq!((&kept["status"], &kept["due_at"]), (&json!("in_progress"), &json!("2026-12-24T00:00:00+00:00")));
    world.import(&Scan::on(4).passes("a"));
    let resolved = world.finding("a");
    assert_eq!((&resolved["status"], &resolved["due_source"]), (&json!("resolved"), &json!("person")));
    assert_eq!(world.pending(), 0);
}

#[test]
fn of_the_same_check_twice_in_a_scan_the_worst_verdict_then_the_worst_severity_wins() {
    let world = World::new();
    let twice = Scan::on(2).finding("a", "resolved", "critical").finding("a", "open", "low").finding("a", "open", "medium");
    assert_eq!(counts(&world.import(&twice)), (1, 0, 2));
    let a = world.finding("a");
    assert_eq!((&a["severity"], &a["status"], &a["times_seen"]), (&json!("medium"), &json!("new"), &json!(1)));
}

#[test]
fn the_same_scan_again_changes_nothing() {
    let world = World::new();
    let scan = Scan::on(2).fails("a").passes("b");
    world.import(&scan);
    let before = (world.rows(), world.number("SELECT count(*) FROM audit_logs"));
    let report = world.import(&scan);
    assert!(report.scan_already_imported);
    assert_eq!(counts(&report), (0, 0, 2));
    assert!(world.import_legacy(&scan).scan_already_imported);
    assert_eq!((world.rows(), world.number("SELECT count(*) FROM audit_logs")), before);
}

#[test]
fn of_the_same_scan_imported_at_once_by_several_exactly_one_applies() {
    let world = World::new();
    let scan = (0..300).fold(Scan::on(2), |scan, number| scan.fails(&format!("check-{number}")));
    let reports = thread::scope(|threads| {
        let started: Vec<_> = (0..4).map(|_| threads.spawn(|| world.import(&scan))).collect();
        started.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(reports.iter().filter(|report| report.scan_already_imported).count(), 3);
    assert_eq!(reports.iter().map(|report| report.created).sum::<u64>(), 300);
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE times_seen = 1"), 300);
    assert_eq!(world.number("SELECT count(*) FROM finding_scans"), 1);
}

#[test]
fn a_legacy_import_appends_rows_without_a_lifecycle() {
    let world = World::new();
    for day in [2, 3] {
        let scan = Scan::on(day).fails("a").finding("a", "open", "critical").passes("b");
        assert_eq!(counts(&world.import_legacy(&scan)), (1, 0, 2));
    }
    assert_eq!(
        world.number(
            "SELECT count(*) FROM findings WHERE status = 'new' AND severity = 'critical' AND detected_at = created_at
             AND num_nonnulls(first_seen_at, last_seen_at, times_seen, sla_days, due_at, due_source) = 0"
        ),
        2
    );
    assert_eq!(world.number("SELECT count(DISTINCT created_at) FROM findings"), 2);
    assert_eq!(world.pending(), 2);
}

#[test]
fn an_ordinary_scan_fills_a_legacy_row_as_the_repair_would() {
    let world = World::new();
    world.import_legacy(&Scan::on(2).fails("a"));
    world.import(&Scan::on(4).fails("a"));
    let a = world.finding("a");
    assert_eq!(a["first_seen_at"], "2026-03-02T09:30:00+00:00");
    assert_eq!((&a["times_seen"], &a["due_at"]), (&json!(2), &json!("2026-03-09T09:30:00+00:00")));
    assert_eq!(world.pending(), 0);
}

#[test]
fn of_duplicates_the_row_seen_last_is_the_one_that_a_scan_resolves() {
    let world = World::new();
    world.import_legacy(&Scan::on(2).fails("a"));
    world.import_legacy(&Scan::on(3).fails("a"));
    world.import(&Scan::on(4).passes("a"));
    let statuses = world.document("SELECT status FROM findings ORDER BY detected_at");
    assert_eq!(statuses, json!([{"status": "new"}, {"status": "resolved"}]));
}

#[test]
fn findings_of_one_file_may_be_seen_at_different_times() {
    let world = World::new();
    world.import(&Scan::on(2).fails("a").fails("b").with("seen_at", "2026-03-01T00:00:00Z"));
    assert_eq!(world.finding("a")["first_seen_at"], "2026-03-02T09:30:00+00:00");
    assert_eq!(world.finding("b")["first_seen_at"], "2026-03-01T00:00:00+00:00");
    assert_eq!(world.number("SELECT count(*) FROM finding_scans WHERE scanned_at = '2026-03-02T09:30:00Z'"), 1);
}

#[test]
fn an_import_is_audited_in_the_scope_of_its_tenant() {
    let world = World::new();
    world.import(&Scan::on(2).fails("a").fails("b").passes("c"));
    let audited = world.document(
        "SELECT tenant_id, workspace_id IS NOT NULL AS scoped, metadata FROM audit_logs WHERE action = 'findings.imported'",
    );
    assert_eq!(audited[0]["tenant_id"], world.tenant_id(ALPHA));
    assert_eq!(audited[0]["scoped"], true);
    let metadata = &audited[0]["metadata"];
    assert_eq!((&metadata["format"], &metadata["mode"]), (&json!("jsonl"), &json!("ordinary")));
    assert_eq!((&metadata["source"], &metadata["scanned_at"]), (&json!("drift-scout"), &json!("2026-03-02T09:30:00Z")));
    assert_eq!((&metadata["created"], &metadata["updated"]), (&json!(2), &json!(0)));
}

#[test]
fn rejections_are_reported_and_the_rest_is_imported() {
    let world = World::new();
    let scan = Scan::on(2).fails("a").fails("b").with("seen_at", "yesterday");
    let report = world.try_import(scan.file().as_bytes(), &ordinary()).unwrap();
    assert_eq!((report.created, report.rejected_count, report.rejected.len()), (1, 1, 1));
    assert_eq!((report.rejected[0].line, report.rejected[0].code), (2, "bad-time"));
}
