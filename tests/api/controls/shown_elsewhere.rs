//! Where else a pause is shown, so that a client explains a disabled button without a second call.

use super::three_workspaces;
use serde_json::{Value, json};
use support::Actor;
use support::actor::runbooks::BACKFILL;

async fn action(operator: &Actor, run: i64, name: &str) -> Value {
    let body = operator.get_run(run).await.assert_status(200).body;
    body["actions"].as_array().unwrap().iter().find(|action| action["action"] == name).unwrap().clone()
}

#[tokio::test]
async fn the_runbook_list_and_the_runbook_say_that_and_why_a_start_is_stopped() {
    let (_app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let one = operator.get_runbook(BACKFILL).await.assert_status(200).body;
    assert_eq!((&one["control"]["effective_state"], &one["actions"][1]["allowed"]), (&json!("enabled"), &json!(true)));

    operator.pause_backfill().await.assert_status(201);
    let refused = operator.start_backfill_of_all().await.assert_problem(409, "operational-control-paused");
    let listed = operator.list_runbooks().await.assert_status(200).body["items"][0].clone();
    let shown = operator.get_runbook(BACKFILL).await.body;

    assert_eq!(listed, shown);
    assert_eq!(
        (&shown["control"]["effective_state"], &shown["control"]["reason_text"]),
        (&json!("paused"), &json!("Incident 4711"))
    );
    assert_eq!(shown["actions"][0], json!({ "action": "preflight", "allowed": true, "reason": null }));
    assert_eq!(shown["actions"][1], json!({ "action": "start", "allowed": false, "reason": refused.body["detail"] }));
}

#[tokio::test]
async fn a_missing_capability_is_shown_before_the_pause() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    let viewer = app.operator_with(&["platform.runbooks.view"]).await;
    let reason = viewer.get_runbook(BACKFILL).await.assert_status(200).body["actions"][1]["reason"].clone();
    assert_eq!(reason, "You lack the capability platform.runbooks.run.");
}

#[tokio::test]
async fn resume_and_retry_of_a_run_show_what_their_endpoints_answer() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let active = operator.start_backfill_of_all().await.assert_status(201).id();
    operator.pause_run(active).await.assert_status(202);
    assert_eq!(action(&operator, active, "resume").await["allowed"], true);

    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let shown = action(&operator, active, "resume").await;
    let refused = operator.resume_run(active).await.assert_problem(409, "operational-control-paused");
    assert_eq!((&shown["allowed"], &shown["reason"]), (&json!(false), &refused.body["detail"]));
    let listed = operator.list_runs("").await.assert_status(200);
    assert_eq!(listed.items()[0]["actions"], operator.get_run(active).await.body["actions"]);
    assert_eq!(action(&operator, active, "cancel").await["allowed"], true);

    // The tenant of the paused workspace is done with: the pause does not concern the run any more.
    app.execute(&format!(
        "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'x', failure_message = 'x' WHERE tenant_id = {}",
        contoso.id
    ));
    assert_eq!(action(&operator, active, "resume").await["allowed"], true);
    operator.resume_run(active).await.assert_status(202);
    app.drain().await;

    let shown = action(&operator, active, "retry_failed").await;
    let refused = operator.retry_failed(active).await.assert_problem(409, "operational-control-paused");
    assert_eq!((&shown["allowed"], &shown["reason"]), (&json!(false), &refused.body["detail"]));
    operator.resume_backfill_of(contoso.workspace_id).await.assert_status(200);
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    assert_eq!(action(&operator, active, "retry_failed").await["allowed"], true);
    operator.retry_failed(active).await.assert_status(201);
    app.drain().await;
}
