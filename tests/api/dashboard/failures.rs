//! Where runs fail, and which failed last.

use super::{ended_run, run_with_failed_targets};
use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn offenders_are_the_tenants_whose_targets_failed_most_and_runs_of_no_tenant() {
    let app = TestApp::start().await;
    let [contoso, fabrikam, wingtip] = ["Contoso", "Fabrikam", "Wingtip"].map(|name| app.tenant(name));
    run_with_failed_targets(&app, "partially_succeeded", 10, &[&contoso, &fabrikam]);
    run_with_failed_targets(&app, "failed", 20, &[&fabrikam]);
    // Ended by a cancel, and before that a target had failed.
    run_with_failed_targets(&app, "cancelled", 30, &[&fabrikam, &contoso]);
    // Before the window.
    run_with_failed_targets(&app, "failed", 25 * 60, &[&wingtip]);
    // Without any failed target: a failure of its own tenant, and of none.
    ended_run(&app, "blocked", 5, json!({ "tenant_id": wingtip.id, "type": "inventory.sync" }));
    ended_run(&app, "blocked", 5, json!({ "type": "inventory.sync" }));
    ended_run(&app, "cancelled", 5, json!({}));
    ended_run(&app, "succeeded", 5, json!({}));

    let body = app.operator().await.get_dashboard("").await.assert_status(200).body;

    let offender = |kind: &str, tenant: Value, failures: i64| json!({ "type": kind, "tenant": tenant, "failures": failures });
    assert_eq!(
        body["top_offenders"],
        json!([
            offender(BACKFILL, json!({ "id": fabrikam.id, "name": "Fabrikam" }), 3),
            offender(BACKFILL, json!({ "id": contoso.id, "name": "Contoso" }), 2),
            offender("inventory.sync", Value::Null, 1),
            offender("inventory.sync", json!({ "id": wingtip.id, "name": "Wingtip" }), 1),
        ])
    );
}

#[tokio::test]
async fn ten_offenders_are_named_and_of_equal_ones_always_the_same() {
    let app = TestApp::start().await;
    let tenants: Vec<_> = (0..12).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    run_with_failed_targets(&app, "failed", 10, &tenants.iter().rev().collect::<Vec<_>>());
    run_with_failed_targets(&app, "failed", 20, &[&tenants[11]]);

    let body = app.operator().await.get_dashboard("").await.assert_status(200).body;

    let named: Vec<i64> =
        body["top_offenders"].as_array().unwrap().iter().map(|offender| offender["tenant"]["id"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = tenants[11..].iter().chain(&tenants[..9]).map(|tenant| tenant.id).collect();
    assert_eq!(named, expected);
}

#[tokio::test]
async fn a_failed_run_is_shown_with_what_it_was_and_why_it_failed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.delete_tenant(&tenant);
    app.drain().await;

    let body = operator.get_dashboard("window=1h").await.assert_status(200).body;

    let shown = operator.get_run(run).await.body;
    let contoso = json!({ "id": tenant.id, "name": "Contoso" });
    assert_eq!(
        body["recent_failures"],
        json!([{
            "id": run, "status": "completed", "outcome": "failed", "updated": 0, "created_at": shown["created_at"],
            "completed_at": shown["completed_at"], "type": BACKFILL, "tenant": contoso, "code": "tenant_not_allowed",
            "message": "The tenant may not be targeted any more.", "acknowledged": false,
        }])
    );
    assert_eq!(body["top_offenders"], json!([{ "type": BACKFILL, "tenant": contoso, "failures": 1 }]));
}

#[tokio::test]
async fn the_ten_failures_that_ended_last_are_shown_with_their_most_frequent_code() {
    let app = TestApp::start().await;
    let summary = json!([
        { "code": "residue_left", "message": "Rows still need the repair.", "count": 7 },
        { "code": "worker_lost", "message": "Workers stopped.", "tenant_id": 1, "count": 1 },
    ]);
    let mut expected = Vec::new();
    for n in 0..12 {
        let outcome = ["failed", "partially_succeeded", "blocked"][n % 3];
        let minutes_ago = i64::try_from(n).unwrap() + 1;
        expected.push(ended_run(&app, outcome, minutes_ago, json!({ "failure_summary": summary })));
        ended_run(&app, "succeeded", minutes_ago, json!({}));
        ended_run(&app, "cancelled", minutes_ago, json!({ "failure_summary": summary }));
    }
    ended_run(&app, "failed", 61, json!({}));

    let body = app.operator().await.get_dashboard("window=1h").await.assert_status(200).body;

    let shown = body["recent_failures"].as_array().unwrap();
    let ids: Vec<i64> = shown.iter().map(|run| run["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, expected[..10]);
    assert!(shown.iter().all(|run| run["code"] == "residue_left" && run["message"] == "Rows still need the repair."), "{body}");
}
