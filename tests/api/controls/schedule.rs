//! Pauses written ahead (CTL-12).

use super::{control_actions, control_rows, three_workspaces};
use serde_json::{Value, json};
use std::time::Duration;
use support::actor::controls::global_pause;
use support::actor::runbooks::BACKFILL;
use support::table::with;
use support::{Actor, TestApp};

const MINUTE: Duration = Duration::from_secs(60);

/// A global pause some minutes ahead.
fn ahead(app: &TestApp, minutes: i64, until: Option<i64>) -> Value {
    let at = |minutes: i64| app.value(&format!("SELECT db_now() + interval '{minutes} minutes'"));
    with(global_pause(), json!({ "reason_text": "Maintenance", "starts_at": at(minutes), "expires_at": until.map(at) }))
}

async fn control(operator: &Actor) -> Value {
    operator.get_control(BACKFILL).await.assert_status(200).body
}

#[tokio::test]
async fn a_scheduled_pause_begins_by_the_clock_alone() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let scheduled = operator.pause_control(BACKFILL, &ahead(&app, 10, None)).await.assert_status(201).body;
    assert_eq!((&scheduled["effective_state"], &scheduled["activations"]), (&json!("enabled"), &json!([])));
    assert_eq!(scheduled["scheduled"][0]["reason_text"], "Maintenance");
    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;

    app.clock().advance(10 * MINUTE);

    operator.start_backfill_of(fabrikam.id).await.assert_problem(409, "operational-control-paused");
    let begun = control(&operator).await;
    assert_eq!((&begun["effective_state"], &begun["scheduled"]), (&json!("paused"), &json!([])));
    assert_eq!(begun["activations"][0]["id"], scheduled["scheduled"][0]["id"]);
    assert!(control_rows(&app)[0]["summary"].as_str().unwrap().contains(" from "), "the audit row names the start");
}

#[tokio::test]
async fn a_scheduled_pause_stands_beside_the_present_one_and_each_is_changed_and_ended_for_itself() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_control(BACKFILL, &ahead(&app, 10, Some(30))).await.assert_status(201);
    operator.pause_control(BACKFILL, &ahead(&app, 20, Some(30))).await.assert_status(200);
    let both = control(&operator).await;
    assert_eq!((both["activations"].as_array().unwrap().len(), both["scheduled"].as_array().unwrap().len()), (1, 1));

    let resumed = operator.resume_backfill().await.assert_status(200).body;
    assert_eq!(resumed["control"]["scheduled"].as_array().unwrap().len(), 1, "the scheduled one stays");
    assert_eq!(operator.resume_backfill().await.body["changed"], false, "sent again it does not call off the schedule");
    let off =
        operator.resume_control(BACKFILL, &json!({ "scope_type": "global", "scheduled": true })).await.assert_status(200).body;
    assert_eq!((&off["changed"], &off["control"]["scheduled"]), (&json!(true), &json!([])));
    assert_eq!(control_actions(&app), ["paused", "paused", "updated", "resumed", "resumed"]);
}

#[tokio::test]
async fn a_pause_that_has_begun_is_changed_and_ended_like_any_other() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_control(BACKFILL, &ahead(&app, 5, None)).await.assert_status(201);
    app.clock().advance(5 * MINUTE);

    operator.pause_backfill().await.assert_status(200);
    assert_eq!(control(&operator).await["activations"][0]["reason_text"], "Incident 4711");
    assert_eq!(operator.resume_backfill().await.assert_status(200).body["changed"], true);

    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn where_a_scheduled_pause_begins_within_another_the_scope_stays_paused_until_the_later_end() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let soon = app.value("SELECT db_now() + interval '10 minutes'");
    operator.pause_control(BACKFILL, &with(global_pause(), json!({ "expires_at": soon }))).await.assert_status(201);
    operator.pause_control(BACKFILL, &ahead(&app, 5, Some(20))).await.assert_status(201);
    app.clock().advance(6 * MINUTE);
    assert_eq!(control(&operator).await["activations"].as_array().unwrap().len(), 2, "both are in force");
    // A write of another scope puts them together.
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let global: Vec<Value> =
        app.rows("SELECT reason_text, is_scheduled FROM operational_control_activations WHERE workspace_id IS NULL");
    assert_eq!(global, [json!({ "reason_text": "Maintenance", "is_scheduled": false })]);

    app.clock().advance(6 * MINUTE);
    operator.start_backfill_of(fabrikam.id).await.assert_problem(409, "operational-control-paused");
    app.clock().advance(9 * MINUTE);
    operator.start_backfill_of(fabrikam.id).await.assert_status(201);
    app.drain().await;
}
