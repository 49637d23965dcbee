//! Pauses that end by themselves (CTL-03, CTL-12).

use super::{control_actions, control_rows, three_workspaces};
use serde_json::{Value, json};
use std::time::Duration;
use support::TestApp;
use support::actor::controls::global_pause;
use support::actor::runbooks::BACKFILL;
use support::table::with;

/// A global pause for ten minutes.
fn for_ten_minutes(app: &TestApp) -> Value {
    with(global_pause(), json!({ "expires_at": app.value("SELECT db_now() + interval '10 minutes'") }))
}

#[tokio::test]
async fn a_pause_blocks_up_to_its_end_and_not_after_it_whether_its_row_is_there_or_not() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().advance(Duration::from_secs(590));
    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");

    app.clock().advance(Duration::from_secs(10));

    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 1);
    let control = operator.get_control(BACKFILL).await.assert_status(200).body;
    assert_eq!((&control["effective_state"], &control["activations"]), (&json!("enabled"), &json!([])));
    assert_eq!(operator.get_runbook(BACKFILL).await.body["control"]["effective_state"], "enabled");
    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn the_sweep_announces_an_end_once() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.sweep().await;
    assert_eq!(control_actions(&app), ["paused"]);
    app.clock().advance(Duration::from_secs(601));

    app.sweep().await;
    app.sweep().await;

    assert_eq!(control_actions(&app), ["paused", "expired"]);
    let row = control_rows(&app).pop().unwrap();
    assert_eq!((&row["actor_type"], &row["actor_id"], &row["workspace_id"]), (&json!("system"), &json!(null), &json!(null)));
    assert_eq!(row["metadata"]["reason_text"], "Incident 4711");
    assert_eq!(row["metadata"]["expires_at"], control_rows(&app)[0]["metadata"]["expires_at"]);
    assert_eq!(row["summary"], "The global pause of Findings lifecycle backfill has ended by itself.");
    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 0);
}

#[tokio::test]
async fn a_write_removes_and_announces_what_is_over_and_makes_a_new_pause() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().advance(Duration::from_secs(601));

    operator.pause_backfill().await.assert_status(201);
    app.sweep().await;

    assert_eq!(control_actions(&app), ["paused", "expired", "paused"]);
}

#[tokio::test]
async fn a_pause_that_arrives_while_another_ends_is_placed_at_whichever_reading_of_the_clock_that_one_ends() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().step_at_each_reading();
    for readings in 0.. {
        let end = app.clock().after_readings(readings);
        app.execute(&format!(
            "UPDATE operational_control_activations SET expires_at = {end}, starts_at = {end} - interval '1 hour'"
        ));

        let answer = operator.pause_backfill().await;

        let placed = app.value("SELECT count(*) FROM operational_control_activations WHERE expires_at IS NULL");
        assert_eq!((placed, answer.body["effective_state"].as_str()), (json!(1), Some("paused")), "{}", answer.text);
        if answer.status == 200 {
            assert!(readings > 1, "no reading came before the end");
            return;
        }
        answer.assert_status(201);
    }
}

#[tokio::test]
async fn resuming_what_is_over_announces_it_and_changes_nothing() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().advance(Duration::from_secs(601));

    assert_eq!(operator.resume_backfill().await.assert_status(200).body["changed"], false);

    assert_eq!(control_actions(&app), ["paused", "expired"]);
}

#[tokio::test]
async fn an_end_that_cannot_be_announced_is_tried_again_and_keeps_the_sweep_from_nothing() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().advance(Duration::from_secs(601));
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action <> 'operational_control.expired')");
    app.execute("UPDATE runbook_preflights SET computed_at = computed_at - interval '2 days'");
    app.sweep().await;
    assert_eq!(control_actions(&app), ["paused"]);
    assert_eq!(app.value("SELECT count(*) FROM runbook_preflights"), 0);

    app.execute("ALTER TABLE audit_logs DROP CONSTRAINT full_disk");
    app.sweep().await;
    assert_eq!(control_actions(&app), ["paused", "expired"]);
}

#[tokio::test]
async fn a_pause_prolonged_before_its_end_does_not_end_then() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(201);
    app.clock().advance(Duration::from_secs(300));
    operator.pause_control(BACKFILL, &for_ten_minutes(&app)).await.assert_status(200);
    app.clock().advance(Duration::from_secs(301));
    app.sweep().await;

    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
    assert_eq!(control_actions(&app), ["paused", "updated", "execution_blocked"]);
}

#[tokio::test]
async fn a_clock_that_steps_back_does_not_open_a_pause() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    app.execute(
        "CREATE OR REPLACE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() - interval ''2 seconds'''",
    );
    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
}
