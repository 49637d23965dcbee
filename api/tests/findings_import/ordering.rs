//! The order in which scans arrive does not matter.

use crate::support::{Scan, World, permutations};
use serde_json::Value;

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
fn two_files_about_one_moment_end_the_same_in_whatever_order_they_arrive() {
    agree(&[
        Scan::on(1).fails("a").fails("b").fails("c"),
        Scan::on(2).finding("a", "open", "low").fails("b").passes("c").fails("d"),
        Scan::on(2).finding("a", "open", "high").passes("b").passes("c").passes("d"),
        Scan::on(3).passes("d").fails("c"),
    ]);
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
