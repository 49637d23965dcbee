//! `GET /ops/runs/{id}`: figures while it is active and afterwards (RUN-06, RUN-09).

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn what_is_no_run_is_not_found() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for id in ["1", "0", "-1", "x", "99999999999999999999"] {
        operator.get(&format!("/api/v1/system/ops/runs/{id}")).await.assert_problem(404, "not-found");
    }
    for path in ["targets", "audit", "events"] {
        operator.get(&format!("/api/v1/system/ops/runs/1/{path}")).await.assert_problem(404, "not-found");
    }
    app.operator_with(&["platform.runbooks.view"]).await.get_run(1).await.assert_problem(403, "capability-missing");
}

#[tokio::test]
async fn a_finished_run_has_exact_counts() {
    let app = TestApp::start().await;
    let (contoso, fabrikam, empty) = (app.tenant("Contoso"), app.tenant("Fabrikam"), app.tenant("Empty"));
    app.pending_findings(&contoso, 3);
    app.finding(&contoso, &app.repaired());
    for _ in 0..3 {
        app.finding(&fabrikam, &json!({ "check_id": "DUP" }));
    }
    app.finding(&fabrikam, &app.repaired());
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    let body = operator.get_run(run).await.assert_status(200).body;
    assert_eq!((&body["status"], &body["outcome"]), (&json!("completed"), &json!("succeeded")));
    assert_eq!(
        body["summary_counts"],
        json!({ "total": 8, "processed": 8, "updated": 6, "skipped": 2, "failed": 0, "tenants": 3 })
    );
    assert_eq!(body["failure_summary"], json!([]));
    assert_eq!(body["progress"]["fraction"], 1.0);
    assert_eq!((&body["progress"]["targets_total"], &body["progress"]["targets_done"]), (&json!(3), &json!(3)));
    assert_eq!(body["progress"]["eta_seconds"], json!(null));
    for time in ["created_at", "started_at", "completed_at"] {
        assert!(body[time].as_str().unwrap().ends_with('Z'), "{time}");
    }
    assert_eq!(body.get("deduplicated"), None);
    let targets = operator.list_targets(run, "").await.body;
    assert_eq!(targets["items"][2]["tenant"]["id"], empty.id);
    assert_eq!(targets["items"][2]["counts"]["total"], 0);
}

#[tokio::test]
async fn while_a_run_is_active_its_counts_are_the_sum_over_its_targets() {
    let app = TestApp::start().await;
    let (small, large) = (app.tenant("Small"), app.tenant("Large"));
    app.pending_findings(&small, 2);
    app.finding(&small, &app.repaired());
    app.pending_findings(&large, 3_000);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut first = worker.claim();
    worker.finish(&mut first);
    let mut second = worker.claim();
    worker.step_into(&mut second, &app);

    let body = operator.get_run(run).await.body;
    let counts = &body["summary_counts"];
    let in_flight = app.value(&format!("SELECT updated FROM run_targets WHERE tenant_id = {}", large.id)).as_i64().unwrap();
    assert!((1..3_000).contains(&in_flight));
    assert_eq!(body["status"], "running");
    assert_eq!(counts["total"], 3_003);
    assert_eq!(counts["updated"], 2 + in_flight);
    // Only what has ended adds what it skipped.
    assert_eq!(counts["skipped"], 1);
    assert_eq!(counts["processed"], 3 + in_flight);
    assert_eq!((&body["progress"]["targets_done"], &counts["tenants"]), (&json!(1), &json!(2)));
    let fraction = body["progress"]["fraction"].as_f64().unwrap();
    assert!(fraction > 0.0 && fraction < 1.0, "{fraction}");
    assert_eq!(app.value("SELECT summary_counts FROM operation_runs"), json!({}), "nothing is written before the end");

    worker.finish(&mut second);
    let counts = operator.get_run(run).await.body["summary_counts"].clone();
    assert_eq!(counts, json!({ "total": 3_003, "processed": 3_003, "updated": 3_002, "skipped": 1, "failed": 0, "tenants": 2 }));
    assert_eq!(app.value("SELECT summary_counts FROM operation_runs"), counts);
}
