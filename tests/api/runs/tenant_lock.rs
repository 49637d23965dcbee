//! A tenant is worked on by one target at a time, whatever runs name it (RB-08).

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_single_tenant_run_waits_while_another_run_is_at_the_tenant_and_both_end() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let operator = app.operator().await;
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    let (mut one, mut other) = (app.hand_worker(), app.hand_worker());
    let mut work = one.claim();
    one.step_into(&mut work, &app);
    let single = operator.start_backfill_of(tenant.id).await.assert_status(201).id();

    assert!(other.try_claim().is_none());

    let waiting = operator.list_targets(single, "state=waiting").await.assert_status(200);
    assert_eq!(waiting.items()[0]["tenant"]["id"], tenant.id);
    assert_eq!(waiting.items()[0]["attempt"], 0);
    assert_eq!(operator.get_run(single).await.body["status"], "queued");
    one.finish(&mut work);
    let mut second = other.claim();
    assert_eq!(second.target().run_id, single);
    other.finish(&mut second);

    let first = operator.get_run(all).await.body;
    assert_eq!((&first["outcome"], &first["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3_000)));
    let second = operator.get_run(single).await.body;
    assert_eq!(
        second["summary_counts"],
        json!({ "total": 3_000, "processed": 3_000, "updated": 0, "skipped": 3_000, "failed": 0, "tenants": 1 })
    );
    assert_eq!(second["outcome"], "succeeded");
}

#[tokio::test]
async fn the_other_tenants_go_on_while_one_waits() {
    let app = TestApp::start().await;
    let (busy, free) = (app.tenant("Busy"), app.tenant("Free"));
    app.pending_findings(&busy, 2);
    app.pending_findings(&free, 2);
    let operator = app.operator().await;
    operator.start_backfill_of(busy.id).await.assert_status(201);
    let (mut one, mut other) = (app.hand_worker(), app.hand_worker());
    let mut work = one.claim();
    let all = operator.start_backfill_of_all().await.assert_status(201).id();

    let mut next = other.claim();
    assert_eq!(next.target().tenant_id, free.id);
    other.finish(&mut next);
    assert!(other.try_claim().is_none());
    one.finish(&mut work);
    app.drain().await;
    assert_eq!(operator.get_run(all).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn a_waiting_target_can_be_cancelled() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    operator.start_backfill_of_all().await.assert_status(201);
    let (mut one, mut other) = (app.hand_worker(), app.hand_worker());
    let mut work = one.claim();
    let single = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    assert!(other.try_claim().is_none());
    assert_eq!(operator.cancel_run(single).await.assert_status(202).body["outcome"], "cancelled");
    one.finish(&mut work);
}
