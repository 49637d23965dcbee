//! FND-04, example by example: findings that are the same become one.

use super::repair;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::all_tenants;
use support::table::with;

/// A row seen this many days ago.
fn seen(app: &TestApp, days: i64, columns: Value) -> Value {
    let at = app.days_ago(days);
    with(json!({ "check_id": "DUP", "detected_at": at, "created_at": at }), columns)
}

/// The rows after a run, in the order given.
async fn consolidated(rows: impl FnOnce(&TestApp) -> Vec<Value>) -> Vec<Value> {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let ids: Vec<i64> = rows(&app).iter().map(|columns| app.finding(&tenant, columns)).collect();
    repair(&app, &app.operator().await).await;
    ids.into_iter().map(|id| app.find_finding(id)).collect()
}

#[tokio::test]
async fn the_row_seen_first_survives_with_what_was_seen_last() {
    let rows = consolidated(|app| {
        vec![
            seen(app, 5, json!({ "severity": "low", "title": "Last", "resource": "r3", "evidence": { "n": 3 } })),
            seen(app, 20, json!({ "severity": "critical", "title": "First", "resource": "r1", "evidence": { "n": 1 } })),
            seen(app, 10, json!({ "severity": "high", "title": "Middle", "resource": "r2", "evidence": { "n": 2 } })),
        ]
    })
    .await;
    let survivor = &rows[1];
    for column in ["severity", "title", "resource", "evidence"] {
        assert_eq!(survivor[column], rows[0][column], "{column}");
    }
    assert_eq!(survivor["title"], "Last");
    assert_eq!(survivor["last_seen_at"], rows[0]["last_seen_at"]);
    assert_eq!(survivor["times_seen"], 3);
    assert_eq!((&survivor["status"], &survivor["sla_days"]), (&json!("new"), &json!(30)));
    assert_eq!(survivor["consolidated_into_id"], Value::Null);
    for other in [&rows[0], &rows[2]] {
        assert_eq!(other["status"], "closed");
        assert_eq!(other["closed_reason"], "consolidated_duplicate");
        assert_eq!(other["consolidated_into_id"], survivor["id"]);
        assert_eq!((&other["due_at"], &other["due_source"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn of_rows_seen_first_at_the_same_time_the_smallest_id_survives() {
    let rows = consolidated(|app| vec![seen(app, 5, json!({})), seen(app, 5, json!({})), seen(app, 5, json!({}))]).await;
    assert_eq!(rows[0]["consolidated_into_id"], Value::Null);
    assert_eq!(rows[1]["consolidated_into_id"], rows[0]["id"]);
    assert_eq!(rows[0]["times_seen"], 1, "one scan saw it once");
}

#[tokio::test]
async fn times_seen_counts_rows_with_the_same_seen_time_once() {
    let rows = consolidated(|app| {
        vec![
            seen(app, 9, json!({ "times_seen": 2 })),
            seen(app, 9, json!({ "times_seen": 5 })),
            seen(app, 4, json!({ "times_seen": 3 })),
            seen(app, 2, json!({})),
        ]
    })
    .await;
    assert_eq!(rows[0]["times_seen"], 5 + 3 + 1);
}

#[tokio::test]
async fn the_status_follows_the_row_seen_last_and_the_furthest_open_one() {
    for (statuses, expected) in [
        // Oldest first.
        (["new", "new", "new"], "new"),
        (["triaged", "new", "new"], "triaged"),
        (["acknowledged", "new", "new"], "triaged"),
        (["in_progress", "triaged", "new"], "in_progress"),
        (["reopened", "new", "new"], "reopened"),
        (["resolved", "new", "new"], "reopened"),
        (["new", "closed", "new"], "reopened"),
        (["resolved", "triaged", "new"], "triaged"),
        (["in_progress", "new", "resolved"], "resolved"),
        (["in_progress", "new", "closed"], "closed"),
        (["risk_accepted", "in_progress", "new"], "risk_accepted"),
        (["new", "new", "risk_accepted"], "risk_accepted"),
        (["risk_accepted", "new", "resolved"], "risk_accepted"),
    ] {
        let rows = consolidated(|app| {
            let status = |n: usize, days: i64| seen(app, days, json!({ "status": statuses[n] }));
            vec![status(0, 9), status(1, 6), status(2, 3)]
        })
        .await;
        assert_eq!(rows[0]["status"], expected, "{statuses:?}");
        let is_open = !["resolved", "closed", "risk_accepted"].contains(&expected);
        assert_eq!(rows[0]["due_at"].is_string(), is_open, "{statuses:?}");
    }
}

#[tokio::test]
async fn the_survivor_takes_the_earliest_due_date_that_a_person_set_in_the_group() {
    let app = TestApp::start().await;
    let day = |days: i64| app.days_ago(-days);
    let (person, none, sla) = (
        |days: i64| json!({ "due_source": "person", "due_at": day(days) }),
        json!({ "due_source": "person" }),
        json!({ "due_source": "sla", "due_at": day(1) }),
    );
    let nobody = json!({});
    let date = |days: i64| Some(day(days));
    // Oldest first, then what the survivor gets from a person: nothing, that there is none, or a date.
    let cases = [
        ([nobody.clone(), sla.clone(), nobody.clone()], None),
        ([nobody.clone(), nobody.clone(), person(9)], Some(date(9))),
        ([sla.clone(), person(9), nobody.clone()], Some(date(9))),
        ([person(9), person(5), person(7)], Some(date(5))),
        ([person(5), person(9), sla.clone()], Some(date(5))),
        ([nobody.clone(), none.clone(), sla.clone()], Some(None)),
        ([sla.clone(), nobody.clone(), none.clone()], Some(None)),
        ([none.clone(), nobody.clone(), person(9)], Some(date(9))),
        ([person(9), none.clone(), none], Some(date(9))),
    ];
    let tenant = app.tenant("Contoso");
    let add = |number: usize, last: &str, decisions: &[Value; 3]| {
        let row = |(n, decision): (i64, &Value)| {
            let status = if n == 2 { last } else { "new" };
            let columns = json!({ "check_id": format!("{last} {number}"), "status": status, "severity": "critical" });
            app.finding(&tenant, &with(seen(&app, 90 - n, columns), decision.clone()))
        };
        (0..).zip(decisions).map(row).collect::<Vec<_>>()
    };
    let groups: Vec<(&str, usize, Vec<i64>)> = ["new", "risk_accepted", "resolved", "closed"]
        .into_iter()
        .flat_map(|last| cases.iter().enumerate().map(move |(number, (decisions, _))| (last, number, decisions)))
        .map(|(last, number, decisions)| (last, number, add(number, last, decisions)))
        .collect();
    repair(&app, &app.operator().await).await;

    for (last, number, ids) in groups {
        let (decisions, expected) = &cases[number];
        let survivor = app.find_finding(ids[0]);
        let seen = (&survivor["due_source"], &survivor["due_at"]);
        let sla = json!("sla");
        match expected {
            Some(date) => assert_eq!(seen, (&json!("person"), &json!(date)), "{decisions:?}, {last}"),
            None if last == "new" => assert_eq!(seen.0, &sla, "{decisions:?}, {last}"),
            None => assert_eq!(seen, (&Value::Null, &Value::Null), "{decisions:?}, {last}"),
        }
        for (id, decision) in ids.iter().zip(decisions).skip(1).filter(|(_, decision)| decision["due_source"] == "person") {
            let duplicate = app.find_finding(*id);
            assert_eq!(duplicate["due_at"], decision["due_at"], "a duplicate keeps what was decided: {decisions:?}, {last}");
        }
    }
}

#[tokio::test]
async fn a_due_date_that_an_earlier_version_left_on_a_folded_duplicate_is_given_back_unless_somebody_decided_since() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (soon, later, computed) = (app.days_ago(-20), app.days_ago(-40), app.days_ago(2));
    let person = |due_at: &Value| json!({ "due_source": "person", "due_at": due_at });
    let sla = json!({ "due_source": "sla", "due_at": computed });
    let folded = |columns: Value, survivor: i64| {
        let duplicate =
            json!({ "status": "closed", "closed_reason": "consolidated_duplicate", "consolidated_into_id": survivor });
        app.finding(&tenant, &with(with(app.repaired(), duplicate), columns))
    };
    let survivor =
        |check: &str, columns: Value| app.finding(&tenant, &with(with(app.repaired(), json!({ "check_id": check })), columns));
    // The last one of two was folded into the one in the middle, before an older row turned up.
    let chained = survivor("A", sla.clone());
    let middle = folded(with(json!({ "check_id": "A" }), person(&later)), chained);
    folded(with(json!({ "check_id": "A" }), person(&soon)), middle);
    let none = survivor("B", sla.clone());
    folded(json!({ "check_id": "B", "due_source": "person", "due_at": null }), none);
    let terminal = survivor("C", json!({ "status": "risk_accepted", "due_source": null, "due_at": null }));
    folded(with(json!({ "check_id": "C" }), person(&soon)), terminal);
    let decided = survivor("D", person(&later));
    folded(with(json!({ "check_id": "D" }), person(&soon)), decided);
    let decided_none = survivor("E", json!({ "due_source": "person", "due_at": null }));
    folded(with(json!({ "check_id": "E" }), person(&soon)), decided_none);
    let nobody = survivor("F", sla.clone());
    folded(json!({ "check_id": "F", "due_source": null, "due_at": null }), nobody);
    let joined = survivor("G", sla.clone());
    folded(with(json!({ "check_id": "G" }), person(&soon)), joined);
    survivor("G", sla);
    let operator = app.operator().await;

    let before = operator.preflight(&all_tenants()).await.assert_status(200).body;
    assert_eq!((&before["affected_count"], &before["overdue_after"]), (&json!(3 + 2), &json!(1)));
    let changes = &before["by_change"];
    assert_eq!((&changes["due_at_moved"], &changes["due_at_cleared"], &changes["due_at_set"]), (&json!(2), &json!(2), &json!(1)));
    let sample = before["samples"].as_array().unwrap().iter().find(|sample| sample["finding_id"] == chained).unwrap();
    assert_eq!(sample["after"], json!({ "due_at": soon, "due_source": "person" }));
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    assert_eq!(operator.get_run(run).await.body["summary_counts"]["updated"], before["affected_count"]);
    for (id, source, due_at) in [
        (chained, json!("person"), &soon),
        (none, json!("person"), &Value::Null),
        (terminal, json!("person"), &soon),
        (decided, json!("person"), &later),
        (decided_none, json!("person"), &Value::Null),
        (nobody, json!("sla"), &computed),
        (joined, json!("person"), &soon),
    ] {
        let row = app.find_finding(id);
        assert_eq!((&row["due_source"], &row["due_at"]), (&source, due_at), "{row}");
    }
    let after = operator.preflight(&all_tenants()).await.body;
    assert_eq!((&after["affected_count"], &after["overdue_after"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn every_type_is_consolidated_and_tenants_are_kept_apart() {
    for kind in ["posture", "permission_posture", "entra_admin_roles", "drift"] {
        let app = TestApp::start().await;
        let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
        let columns = seen(&app, 5, json!({ "type": kind }));
        let ids = [app.finding(&contoso, &columns), app.finding(&contoso, &columns), app.finding(&fabrikam, &columns)];
        app.execute("UPDATE findings SET fingerprint = (SELECT fingerprint FROM findings ORDER BY id LIMIT 1)");
        repair(&app, &app.operator().await).await;
        let survivors = ids.map(|id| app.find_finding(id)["consolidated_into_id"].is_null());
        assert_eq!(survivors, [true, false, true], "{kind}");
    }
}

#[tokio::test]
async fn rows_consolidated_before_take_no_part_again() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let survivor = app.finding(&tenant, &seen(&app, 9, json!({})));
    app.finding(&tenant, &seen(&app, 6, json!({})));
    let operator = app.operator().await;
    repair(&app, &operator).await;
    let third = app.finding(&tenant, &seen(&app, 3, json!({})));
    repair(&app, &operator).await;
    assert_eq!(app.find_finding(third)["consolidated_into_id"], survivor);
    assert_eq!(app.find_finding(survivor)["times_seen"], 3);
}

#[tokio::test]
async fn a_group_is_never_cut_however_small_the_batch() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let ids: Vec<i64> = (0..40).map(|n| app.finding(&tenant, &seen(&app, 50 - n, json!({})))).collect();
    app.pending_findings(&tenant, 10);
    super::properties::repair_in_batches(&app, 1);
    assert_eq!(app.find_finding(ids[0])["times_seen"], 40);
    assert_eq!(app.value("SELECT count(*) FROM findings WHERE consolidated_into_id IS NOT NULL"), 39);
}
