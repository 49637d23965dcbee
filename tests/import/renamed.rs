//! Checks that get another id, in another report or by another version of a tool.

use crate::field::{import, maester, scubagear, states, test};
use crate::support::World;
use serde_json::{Value, json};
use tenantatlas::findings::import::Format;

#[test]
fn a_renamed_control_goes_on_and_a_withdrawn_one_says_so() {
    let world = World::new();
    let old = [
        ("MS.EXO.12.1v1", "Warning", "IP allow lists."),
        ("MS.EXO.9.2v1", "Warning", "True file type."),
        ("MS.AAD.1.1v1", "Fail", "x"),
    ];
    import(&world, Format::ScubaGear, &scubagear("2026-05-04T12:00:00Z", &old));
    let new = [("MS.SECURITYSUITE.8.1v1", "Warning", "IP allow lists.")];
    import(&world, Format::ScubaGear, &scubagear("2026-09-04T12:00:00Z", &new));
    let renamed = world.finding("MS.SECURITYSUITE.8.1");
    assert_eq!((&renamed["first_seen_at"], &renamed["times_seen"]), (&json!("2026-05-04T12:00:00+00:00"), &json!(2)));
    assert_eq!(renamed["unobserved_since"], Value::Null);
    assert_eq!(world.finding("MS.EXO.9.2")["unobserved_since"], "2026-09-04T12:00:00+00:00");
    assert_eq!(world.finding("MS.AAD.1.1")["unobserved_since"], Value::Null, "its product was not scanned");
}

#[test]
fn an_older_report_of_one_product_does_not_speak_for_the_suite_that_took_its_controls_over() {
    let world = World::new();
    import(&world, Format::ScubaGear, &scubagear("2026-05-04T12:00:00Z", &[("MS.DEFENDER.1.1v1", "Fail", "Presets.")]));
    import(&world, Format::ScubaGear, &scubagear("2026-05-05T12:00:00Z", &[("MS.EXO.12.1v1", "Fail", "IP allow lists.")]));
    assert_eq!(world.finding("MS.DEFENDER.1.1")["unobserved_since"], Value::Null);
}

#[test]
fn two_tests_under_one_id_are_told_apart_by_title() {
    let world = World::new();
    let tests = [test("MT.1033", "One", "Failed"), test("MT.1033", "Two", "Failed"), test("MT.1034", "Three", "Failed")];
    let report = import(&world, Format::Maester, &maester("2026-06-01T10:00:00Z", &tests));
    assert_eq!(report.created, 3);
    let again =
        [test("MT.1033", "Two", "Passed"), test("MT.1033", "One", "Skipped"), test("MT.1034", "Three, reworded", "Failed")];
    import(&world, Format::Maester, &maester("2026-06-02T10:00:00Z", &again));
    let expected = json!([
        {"check_id": "MT.1033: One", "status": "new", "unobserved_since": null},
        {"check_id": "MT.1033: Two", "status": "resolved", "unobserved_since": null},
        {"check_id": "MT.1034", "status": "new", "unobserved_since": null},
    ]);
    assert_eq!(states(&world), expected);
}
