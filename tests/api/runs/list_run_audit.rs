//! `GET /ops/runs/{id}/audit`

use support::TestApp;

#[tokio::test]
async fn the_audit_trail_of_a_run_is_its_own_and_newest_first() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    operator.resume_run(run).await.assert_status(202);
    app.drain().await;
    app.pending_findings(&tenant, 2);
    operator.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;

    let page = operator.list_run_audit(run, "").await.assert_status(200);
    let actions: Vec<_> = page.items().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "platform.ops.runbooks.completed",
            "platform.ops.runs.resumed",
            "platform.ops.runs.paused",
            "platform.ops.runbooks.start",
        ]
    );
    assert_eq!(page.items()[3]["actor"]["label"], operator.email);
    assert_eq!(page.items()[3]["tenant_id"], tenant.id);

    let first = operator.list_run_audit(run, "limit=1").await.assert_status(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = operator.list_run_audit(run, &format!("cursor={cursor}")).await.assert_status(200);
    assert_eq!(rest.items().len(), 3);
    operator.list_run_audit(run, "action=x").await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn every_sentence_names_its_run() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    operator.resume_run(run).await.assert_status(202);
    app.drain().await;
    app.pending_findings(&tenant, 2);
    let stopped = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    operator.cancel_run(stopped).await.assert_status(202);

    let said = |page: support::Response| -> Vec<String> {
        page.items().iter().rev().map(|event| event["summary"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        said(operator.list_run_audit(run, "").await),
        [
            format!("Started run {run}: Rebuild findings lifecycle."),
            format!("Paused run {run}."),
            format!("Resumed run {run}."),
            format!("Run {run} ended: succeeded, 1 row updated, 0 targets failed."),
        ]
    );
    let sentences = said(operator.list_run_audit(stopped, "").await);
    assert!(sentences.contains(&format!("Asked run {stopped} to stop.")), "{sentences:?}");
}
