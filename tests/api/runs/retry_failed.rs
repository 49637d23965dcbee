//! `POST /ops/runs/{id}/retry-failed`: a new run over the failed targets of a completed one (RUN-11).

use serde_json::{Value, json};
use support::actor::runbooks::{BACKFILL, reason};
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// A run over three tenants, two of which failed.
async fn failed_run() -> (TestApp, Actor, i64, Vec<Tenant>) {
    let app = TestApp::start().await;
    let tenants: Vec<Tenant> = (0..3).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    tenants.iter().for_each(|tenant| app.pending_findings(tenant, 2));
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    fail(&app, &[&tenants[0], &tenants[1]]);
    app.drain().await;
    (app, operator, run, tenants)
}

/// Has the targets of these tenants failed.
fn fail(app: &TestApp, tenants: &[&Tenant]) {
    for tenant in tenants {
        app.execute(&format!(
            "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x' \
             WHERE tenant_id = {}",
            tenant.id
        ));
    }
}

#[tokio::test]
async fn the_failed_tenants_and_no_others_get_a_new_run_with_an_identity_of_its_own() {
    let (app, operator, run, tenants) = failed_run().await;
    app.pending_findings(&tenants[2], 1);

    let retry = operator.retry_failed(run).await.assert_status(201);

    let id = retry.id();
    assert_ne!(id, run);
    assert_eq!(retry.header("location"), Some(format!("/api/v1/system/ops/runs/{id}").as_str()));
    assert_eq!(retry.body["summary_counts"]["tenants"], 2);
    assert_eq!(
        retry.body["context"]["runbook"],
        json!({ "key": BACKFILL, "scope": "failed_targets", "target_tenant_id": null, "source": "api" })
    );
    assert_eq!(retry.body["context"]["retry_of_run_id"], run);
    let preflight = &retry.body["context"]["preflight"];
    assert_eq!([&preflight["affected_count"], &preflight["total_count"], &preflight["estimated_tenants"]], [4, 4, 2]);
    let stored = app.value(&format!("SELECT scope FROM runbook_preflights WHERE id = {}", preflight["id"]));
    assert_eq!(stored, json!({ "mode": "failed_targets", "run_id": run }));
    assert_eq!(retry.body["context"]["reason"]["reason_code"], "DATA_REPAIR");
    assert_eq!(retry.body["context"]["platform_initiator"]["platform_user_id"], operator.id);
    let hashes = app.value("SELECT count(DISTINCT run_identity_hash) FROM operation_runs");
    assert_eq!(hashes, 2);
    let audit = app.audited("platform.ops.runbooks.start").pop().unwrap();
    assert_eq!((&audit["run_id"], &audit["metadata"]["retry_of_run_id"]), (&json!(id), &json!(run)));

    // A start over all tenants is another thing and does not meet it; a second retry does.
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    assert_ne!(all, id);
    let again = operator.retry_failed(run).await.assert_status(200);
    assert_eq!((again.id(), &again.body["deduplicated"]), (id, &json!(true)));
    app.drain().await;
    assert_eq!(operator.get_run(id).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn two_retries_at_once_are_one_run() {
    let (app, operator, run, _) = failed_run().await;
    let (one, other) = tokio::join!(operator.retry_failed(run), operator.retry_failed(run));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(app.count_runs(), 2);
    app.drain().await;
}

#[tokio::test]
async fn a_retry_needs_a_good_reason() {
    let (app, operator, run, _) = failed_run().await;
    let retry = |body: Value| {
        let operator = operator.clone();
        async move { operator.steer_run(run, "retry-failed", &body).await }
    };
    retry(json!({})).await.assert_problem(422, "reason-required").assert_pointers(&["/reason"]);
    retry(json!({ "reason": "again" })).await.assert_status(422);
    let short = json!({ "reason": { "code": "SUPPORT", "text": "no" } });
    retry(short).await.assert_problem(422, "reason-required").assert_pointers(&["/reason/text"]);
    assert_eq!(app.count_runs(), 1);
}

#[tokio::test]
async fn a_run_that_is_active_or_has_no_failed_target_is_not_retried() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    operator.retry_failed(run).await.assert_problem(409, "run-state-conflict");
    app.drain().await;
    operator.retry_failed(run).await.assert_problem(409, "run-state-conflict");
    operator.retry_failed(999_999).await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_retry_can_be_repeated_safely_under_its_key() {
    let (app, operator, run, _) = failed_run().await;
    let operator = operator.with_header("idempotency-key", "retry-1");
    let first = operator.retry_failed(run).await.assert_status(201);
    app.drain().await;
    let again = operator.retry_failed(run).await.assert_status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    let other = json!({ "reason": { "code": "SECURITY", "text": "Something else." } });
    operator.steer_run(run, "retry-failed", &other).await.assert_problem(422, "idempotency-key-reused");
    // The same key on another operation is another request.
    operator
        .steer_run(first.id(), "retry-failed", &json!({ "reason": reason() }))
        .await
        .assert_problem(409, "run-state-conflict");
}

#[tokio::test]
async fn once_the_failed_targets_are_repaired_there_is_nothing_to_retry_however_often_somebody_asks() {
    let (app, operator, run, tenants) = failed_run().await;
    app.pending_findings(&tenants[2], 1);
    operator.retry_failed(run).await.assert_status(201);
    app.drain().await;
    for _ in 0..2 {
        let refused = operator.retry_failed(run).await.assert_problem(409, "nothing-to-do");
        assert_eq!(refused.body["detail"], "No finding needs this repair. No run was created.");
    }
    assert_eq!(app.count_runs(), 2);
}

#[tokio::test]
async fn failed_targets_in_paused_workspaces_are_left_out_of_the_forecast_as_well() {
    let app = TestApp::start().await;
    let elsewhere = app.workspace("elsewhere", "Elsewhere");
    let (home, other, done) = (app.tenant("Contoso"), app.tenant_in(&elsewhere, "Fabrikam"), app.tenant("Adatum"));
    for tenant in [&home, &other, &done] {
        app.pending_findings(tenant, 2);
    }
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    fail(&app, &[&home, &other]);
    app.drain().await;
    operator.pause_backfill_of(elsewhere.id).await.assert_status(201);

    let retry = operator.retry_failed(run).await.assert_status(201);

    assert_eq!(retry.body["context"]["excluded"][0]["workspace_id"], elsewhere.id);
    let preflight = &retry.body["context"]["preflight"];
    assert_eq!([&preflight["affected_count"], &preflight["estimated_tenants"]], [2, 1]);
    app.drain().await;
    let refused = operator.retry_failed(run).await.assert_problem(409, "nothing-to-do");
    assert_eq!(
        refused.body["detail"],
        "No finding outside of the workspace that is paused needs this repair. No run was created."
    );
}
