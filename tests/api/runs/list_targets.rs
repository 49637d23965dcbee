//! `GET /ops/runs/{id}/targets`

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn targets_are_listed_by_state_and_page_in_the_order_of_tenants() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenants: Vec<_> = (0..4).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    tenants.iter().for_each(|tenant| app.pending_findings(tenant, 2));
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut first = worker.claim();
    worker.finish(&mut first);
    let _second = worker.claim();

    for (query, expected) in [
        ("", vec![0, 1, 2, 3]),
        ("state=succeeded", vec![0]),
        ("state=running", vec![1]),
        ("state=queued", vec![2, 3]),
        ("state=waiting", vec![]),
        ("state=failed", vec![]),
        ("state=cancelled", vec![]),
    ] {
        let page = operator.list_targets(run, query).await.assert_status(200);
        let listed: Vec<i64> = page.items().iter().map(|target| target["tenant"]["id"].as_i64().unwrap()).collect();
        assert_eq!(listed, expected.into_iter().map(|n: usize| tenants[n].id).collect::<Vec<_>>(), "{query}");
    }
    let page = operator.list_targets(run, "limit=1&state=queued").await.assert_status(200);
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let rest = operator.list_targets(run, &format!("limit=1&state=queued&cursor={cursor}")).await.assert_status(200);
    assert_eq!(rest.items()[0]["tenant"]["id"], tenants[3].id);
    assert_eq!(rest.body["next_cursor"], json!(null));

    let done = &operator.list_targets(run, "state=succeeded").await.body["items"][0];
    assert_eq!(done["attempt"], 1);
    assert_eq!(done["fraction"], 1.0);
    assert_eq!(done["counts"], json!({ "total": 2, "processed": 2, "updated": 2, "skipped": 0, "arrived_during_run": 0 }));
    assert_eq!(done.get("failure"), None);
    assert!(done["started_at"].is_string() && done["completed_at"].is_string());
}

#[tokio::test]
async fn wrong_filters_are_refused() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (query, pointer) in [("state=done", "?state"), ("limit=0", "?limit"), ("tenant=1", "?tenant")] {
        operator.list_targets(1, query).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    operator.list_targets(1, "cursor=x").await.assert_problem(400, "malformed-cursor");
}
