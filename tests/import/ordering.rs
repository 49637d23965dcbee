//! The order in which scans arrive does not matter.

use crate::support::{ALPHA, Scan, World, ordinary, permutations};
use serde_json::{Value, json};
use tenantatlas::findings::import::{Format, ImportOptions};

/// Imports the scans in every order, each into a tenant's findings of its own, and expects equal rows.
fn agree(scans: &[Scan]) -> Value {
    let world = World::new();
    let mut expected = None;
    for order in permutations(scans) {
        world.execute("DELETE FROM findings; DELETE FROM finding_scans");
        order.iter().for_each(|scan| assert!(!world.import(scan).scan_already_imported));
        assert_eq!(world.pending(), 0, "{order:?}");
        let rows = world.rows();
        assert_eq!(*expected.get_or_insert_with(|| rows.clone()), rows, "{order:?}");
    }
    expected.unwrap()
}

/// As [`agree`], of files of any format. Copies of a scan change nothing.
fn files_agree(files: &[(Format, Value)]) -> Value {
    let world = World::new();
    let mut expected = None;
    for order in permutations(files) {
        world.execute("DELETE FROM findings; DELETE FROM finding_scans");
        for (format, file) in &order {
            let options = ImportOptions { format: *format, ..ordinary() };
            world.try_import(file.to_string().as_bytes(), &options).unwrap();
            let copy = world.try_import(format!("\u{feff}{file:#}").as_bytes(), &options).unwrap();
            assert!(copy.scan_already_imported);
        }
        assert_eq!(world.pending(), 0);
        let rows = world.rows();
        assert_eq!(*expected.get_or_insert_with(|| rows.clone()), rows);
    }
    expected.unwrap()
}

/// Verdict number `history` of a check in a scan: it fails, passes, is listed without a verdict, or is missing.
fn verdict(history: usize, words: [&str; 3]) -> Option<&str> {
    words.get(history).copied()
}

#[test]
fn every_history_of_three_scans_with_skipped_tests_ends_the_same_in_whatever_order_they_arrive() {
    // Under two prefixes, so that a product is looked at in some scans and not in others.
    let scan = |day: usize| {
        let tests: Vec<_> = (0..64)
            .flat_map(|number| [("MT", number), ("CIS", number)])
            .filter(|(product, _)| *product == "MT" || day != 1)
            .filter_map(|(product, number)| {
                let history = [number % 4, number / 4 % 4, number / 16][day];
                let result = verdict(history, ["Failed", "Passed", "Skipped"])?;
                Some(json!({"Id": format!("{product}.{number}"), "Title": "Title", "Result": result}))
            })
            .collect();
        let time = format!("2026-03-{:02}T09:30:00Z", day + 1);
        (Format::Maester, json!({"TenantId": ALPHA, "ExecutedAt": time, "Tests": tests}))
    };
    let rows = files_agree(&[scan(0), scan(1), scan(2)]);
    let unobserved = |check: &str| {
        let row = rows.as_array().unwrap().iter().find(|row| row["f"]["check_id"] == check).unwrap();
        (row["f"]["status"].clone(), row["f"].get("unobserved_since").cloned())
    };
    let third = Some(json!("2026-03-03T09:30:00+00:00"));
    // Fails, then is missing twice; fails, is skipped, is missing; fails, is missing, is listed again.
    assert_eq!(unobserved("MT.60"), (json!("new"), third.clone()));
    assert_eq!(unobserved("MT.56"), (json!("new"), third));
    assert_eq!(unobserved("MT.44"), (json!("new"), None));
    // It fails in the first and third scan, and nothing of its product was looked at in the second.
    assert_eq!(unobserved("CIS.0"), (json!("new"), None));
}

#[test]
fn muted_findings_and_two_accounts_end_the_same_in_whatever_order_scans_arrive() {
    let finding = |day: usize, account: &str, check: usize, resource: usize| {
        // What a resource is in a scan depends on all three, so that histories differ.
        let (status, code) = match (day * 2 + check * 3 + resource + account.len()) % 5 {
            0 => ("Suppressed", "FAIL"),
            1 => ("New", "PASS"),
            2 => ("New", "MANUAL"),
            3 => return None,
            _ => ("New", "FAIL"),
        };
        Some(json!({
            "class_uid": 2004, "status": status, "status_code": code, "severity_id": 4,
            // Within a scan findings are some seconds apart.
            "time": 1_772_000_000 + day * 86_400 + check * 7 + resource,
            "metadata": {"event_code": format!("service{}_check{check}", check % 2), "product": {"name": "Prowler"}},
            "finding_info": {"title": "Title"}, "resources": [{"uid": format!("r{resource}")}],
            "cloud": {"account": {"uid": account}, "org": {"uid": ALPHA}},
        }))
    };
    let scan = |day: usize| {
        let accounts: &[&str] = if day == 2 { &["a"] } else { &["a", "bc"] };
        let all = accounts
            .iter()
            .flat_map(|account| (0..6).flat_map(move |check| (0..4).map(move |resource| (*account, check, resource))));
        let findings: Vec<_> = all.filter_map(|(account, check, resource)| finding(day, account, check, resource)).collect();
        (Format::Ocsf, json!(findings))
    };
    let rows = files_agree(&[scan(0), scan(1), scan(2), scan(3)]);
    let count = |column: &str| rows.as_array().unwrap().iter().filter(|row| row["f"].get(column).is_some()).count();
    assert!(count("unobserved_since") >= 5 && count("due_at") > count("unobserved_since"), "{}", count("unobserved_since"));
}

#[test]
fn renamed_controls_end_the_same_in_whatever_order_reports_of_both_versions_arrive() {
    let report = |day: u32, product: &str, controls: &[(&str, &str)]| {
        let controls: Vec<_> =
            controls.iter().map(|(id, result)| json!({"Control ID": id, "Requirement": "Text", "Result": result})).collect();
        let metadata = json!({"TenantId": ALPHA, "TimestampZulu": format!("2026-03-{day:02}T09:30:00Z")});
        (Format::ScubaGear, json!({"MetaData": metadata, "Results": {product: [{"Controls": controls}]}}))
    };
    files_agree(&[
        report(
            1,
            "EXO",
            &[("MS.EXO.12.1v1", "Fail"), ("MS.EXO.12.2v1", "Pass"), ("MS.EXO.9.2v1", "Fail"), ("MS.EXO.1.1v1", "Fail")],
        ),
        report(2, "SecuritySuite", &[("MS.SECURITYSUITE.8.1v1", "Pass"), ("MS.SECURITYSUITE.8.2v1", "Fail")]),
        report(3, "EXO", &[("MS.EXO.12.1v1", "Fail"), ("MS.EXO.12.2v1", "N/A"), ("MS.EXO.1.1v2", "Pass")]),
        report(4, "SecuritySuite", &[("MS.SECURITYSUITE.8.1v2", "Warning")]),
    ]);
}

#[test]
fn every_history_of_four_scans_ends_the_same_in_whatever_order_they_arrive() {
    // A check per history: in each scan it fails, passes, or is missing.
    let histories = (0..81).map(|number| [number % 3, number / 3 % 3, number / 9 % 3, number / 27]);
    let scans: Vec<_> = (0..4)
        .map(|day| {
            histories.clone().enumerate().fold(Scan::on(day as u32 + 1), |scan, (number, history)| match history[day] {
                0 => scan.fails(&format!("check-{number:02}")),
                1 => scan.passes(&format!("check-{number:02}")),
                _ => scan,
            })
        })
        .collect();
    let rows = agree(&scans);
    // All but the 16 that never fail.
    assert_eq!(rows.as_array().unwrap().len(), 65);
    let count = |status: &str| rows.as_array().unwrap().iter().filter(|row| row["f"]["status"] == status).count();
    assert_eq!((count("new"), count("resolved"), count("reopened")), histories_by_status());
}

/// What the rules say about the 81 histories, told by a plain loop.
fn histories_by_status() -> (usize, usize, usize) {
    let (mut new, mut resolved, mut reopened) = (0, 0, 0);
    for number in 0..81 {
        let mut status = None;
        for verdict in [number % 3, number / 3 % 3, number / 9 % 3, number / 27] {
            status = match (verdict, status) {
                (0, None) => Some("new"),
                (0, Some("resolved")) => Some("reopened"),
                (1, Some(_)) => Some("resolved"),
                (_, status) => status,
            };
        }
        match status {
            Some("new") => new += 1,
            Some("resolved") => resolved += 1,
            Some(_) => reopened += 1,
            None => {}
        }
    }
    (new, resolved, reopened)
}

#[test]
fn severity_and_due_date_end_the_same_in_whatever_order_scans_arrive() {
    let scans = [
        Scan::on(1).finding("a", "open", "low").finding("b", "open", "high"),
        Scan::on(2).finding("a", "open", "informational").passes("b"),
        Scan::on(3).finding("a", "open", "critical").finding("b", "open", "informational"),
        Scan::on(4).passes("a").finding("b", "open", "medium"),
    ];
    agree(&scans);
    agree(&scans[..3]);
}

#[test]
fn two_scans_of_one_moment_in_two_accounts_end_the_same_in_whatever_order_they_arrive() {
    let in_account = |account: &str, verdict: &str| Scan::on(2).finding("a", verdict, "high").with("account", account);
    let rows = agree(&[
        Scan::on(1).fails("a").with("account", "one").fails("a").with("account", "two"),
        in_account("one", "open"),
        in_account("two", "resolved"),
        Scan::on(3).fails("b").with("account", "one"),
    ]);
    let status = |account: &str| {
        let of_account =
            rows.as_array().unwrap().iter().find(|row| row["f"]["account"] == account && row["f"]["check_id"] == "a");
        of_account.unwrap()["f"]["status"].clone()
    };
    assert_eq!((status("one"), status("two")), ("new".into(), "resolved".into()));
}

#[test]
fn an_older_scan_moves_only_first_seen_the_count_and_the_due_date_that_hangs_on_it() {
    let world = World::new();
    world.import(&Scan::on(5).fails("a"));
    let before = world.finding("a");
    world.import(&Scan::on(3).finding("a", "open", "critical"));
    let after = world.finding("a");
    let changed: Vec<_> = before.as_object().unwrap().keys().filter(|key| before[*key] != after[*key]).collect();
    assert_eq!(changed, ["due_at", "first_seen_at", "times_seen", "updated_at"]);
    assert_eq!(after["due_at"], "2026-03-10T09:30:00+00:00");
}

#[test]
fn an_older_scan_that_found_things_in_order_does_not_resolve() {
    let world = World::new();
    world.import(&Scan::on(5).fails("a"));
    let before = world.finding("a");
    assert_eq!(world.import(&Scan::on(3).passes("a")).unchanged, 1);
    assert_eq!(world.finding("a"), before);
}
