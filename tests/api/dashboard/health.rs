//! Whether the product is well, and what it says when it is not.

use super::{ended_run, heartbeat, run_with_failed_targets, summary};
use serde_json::{Value, json};
use std::time::Duration;
use support::table::with;
use support::{Actor, TestApp};

/// State, and code and sentence of each reason.
async fn health(operator: &Actor, window: &str) -> (String, Vec<(String, String)>) {
    let body = operator.get_dashboard(&format!("window={window}")).await.assert_status(200).body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let reasons = body["health"]["reasons"].as_array().unwrap();
    (text(&body["health"]["state"]), reasons.iter().map(|reason| (text(&reason["code"]), text(&reason["message"]))).collect())
}

fn expected(state: &str, reasons: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    (state.to_owned(), reasons.iter().map(|(code, message)| ((*code).to_owned(), (*message).to_owned())).collect())
}

#[tokio::test]
async fn without_a_live_worker_it_fails() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let no_worker = expected("failing", &[("no_live_worker", "No worker is alive, so nobody works on runs.")]);
    assert_eq!(health(&operator, "24h").await, no_worker);

    heartbeat(&app);
    assert_eq!(health(&operator, "24h").await, expected("ok", &[]));

    // It has fallen silent; that is what waiting on the command line calls dead, too.
    app.clock().advance(Duration::from_secs(7));
    assert_eq!(health(&operator, "24h").await, no_worker);
}

#[tokio::test]
async fn with_a_failed_run_in_the_window_it_fails() {
    let app = TestApp::start().await;
    heartbeat(&app);
    let operator = app.operator().await;
    ended_run(&app, "failed", 90, json!({}));
    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
    let one = "1 run failed in the last 24 hours without being acknowledged.";
    assert_eq!(health(&operator, "24h").await, expected("failing", &[("unacknowledged_failures", one)]));

    ended_run(&app, "blocked", 90, json!({}));

    let two = "2 runs failed in the last 7 days without being acknowledged.";
    assert_eq!(health(&operator, "7d").await, expected("failing", &[("unacknowledged_failures", two)]));
}

#[tokio::test]
async fn with_a_partial_success_in_the_window_it_is_degraded() {
    let app = TestApp::start().await;
    heartbeat(&app);
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    run_with_failed_targets(&app, "partially_succeeded", 90, &[&tenant]);
    ended_run(&app, "cancelled", 10, json!({}));
    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
    let one = "1 run succeeded only in part in the last 30 days without being acknowledged.";
    assert_eq!(health(&operator, "30d").await, expected("degraded", &[("partial_successes", one)]));
}

#[tokio::test]
async fn what_is_acknowledged_is_no_longer_wrong() {
    let app = TestApp::start().await;
    heartbeat(&app);
    let operator = app.operator().await;
    let runs = ["failed", "blocked", "partially_succeeded"].map(|outcome| ended_run(&app, outcome, 10, summary()));
    assert_eq!(health(&operator, "1h").await.0, "failing");

    operator.acknowledge_run(runs[0], "Ticket 4711").await.assert_status(200);
    operator.acknowledge_run(runs[1], "Ticket 4711").await.assert_status(200);
    assert_eq!(health(&operator, "1h").await.0, "degraded");
    operator.acknowledge_run(runs[2], "Ticket 4711").await.assert_status(200);

    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
    let body = operator.get_dashboard("window=1h").await.body;
    assert_eq!((&body["kpis"]["failed"], &body["kpis"]["unacknowledged_failures"]), (&json!(2), &json!(0)));
    let failures = body["recent_failures"].as_array().unwrap();
    assert!(failures.len() == 3 && failures.iter().all(|run| run["acknowledged"] == true), "{failures:?}");
}

#[tokio::test]
async fn the_list_of_runs_can_be_asked_for_exactly_what_the_dashboard_counts() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    let [failed, blocked] = ["failed", "blocked"].map(|outcome| ended_run(&app, outcome, 10, summary()));
    let handled = ended_run(&app, "failed", 10, summary());
    operator.acknowledge_run(handled, "Ticket 4711").await.assert_status(200);
    // Begun long before the window, ended in it; and the other way round: not any more.
    let long = ended_run(&app, "failed", 5, with(summary(), json!({ "created_at": app.days_ago(40) })));
    ended_run(&app, "failed", 61, summary());
    ended_run(&app, "partially_succeeded", 10, summary());
    app.pending_findings(&tenant, 1);
    let active = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    let paused = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.pause_run(paused).await.assert_status(202);

    let body = operator.get_dashboard("window=1h").await.assert_status(200).body;

    let since = body["since"].as_str().unwrap();
    let failures = operator.list_runs(&format!("outcome=failed,blocked&acknowledged=false&completed_after={since}")).await;
    assert_eq!(failures.ids(), [long, blocked, failed]);
    assert_eq!(body["kpis"]["unacknowledged_failures"], 3);
    assert_eq!(operator.list_runs("status=active").await.ids(), [paused, active]);
    assert_eq!(body["kpis"]["active"], 2);
    operator.cancel_run(paused).await.assert_status(202);
    app.drain().await;
}

#[tokio::test]
async fn with_a_stale_run_it_is_degraded_until_somebody_works_on_it() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    operator.start_backfill_of_all().await.assert_status(201);
    heartbeat(&app);
    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));

    app.clock().advance(Duration::from_secs(301));
    heartbeat(&app);

    let one = "1 active run is stale: work is due and nobody does it.";
    assert_eq!(health(&operator, "1h").await, expected("degraded", &[("stale_runs", one)]));
    app.drain().await;
    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
}

#[tokio::test]
async fn with_a_run_held_back_it_is_degraded_unless_somebody_paused_that() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    heartbeat(&app);
    app.execute("UPDATE operation_runs SET held_reason = 'lock_waits', held_since = db_now()");
    let one = "1 active run is held back because the database is busy or full.";
    assert_eq!(health(&operator, "1h").await, expected("degraded", &[("held_runs", one)]));

    operator.pause_run(run).await.assert_status(202);

    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
    operator.cancel_run(run).await.assert_status(202);
}

#[tokio::test]
async fn with_missing_audit_rows_it_is_degraded_on_every_server_as_long_as_the_window_reaches_them() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'platform.ops.runbooks.%') NOT VALID");

    // Preflight, start and end.
    operator.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;

    heartbeat(&app);
    let three = "3 audit events could not be written in the last hour.";
    let degraded = expected("degraded", &[("audit_write_failures", three)]);
    assert_eq!(health(&operator, "1h").await, degraded);
    assert_eq!(health(&operator.at(app.second_server().await.address), "1h").await, degraded);

    app.execute("UPDATE audit_write_failures SET failed_at = failed_at - interval '61 minutes'");
    assert_eq!(health(&operator, "1h").await, expected("ok", &[]));
    assert_eq!(health(&operator, "24h").await.0, "degraded");
}

#[tokio::test]
async fn of_several_reasons_the_worst_come_first_and_decide() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for outcome in ["partially_succeeded", "partially_succeeded", "failed"] {
        ended_run(&app, outcome, 10, json!({}));
    }

    let body = operator.get_dashboard("window=1h").await.assert_status(200).body;

    let reason = |code: &str, state: &str, count: Value, message: &str| json!({ "code": code, "state": state, "message": message, "count": count });
    assert_eq!(
        body["health"],
        json!({
            "state": "failing",
            "reasons": [
                reason("no_live_worker", "failing", Value::Null, "No worker is alive, so nobody works on runs."),
                reason("unacknowledged_failures", "failing", json!(1), "1 run failed in the last hour without being acknowledged."),
                reason("partial_successes", "degraded", json!(2), "2 runs succeeded only in part in the last hour without being acknowledged."),
            ],
        })
    );
}
