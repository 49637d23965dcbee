//! What a pause stops: starts, retries and resumes (CTL-06, RUN-11), and where in the order of checks (RB-07).

use super::{assert_nothing_started, control_actions, control_rows, three_workspaces};
use serde_json::{Value, json};
use support::actor::runbooks::{BACKFILL, all_tenants, reason, single_tenant};
use support::fixtures::Tenant;
use support::table::with;
use support::{Actor, TestApp};

fn start_of_all(preflight_id: i64) -> Value {
    json!({ "preflight_id": preflight_id, "scope": all_tenants(), "typed_confirmation": "BACKFILL", "reason": reason() })
}

async fn paused_globally() -> (TestApp, Actor, [Tenant; 3], i64) {
    let (app, operator, tenants) = three_workspaces().await;
    let preflight = operator.preflight(&all_tenants()).await.assert_status(200).id();
    operator.pause_backfill().await.assert_status(201);
    (app, operator, tenants, preflight)
}

#[tokio::test]
async fn a_start_over_all_tenants_is_refused_with_reason_scope_and_end_and_leaves_one_audit_row() {
    let (app, operator, _) = three_workspaces().await;
    let preflight = operator.preflight(&all_tenants()).await.assert_status(200).id();
    let until = app.days_ago(-1);
    let pause = json!({ "scope_type": "global", "reason_text": "Incident 4711", "expires_at": until });
    let paused = operator.pause_control(BACKFILL, &pause).await.assert_status(201).body;

    let refused = operator.start_run(BACKFILL, &start_of_all(preflight)).await.assert_problem(409, "operational-control-paused");

    assert_eq!(refused.body["title"], "Findings lifecycle backfill paused");
    assert!(refused.body["detail"].as_str().unwrap().ends_with("Reason: Incident 4711"), "{}", refused.text);
    let fields = ["control_key", "reason_text", "matched_scope_type", "workspace_id", "expires_at", "decisions"];
    assert_eq!(
        fields.map(|name| refused.body[name].clone()),
        [
            json!(BACKFILL),
            json!("Incident 4711"),
            json!("global"),
            json!(null),
            paused["activations"][0]["expires_at"].clone(),
            json!(null)
        ]
    );
    assert_nothing_started(&app);
    let row = control_rows(&app).pop().unwrap();
    assert_eq!(control_actions(&app), ["paused", "execution_blocked"]);
    assert_eq!((&row["outcome"], &row["workspace_id"], &row["tenant_id"]), (&json!("blocked"), &json!(null), &json!(null)));
    assert_eq!((&row["actor_id"], &row["request_id"]), (&json!(operator.id), &json!(refused.header("x-request-id"))));
    let metadata = &row["metadata"];
    assert_eq!((&metadata["source"], &metadata["requested_scope"]), (&json!("api"), &json!("all_tenants")));
    assert_eq!((&metadata["scope_type"], &metadata["reason_text"]), (&json!("global"), &json!("Incident 4711")));
    assert_eq!((&metadata["target_tenant_id"], &metadata["actor_id"]), (&json!(null), &json!(operator.id)));
    assert_eq!(metadata["expires_at"], paused["activations"][0]["expires_at"]);
}

#[tokio::test]
async fn a_start_over_one_tenant_is_stopped_by_the_pause_of_its_workspace_only() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let refused = operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
    assert_eq!(refused.body["matched_scope_type"], "workspace");
    assert_eq!(refused.body["workspace_id"], contoso.workspace_id);
    assert_eq!(
        refused.body["detail"],
        "Findings lifecycle backfill is paused for the workspace Contoso Group. Nothing was or will be changed in tenant or provider. Reason: Asked by the customer"
    );
    assert_nothing_started(&app);
    let row = control_rows(&app).pop().unwrap();
    assert_eq!((&row["workspace_id"], &row["tenant_id"]), (&json!(contoso.workspace_id), &json!(contoso.id)));
    assert_eq!(
        (&row["metadata"]["requested_scope"], &row["metadata"]["target_tenant_id"]),
        (&json!("single_tenant"), &json!(contoso.id))
    );

    operator.start_backfill_of(fabrikam.id).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn a_global_pause_wins_over_that_of_a_workspace() {
    let (_app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    operator.pause_backfill().await.assert_status(201);
    let refused = operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
    assert_eq!((&refused.body["matched_scope_type"], &refused.body["reason_text"]), (&json!("global"), &json!("Incident 4711")));
}

#[tokio::test]
async fn a_start_stays_stopped_when_its_audit_row_fails() {
    let (app, operator, _, preflight) = paused_globally().await;
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action <> 'operational_control.execution_blocked')");

    operator.start_run(BACKFILL, &start_of_all(preflight)).await.assert_problem(409, "operational-control-paused");

    assert_nothing_started(&app);
    assert_eq!(control_actions(&app), ["paused"]);
    let metrics = app.anonymous().get("/metrics").await.text;
    assert!(metrics.contains("audit_write_failures_total"), "{metrics}");
}

#[tokio::test]
async fn what_comes_before_the_control_is_told_before_it() {
    let (app, _, _, preflight) = paused_globally().await;
    start(&app.anonymous(), &start_of_all(preflight)).await.assert_problem(401, "unauthenticated");
    let half = app.operator_with(&["platform.runbooks.run"]).await;
    start(&half, &start_of_all(preflight)).await.assert_problem(403, "capability-missing");
    let operator = app.operator().await;
    start(&operator, &json!({ "broken": true })).await.assert_problem(422, "validation-failed");
    assert_eq!(control_actions(&app), ["paused"], "nobody who could not have started learns of the pause");
}

#[tokio::test]
async fn an_answer_given_before_the_pause_is_given_again() {
    let (app, operator, _) = three_workspaces().await;
    let repeated = operator.with_header("idempotency-key", "once");
    let body = start_of_all(operator.preflight(&all_tenants()).await.id());
    let first = start(&repeated, &body).await.assert_status(201);
    operator.pause_backfill().await.assert_status(201);

    let again = start(&repeated, &body).await.assert_status(201);

    assert_eq!((again.header("idempotency-replayed"), again.id()), (Some("true"), first.id()));
    assert_eq!(control_actions(&app), ["paused"]);
    app.drain().await;
}

#[tokio::test]
async fn a_refusal_is_not_kept_and_the_same_request_starts_after_the_resume() {
    let (app, operator, _, preflight) = paused_globally().await;
    let repeated = operator.with_header("idempotency-key", "once");
    start(&repeated, &start_of_all(preflight)).await.assert_problem(409, "operational-control-paused");
    assert_nothing_started(&app);
    operator.resume_backfill().await.assert_status(200);

    let started = start(&repeated, &start_of_all(preflight)).await.assert_status(201);

    assert_eq!(started.header("idempotency-replayed"), None);
    app.drain().await;
}

#[tokio::test]
async fn the_control_comes_before_everything_that_comes_after_it() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let preflight = operator.preflight(&all_tenants()).await.id();
    operator.start_backfill_of_all().await.assert_status(201);
    operator.pause_backfill().await.assert_status(201);
    let body = start_of_all(preflight);
    let gone = app.tenant("Gone");
    app.delete_tenant(&gone);
    for (what, body) in [
        ("confirmation", with(body.clone(), json!({ "typed_confirmation": "no" }))),
        ("reason", with(body.clone(), json!({ "reason": null }))),
        ("active run", body.clone()),
        ("preflight", start_of_all(999_999)),
        ("tenant", json!({ "preflight_id": 1, "scope": single_tenant(gone.id) })),
        ("stale", json!({ "preflight_id": preflight, "scope": single_tenant(contoso.id) })),
    ] {
        let refused = start(&operator, &body).await;
        assert_eq!(refused.body["code"], "operational-control-paused", "{what}: {}", refused.text);
    }
    app.execute("DELETE FROM findings");
    start(&operator, &body).await.assert_problem(409, "operational-control-paused");
    assert_eq!(app.audited("operational_control.execution_blocked").len(), 7);
    app.drain().await;
}

#[tokio::test]
async fn a_preflight_is_never_stopped_and_says_what_a_start_would_be_told() {
    let (app, operator, [contoso, ..], _) = paused_globally().await;
    let all = operator.preflight(&all_tenants()).await.assert_status(200).body;
    assert_eq!((&all["affected_count"], &all["control"]["effective_state"]), (&json!(6), &json!("paused")));
    assert_eq!(all["control"]["reason_text"], "Incident 4711");
    operator.resume_backfill().await.assert_status(200);
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let one = operator.preflight(&single_tenant(contoso.id)).await.assert_status(200).body;
    assert_eq!((&one["affected_count"], &one["control"]["matched_scope_type"]), (&json!(2), &json!("workspace")));
    assert_eq!((&one["excluded"], &one["estimated_tenants"]), (&json!([]), &json!(1)));
    assert_eq!(control_actions(&app), ["paused", "resumed", "paused"]);
}

#[tokio::test]
async fn resuming_a_run_asks_the_control_before_the_state_of_the_run() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let refused = operator.resume_run(run).await.assert_problem(409, "operational-control-paused");

    assert_eq!(refused.body["workspace_id"], contoso.workspace_id, "the run still reaches the workspace");
    let row = control_rows(&app).pop().unwrap();
    assert_eq!((&row["run_id"], &row["metadata"]["source"]), (&json!(run), &json!("api")));
    assert_eq!((&row["metadata"]["requested_scope"], &row["workspace_id"]), (&json!("all_tenants"), &json!(null)));
    assert!(operator.get_run(run).await.body["paused_at"].is_string());
    assert!(app.audited("platform.ops.runs.resumed").is_empty());
    let trail = operator.list_run_audit(run, "").await.assert_status(200);
    assert_eq!(trail.items()[0]["action"], "operational_control.execution_blocked");

    // What the run does not reach does not concern it.
    let other = operator.start_backfill_of(fabrikam.id).await.assert_status(201).id();
    operator.pause_run(other).await.assert_status(202);
    operator.resume_run(other).await.assert_status(202);
    operator.resume_run(other).await.assert_problem(409, "run-state-conflict");
    operator.pause_backfill().await.assert_status(201);
    operator.resume_run(other).await.assert_problem(409, "operational-control-paused");
    operator.resume_run(999_999).await.assert_problem(404, "not-found");
    let half = app.operator_with(&["platform.runbooks.run"]).await;
    half.resume_run(run).await.assert_problem(403, "capability-missing");

    // Cancelling and pausing stay open.
    operator.cancel_run(run).await.assert_status(202);
    operator.pause_run(other).await.assert_status(202);
    operator.cancel_run(other).await.assert_status(202);
}

#[tokio::test]
async fn retrying_failed_targets_asks_the_control_and_leaves_paused_workspaces_out() {
    let (app, operator, [contoso, fabrikam, northwind]) = three_workspaces().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.execute(
        "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x'",
    );
    app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now()");
    app.sweep().await;
    operator.pause_backfill().await.assert_status(201);
    let refused = operator.retry_failed(run).await.assert_problem(409, "operational-control-paused");
    assert_eq!(refused.body["matched_scope_type"], "global");
    let row = control_rows(&app).pop().unwrap();
    assert_eq!((&row["run_id"], &row["metadata"]["requested_scope"]), (&json!(run), &json!("failed_targets")));
    // Before the reason and the state.
    operator.steer_run(run, "retry-failed", &json!({})).await.assert_problem(409, "operational-control-paused");
    operator.resume_backfill().await.assert_status(200);

    for tenant in [&contoso, &fabrikam, &northwind] {
        operator.pause_backfill_of(tenant.workspace_id).await.assert_status(201);
    }
    let refused = operator.retry_failed(run).await.assert_problem(409, "operational-control-paused");
    assert_eq!(refused.body["decisions"].as_array().unwrap().len(), 3);
    operator.resume_backfill_of(contoso.workspace_id).await.assert_status(200);
    operator.resume_backfill_of(fabrikam.workspace_id).await.assert_status(200);

    let retry = operator.retry_failed(run).await.assert_status(201).body;
    assert_eq!(retry["summary_counts"]["tenants"], 2);
    assert_eq!(retry["context"]["excluded"][0]["workspace_id"], northwind.workspace_id);
    assert_eq!(retry["context"]["excluded"][0]["tenant_count"], 1);
    app.drain().await;
}

async fn start(operator: &Actor, body: &Value) -> support::Response {
    operator.start_run(BACKFILL, body).await
}
