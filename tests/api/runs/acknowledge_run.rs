//! `POST /ops/runs/{id}/acknowledge` (RUN-18)

use serde_json::{Value, json};
use support::{Actor, TestApp};

/// A run whose only target failed, and who started it.
async fn failed_run(app: &TestApp) -> (Actor, i64) {
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.delete_tenant(&tenant);
    app.drain().await;
    (operator, run)
}

fn action(run: &Value) -> Value {
    let actions = run["actions"].as_array().unwrap();
    actions.iter().find(|action| action["action"] == "acknowledge").unwrap().clone()
}

#[tokio::test]
async fn a_failed_run_is_acknowledged_with_a_note_and_audited() {
    let app = TestApp::start().await;
    let (_, run) = failed_run(&app).await;
    let other = app.operator().await;
    let before = other.get_run(run).await.body;
    assert_eq!((&before["acknowledgement"], action(&before)["allowed"].clone()), (&json!(null), json!(true)));

    let answer = other.acknowledge_run(run, "  The tenant left us.  ").await.assert_status(200).body;

    let by = &answer["acknowledgement"];
    assert_eq!((&by["operator_id"], &by["operator_name"]), (&json!(other.id), &json!("Olga Operator")));
    assert_eq!(by["note"], "The tenant left us.");
    assert!(by["at"].is_string());
    assert_eq!(
        action(&answer),
        json!({ "action": "acknowledge", "allowed": false, "reason": "The failure is acknowledged already." })
    );
    assert_eq!(other.get_run(run).await.body, answer);
    assert_eq!(other.list_runs("").await.items()[0]["acknowledgement"], *by);
    let audit = app.audited("platform.ops.runs.acknowledged").remove(0);
    assert_eq!((&audit["run_id"], &audit["actor_id"]), (&json!(run), &json!(other.id)));
    assert_eq!(audit["metadata"]["note"], "The tenant left us.");
    assert_eq!(audit["summary"], format!("Acknowledged the failure of run {run}."));
}

#[tokio::test]
async fn acknowledging_again_changes_nothing_and_of_several_at_once_one_counts() {
    let app = TestApp::start().await;
    let (operator, run) = failed_run(&app).await;
    let others = [app.operator().await, app.operator().await, app.operator().await];

    let notes = ["one", "two", "three"];
    let (one, two, three) = tokio::join!(
        others[0].acknowledge_run(run, notes[0]),
        others[1].acknowledge_run(run, notes[1]),
        others[2].acknowledge_run(run, notes[2]),
    );
    let first = one.assert_status(200).body["acknowledgement"].clone();
    assert!(notes.contains(&first["note"].as_str().unwrap()));
    for answer in [two, three, operator.acknowledge_run(run, "later").await] {
        assert_eq!(answer.assert_status(200).body["acknowledgement"], first);
    }

    assert_eq!(app.audited("platform.ops.runs.acknowledged").len(), 1);
}

#[tokio::test]
async fn what_is_under_way_or_did_not_fail_cannot_be_acknowledged() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    let early = operator.acknowledge_run(run, "x").await.assert_problem(409, "run-state-conflict");
    assert_eq!(early.body["detail"], "The run has not ended yet.");
    app.drain().await;
    let well = operator.acknowledge_run(run, "x").await.assert_problem(409, "run-state-conflict");
    assert_eq!(well.body["detail"], "The run did not fail.");

    app.pending_findings(&tenant, 1);
    let cancelled = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    operator.cancel_run(cancelled).await.assert_status(202);
    operator.acknowledge_run(cancelled, "x").await.assert_problem(409, "run-state-conflict");

    assert_eq!(app.audited("platform.ops.runs.acknowledged").len(), 0);
    let refused = diesel::RunQueryDsl::execute(
        diesel::sql_query(format!(
            "UPDATE operation_runs SET acknowledged_at = db_now(), acknowledged_by = {}, acknowledged_by_name = 'x', acknowledgement_note = 'x'",
            operator.id
        )),
        &mut app.db(),
    );
    assert!(refused.unwrap_err().to_string().contains("operation_runs_acknowledged_check"));
}

#[tokio::test]
async fn without_its_audit_row_nothing_is_acknowledged() {
    let app = TestApp::start().await;
    let (operator, run) = failed_run(&app).await;
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action <> 'platform.ops.runs.acknowledged') NOT VALID");

    operator.acknowledge_run(run, "x").await.assert_status(500);

    assert_eq!(operator.get_run(run).await.body["acknowledgement"], json!(null));
}

#[tokio::test]
async fn it_needs_what_starting_needs_and_a_note() {
    let app = TestApp::start().await;
    let (operator, run) = failed_run(&app).await;
    let viewer = app.operator_with(&["platform.ops.view"]).await;
    let half = app.operator_with(&["platform.ops.view", "platform.runbooks.run"]).await;
    viewer.steer_run(run, "acknowledge", &json!({ "x": 1 })).await.assert_problem(403, "capability-missing");
    half.steer_run(run, "acknowledge", &json!({ "x": 1 })).await.assert_problem(403, "capability-missing");
    operator.steer_run(999_999, "acknowledge", &json!({ "x": 1 })).await.assert_problem(404, "not-found");
    for (body, pointer) in [
        (json!({}), "/note"),
        (json!({ "note": null }), "/note"),
        (json!({ "note": 1 }), "/note"),
        (json!({ "note": "" }), "/note"),
        (json!({ "note": "  " }), "/note"),
        (json!({ "note": "x".repeat(501) }), "/note"),
        (json!({ "note": "x", "why": "y" }), "/why"),
    ] {
        operator.steer_run(run, "acknowledge", &body).await.assert_status(422).assert_pointers(&[pointer]);
    }
}
