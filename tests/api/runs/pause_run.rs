//! `POST /ops/runs/{id}/pause` and `/resume` (RUN-11)

use serde_json::json;
use support::TestApp;
use tenantatlas::runs::execute::Step;

#[tokio::test]
async fn a_paused_run_is_not_claimed_until_it_is_resumed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();

    let paused = operator.pause_run(run).await.assert_status(202);
    assert!(paused.body["paused_at"].is_string());
    assert_eq!(paused.body["status"], "queued");
    assert_eq!(app.drain().await, 0);

    let resumed = operator.resume_run(run).await.assert_status(202);
    assert_eq!(resumed.body["paused_at"], json!(null));
    assert_eq!(app.drain().await, 1);
    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
    assert_eq!(app.audited("platform.ops.runs.paused").len(), 1);
    assert_eq!(app.audited("platform.ops.runs.resumed").len(), 1);
}

#[tokio::test]
async fn in_flight_the_target_goes_back_with_its_cursor_and_counts() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    let place = "SELECT state, phase, cursor, updated, scanned, scope_max_id, total FROM run_targets";
    let before = app.rows(place).remove(0);

    operator.pause_run(run).await.assert_status(202);
    assert_eq!(worker.step(&mut work), Step::Done);

    let after = app.rows(place).remove(0);
    assert_eq!((&before["state"], &after["state"]), (&json!("running"), &json!("queued")));
    for column in ["phase", "cursor", "updated", "scanned", "scope_max_id", "total"] {
        assert_eq!(after[column], before[column], "{column}");
    }
    assert!(worker.try_claim().is_none());
    let shown = operator.get_run(run).await.body;
    assert_eq!((&shown["status"], &shown["stale"]), (&json!("running"), &json!(false)));
    assert_eq!(shown["summary_counts"]["updated"], before["updated"]);
    assert_eq!(shown["progress"]["eta_seconds"], json!(null));

    operator.resume_run(run).await.assert_status(202);
    app.drain().await;
    let done = operator.get_run(run).await.body;
    assert_eq!((&done["outcome"], &done["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3_000)));
    assert_eq!(operator.list_targets(run, "").await.items()[0]["attempt"], 2);
}

#[tokio::test]
async fn a_paused_run_can_be_cancelled() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    let cancelled = operator.cancel_run(run).await.assert_status(202);
    assert_eq!((&cancelled.body["outcome"], &cancelled.body["paused_at"]), (&json!("cancelled"), &json!(null)));
}

#[tokio::test]
async fn a_start_meets_a_paused_run_because_it_is_active() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    assert_eq!(operator.start_backfill_of_all().await.assert_status(200).id(), run);
    operator.cancel_run(run).await.assert_status(202);
}
