//! `GET /notifications`

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_notification_says_what_ended_how_and_where_to_look() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;

    let page = operator.list_notifications("").await.assert_status(200).body;

    assert_eq!((&page["unread_count"], &page["next_cursor"]), (&json!(1), &json!(null)));
    let mut notification = page["items"][0].clone();
    assert!(notification["created_at"].take().is_string());
    let id = notification["id"].take();
    assert!(id.as_i64().unwrap() > 0);
    let counts = json!({ "total": 3, "processed": 3, "updated": 3, "skipped": 0, "failed": 0, "tenants": 1 });
    assert_eq!(
        notification,
        json!({
            "id": null, "created_at": null, "read_at": null, "link": format!("/system/ops/runs/{run}"),
            "run": {
                "id": run, "type": "findings.lifecycle.backfill", "label": "Rebuild findings lifecycle", "outcome": "succeeded",
                "tenant": { "id": tenant.id, "name": "Contoso" }, "summary_counts": counts,
            },
        })
    );
}

#[tokio::test]
async fn the_newest_come_first_in_pages_and_the_count_is_of_all() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let operator = app.operator().await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        app.pending_findings(&tenant, 1);
        runs.push(operator.start_backfill_of_all().await.assert_status(201).id());
        app.drain().await;
    }

    let first = operator.list_notifications("limit=2").await.assert_status(200).body;
    let rest = operator.list_notifications(&format!("limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    let rest = rest.assert_status(200).body;

    let ids = |page: &serde_json::Value| {
        page["items"].as_array().unwrap().iter().map(|one| one["run"]["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&first), ids(&rest)), (vec![json!(runs[2]), json!(runs[1])], vec![json!(runs[0])]));
    assert_eq!((&first["unread_count"], &rest["unread_count"]), (&json!(3), &json!(3)));
    assert_eq!((&rest["next_cursor"], &rest["items"][0]["run"]["tenant"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (query, pointer) in [("limit=0", "?limit"), ("limit=x", "?limit"), ("unread=true", "?unread")] {
        operator.list_notifications(query).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    operator.list_notifications("cursor=x").await.assert_problem(400, "malformed-cursor");
}
