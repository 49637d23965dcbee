//! `POST /ops/runs/{id}/cancel` (RUN-11)

use serde_json::json;
use support::TestApp;
use tenantatlas::runs::execute::Step;

#[tokio::test]
async fn a_queued_run_is_cancelled_at_once_and_changes_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.with_header("user-agent", "starter").start_backfill_of_all().await.assert_status(201).id();
    let before = app.digest();

    let other = app.operator().await.with_header("user-agent", "canceller");
    let answer = other.steer_run(run, "cancel", &json!({ "reason": "  Wrong day.  " })).await.assert_status(202);

    assert_eq!((&answer.body["status"], &answer.body["outcome"]), (&json!("completed"), &json!("cancelled")));
    assert_eq!(answer.body["started_at"], json!(null));
    assert_eq!(answer.body["summary_counts"]["tenants"], 1);
    assert_eq!(app.drain().await, 0);
    assert_eq!(app.digest(), before);
    assert_eq!(operator.list_targets(run, "state=cancelled").await.items().len(), 1);
    let audit = app.audited("platform.ops.runs.cancel_requested").remove(0);
    assert_eq!((&audit["run_id"], &audit["metadata"]["reason_text"]), (&json!(run), &json!("Wrong day.")));
    let end = app.audited("platform.ops.runbooks.completed").remove(0);
    assert_eq!(end["metadata"]["outcome"], "cancelled");
    assert_eq!((&end["actor_id"], &end["user_agent"]), (&json!(other.id), &json!("canceller")), "a row is of one person");
}

#[tokio::test]
async fn in_flight_the_batch_under_way_counts_and_the_rest_is_left_undone() {
    let app = TestApp::start().await;
    let (large, idle) = (app.tenant("Large"), app.tenant("Idle"));
    app.pending_findings(&large, 3_000);
    app.pending_findings(&idle, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);

    let answer = operator.cancel_run(run).await.assert_status(202);
    assert_eq!(answer.body["status"], "running");
    assert!(answer.body["cancel_requested_at"].is_string());
    assert_eq!(operator.list_targets(run, "state=cancelled").await.items()[0]["tenant"]["id"], idle.id);
    assert!(worker.try_claim().is_none(), "nothing of a cancelled run is claimed");
    assert_eq!(worker.step(&mut work), Step::Done);

    let body = operator.get_run(run).await.body;
    assert_eq!((&body["status"], &body["outcome"]), (&json!("completed"), &json!("cancelled")));
    let changed = app.value("SELECT count(*) FROM findings WHERE first_seen_at IS NOT NULL");
    assert!(changed.as_i64().unwrap() > 0);
    assert_eq!(
        body["summary_counts"],
        json!({ "total": 3_000, "processed": changed, "updated": changed, "skipped": 0, "failed": 0, "tenants": 2 })
    );
}

#[tokio::test]
async fn what_dead_workers_held_of_a_cancelled_run_is_ended_by_the_sweep() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let _lost = app.hand_worker().claim();
    operator.cancel_run(run).await.assert_status(202);
    app.sweep().await;
    assert_eq!(operator.get_run(run).await.body["status"], "running");

    app.clock().advance(std::time::Duration::from_secs(31));
    app.sweep().await;

    assert_eq!(operator.get_run(run).await.body["outcome"], "cancelled");
}

#[tokio::test]
async fn steering_needs_the_capabilities_to_start_and_a_short_reason() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let viewer = app.operator_with(&["platform.ops.view"]).await;
    let half = app.operator_with(&["platform.ops.view", "platform.runbooks.run"]).await;
    for verb in ["cancel", "pause", "resume", "retry-failed"] {
        viewer.steer_run(run, verb, &json!({ "x": 1 })).await.assert_problem(403, "capability-missing");
        half.steer_run(run, verb, &json!({ "x": 1 })).await.assert_problem(403, "capability-missing");
        operator.steer_run(run, verb, &json!({ "x": 1 })).await.assert_problem(422, "validation-failed").assert_pointers(&["/x"]);
        operator.steer_run(999_999, verb, &json!({ "x": 1 })).await.assert_problem(404, "not-found");
    }
    for verb in ["cancel", "pause", "resume"] {
        let long = operator.steer_run(run, verb, &json!({ "reason": "x".repeat(501) })).await;
        long.assert_problem(422, "validation-failed").assert_pointers(&["/reason"]);
        operator.steer_run(run, verb, &json!({ "reason": 1 })).await.assert_status(422).assert_pointers(&["/reason"]);
    }
    let seen = viewer.get_run(run).await.body["actions"].clone();
    assert!(seen.as_array().unwrap().iter().all(|action| action["allowed"] == false), "{seen}");
    assert!(seen[0]["reason"].as_str().unwrap().contains("platform.runbooks.run"));
    operator.cancel_run(run).await.assert_status(202);
}
