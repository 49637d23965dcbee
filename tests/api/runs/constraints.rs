//! What the tables themselves refuse (RUN-01, RUN-02).

use diesel::prelude::*;
use serde_json::json;
use support::TestApp;

fn refusal(app: &TestApp, sql: &str) -> String {
    let result = diesel::sql_query(sql).execute(&mut app.db());
    result.expect_err(&format!("accepted: {sql}")).to_string()
}

#[tokio::test]
async fn impossible_combinations_of_a_run_are_refused() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    for (change, constraint) in [
        ("status = 'paused'", "operation_runs_"),
        ("outcome = 'ok'", "operation_runs_"),
        ("workspace_id = NULL", "workspace_id"),
        ("status = 'completed'", "operation_runs_completed_check"),
        ("outcome = 'succeeded'", "operation_runs_completed_check"),
        ("completed_at = now()", "operation_runs_completed_check"),
        ("status = 'completed', outcome = 'succeeded'", "operation_runs_completed_check"),
        ("status = 'completed', outcome = 'succeeded', completed_at = now()", "operation_runs_started_check"),
        ("status = 'completed', outcome = 'failed', completed_at = now()", "operation_runs_started_check"),
        ("status = 'running'", "operation_runs_started_check"),
        ("started_at = now()", "operation_runs_started_check"),
        ("status = 'completed', outcome = 'cancelled', completed_at = now()", "operation_runs_cancelled_check"),
        (
            "status = 'completed', outcome = 'cancelled', completed_at = now(), cancel_requested_at = now(), paused_at = now()",
            "operation_runs_paused_check",
        ),
        ("held_reason = 'lock_waits'", "operation_runs_held_check"),
        ("held_since = now()", "operation_runs_held_check"),
        ("platform_user_id = NULL", "operation_runs_initiator_check"),
        ("initiator_type = 'cli'", "operation_runs_initiator_check"),
        ("initiator_type = 'robot'", "operation_runs_initiator_"),
        ("run_identity_hash = 'x'", "operation_runs_run_identity_hash_check"),
        ("tenant_id = 999999", "operation_runs_tenant_fkey"),
    ] {
        let message = refusal(&app, &format!("UPDATE operation_runs SET {change}"));
        assert!(message.contains(constraint), "{change}: {message}");
    }
}

#[tokio::test]
async fn two_active_runs_of_one_identity_are_refused() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    let copy = "INSERT INTO operation_runs (workspace_id, initiator_type, initiator_name, type, run_identity_hash) \
                SELECT workspace_id, 'system', 'x', type, run_identity_hash FROM operation_runs";
    assert!(refusal(&app, copy).contains("operation_runs_active_identity_key"));
}

#[tokio::test]
async fn a_completed_run_is_final() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let run = app.operator().await.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;
    for change in [
        "status = 'running', outcome = 'pending', completed_at = NULL",
        "outcome = 'failed'",
        "summary_counts = '{}'",
        "completed_at = now()",
    ] {
        let message = refusal(&app, &format!("UPDATE operation_runs SET {change} WHERE id = {run}"));
        assert!(message.contains("is completed"), "{change}: {message}");
    }
}

#[tokio::test]
async fn impossible_combinations_of_a_target_are_refused() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let (contoso, other) = (app.tenant("Contoso"), app.workspace("acme", "Acme"));
    app.pending_findings(&contoso, 1);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    for (change, constraint) in [
        ("state = 'done'", "run_targets_"),
        ("state = 'running'", "run_targets_lease_check"),
        ("lease_token = gen_random_uuid()", "run_targets_lease_check"),
        ("state = 'succeeded'", "run_targets_completed_check"),
        ("completed_at = now()", "run_targets_completed_check"),
        ("state = 'failed', completed_at = now()", "run_targets_failure_check"),
        ("failure_code = 'x'", "run_targets_failure_check"),
        ("phase = 'repair'", "run_targets_scope_check"),
        ("phase = 'sleep'", "run_targets_phase_check"),
        ("updated = -1", "run_targets_counts_check"),
        (&format!("workspace_id = {}", other.id), "run_targets_tenant_fkey"),
    ] {
        let message = refusal(&app, &format!("UPDATE run_targets SET {change}"));
        assert!(message.contains(constraint), "{change}: {message}");
    }
    let again =
        "INSERT INTO run_targets (run_id, workspace_id, tenant_id) SELECT run_id, workspace_id, tenant_id FROM run_targets";
    assert!(refusal(&app, again).contains("run_targets_run_id_tenant_id_key"));
    assert_eq!(app.value("SELECT count(*) FROM run_targets"), json!(1));
}
