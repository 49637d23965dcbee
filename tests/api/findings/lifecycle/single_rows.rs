//! FND-03, example by example: a finding that stands alone.

use super::repair;
use serde_json::{Value, json};
use support::TestApp;
use support::table::with;

/// The finding after a run.
async fn repaired(columns: impl FnOnce(&TestApp) -> Value) -> (TestApp, Value, Value) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let columns = columns(&app);
    let id = app.finding(&tenant, &columns);
    // Something to do, so that the run is not refused.
    app.pending_findings(&tenant, 1);
    let before = app.find_finding(id);
    repair(&app, &app.operator().await).await;
    let after = app.find_finding(id);
    (app, before, after)
}

fn plus_days(app: &TestApp, time: &Value, days: i64) -> Value {
    app.value(&format!("SELECT '{}'::timestamptz + interval '{days} days'", time.as_str().unwrap()))
}

#[tokio::test]
async fn seen_times_come_from_detection_and_creation() {
    for (detected, created, first, last) in [(Some(9), 4, 9, 4), (Some(4), 9, 9, 4), (None, 6, 6, 6), (Some(6), 6, 6, 6)] {
        let (app, _, after) = repaired(
            |app| json!({ "detected_at": detected.map(|days| app.days_ago(days)), "created_at": app.days_ago(created) }),
        )
        .await;
        let day = |value: &Value| {
            app.value(&format!(
                "SELECT round(extract(epoch FROM db_now() - '{}'::timestamptz) / 86400)::int",
                value.as_str().unwrap()
            ))
        };
        assert_eq!((day(&after["first_seen_at"]), day(&after["last_seen_at"])), (json!(first), json!(last)));
        assert_eq!(after["times_seen"], 1);
    }
}

#[tokio::test]
async fn what_is_filled_already_is_kept() {
    let (_, before, after) =
        repaired(|app| json!({ "first_seen_at": app.days_ago(50), "last_seen_at": app.days_ago(1), "times_seen": 7 })).await;
    for column in ["first_seen_at", "last_seen_at", "times_seen"] {
        assert_eq!(after[column], before[column]);
    }
}

#[tokio::test]
async fn last_seen_is_never_before_a_first_seen_that_is_known() {
    let (_, _, after) = repaired(
        |app| json!({ "first_seen_at": app.days_ago(2), "detected_at": app.days_ago(9), "created_at": app.days_ago(9) }),
    )
    .await;
    assert_eq!(after["last_seen_at"], after["first_seen_at"]);
}

#[tokio::test]
async fn times_seen_below_one_becomes_one() {
    let (_, _, after) = repaired(|app| with(app.repaired(), json!({ "times_seen": 0 }))).await;
    assert_eq!(after["times_seen"], 1);
}

#[tokio::test]
async fn acknowledged_becomes_triaged_at_the_time_of_acknowledgement() {
    let (_, before, after) = repaired(|app| json!({ "status": "acknowledged", "acknowledged_at": app.days_ago(3) })).await;
    assert_eq!((&after["status"], &after["triaged_at"]), (&json!("triaged"), &before["acknowledged_at"]));
    let (_, _, after) = repaired(|_| json!({ "status": "acknowledged" })).await;
    assert_eq!((&after["status"], &after["triaged_at"]), (&json!("triaged"), &after["first_seen_at"]));
}

#[tokio::test]
async fn open_findings_get_days_and_due_date_by_severity() {
    for status in ["new", "triaged", "in_progress", "reopened", "acknowledged"] {
        for (severity, days) in
            [("critical", Some(3)), ("high", Some(7)), ("medium", Some(14)), ("low", Some(30)), ("informational", None)]
        {
            if status != "new" && severity != "high" {
                continue;
            }
            let (app, _, after) = repaired(|_| json!({ "severity": severity, "status": status })).await;
            assert_eq!(after["sla_days"], json!(days), "{status} {severity}");
            let due = days.map_or(Value::Null, |days| plus_days(&app, &after["first_seen_at"], days));
            assert_eq!(after["due_at"], due, "{status} {severity}");
            assert_eq!(after["due_source"], if days.is_some() { json!("sla") } else { Value::Null });
        }
    }
}

#[tokio::test]
async fn wrong_days_of_an_open_finding_are_corrected_but_its_due_date_stays() {
    let (_, before, after) = repaired(|app| with(app.repaired(), json!({ "sla_days": 99 }))).await;
    assert_eq!((&after["sla_days"], &after["due_at"]), (&json!(7), &before["due_at"]));
}

#[tokio::test]
async fn terminal_findings_lose_a_computed_due_date_and_get_none() {
    for status in ["resolved", "closed", "risk_accepted"] {
        let (_, before, after) = repaired(|app| with(app.repaired(), json!({ "status": status }))).await;
        assert_eq!((&after["due_at"], &after["due_source"]), (&Value::Null, &Value::Null), "{status}");
        assert_eq!((&after["status"], &after["sla_days"]), (&json!(status), &before["sla_days"]));
        let (_, _, after) = repaired(|_| json!({ "status": status })).await;
        assert_eq!((&after["due_at"], &after["sla_days"]), (&Value::Null, &Value::Null), "{status}");
        assert!(after["first_seen_at"].is_string());
    }
}

#[tokio::test]
async fn a_due_date_of_a_person_is_never_touched() {
    for status in ["new", "acknowledged", "resolved", "closed", "risk_accepted"] {
        let (_, before, after) =
            repaired(|app| json!({ "status": status, "due_at": app.days_ago(-100), "due_source": "person" })).await;
        assert_eq!((&after["due_at"], &after["due_source"]), (&before["due_at"], &json!("person")), "{status}");
    }
    // Also that there is none.
    let (_, _, after) = repaired(|_| json!({ "due_source": "person" })).await;
    assert_eq!((&after["due_at"], &after["due_source"], &after["sla_days"]), (&Value::Null, &json!("person"), &json!(7)));
}

#[tokio::test]
async fn a_finding_that_needs_nothing_keeps_even_its_time_of_update() {
    let (_, before, after) = repaired(TestApp::repaired).await;
    assert_eq!(after, before);
}

#[tokio::test]
async fn nothing_but_the_time_of_update_comes_from_the_clock() {
    let (app, _, first) = repaired(|_| json!({ "status": "acknowledged" })).await;
    let tenant = first["tenant_id"].as_i64().unwrap();
    let copy = with(
        first.clone(),
        json!({ "first_seen_at": null, "last_seen_at": null, "times_seen": null, "sla_days": null,
        "due_at": null, "due_source": null, "triaged_at": null, "status": "acknowledged" }),
    );
    let mut copy = copy.as_object().unwrap().clone();
    copy.remove("id");
    copy.insert("fingerprint".to_owned(), json!(format!("\\x{}", "ab".repeat(32))));
    let id = app.insert("findings", &Value::Object(copy));
    app.clock().advance(std::time::Duration::from_secs(600));
    app.operator().await.start_backfill_of(tenant).await.assert_status(201);
    app.drain().await;
    let second = app.find_finding(id);
    for (column, value) in first.as_object().unwrap() {
        if !["id", "fingerprint", "updated_at"].contains(&column.as_str()) {
            assert_eq!(&second[column], value, "{column}");
        }
    }
    assert_ne!(second["updated_at"], first["updated_at"]);
}
