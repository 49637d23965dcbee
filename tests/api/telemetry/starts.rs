//! Starts by customers' users are recorded, each once, and nothing else of them (TEL-03, TEL-04).

use serde_json::{Value, json};
use support::actor::runbooks::BACKFILL;
use support::fixtures::Tenant;
use support::usage::OPERATIONS;
use support::{Actor, TestApp};

/// A tenant with findings to repair, and its manager, with names that could be taken for tokens.
async fn tenant_with_work() -> (TestApp, Tenant, Actor) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso.Secret");
    app.pending_findings(&tenant, 3);
    let manager = app.member(&tenant, "manager").await;
    app.execute("UPDATE users SET name = 'Uma.Hostile'");
    (app, tenant, manager)
}

#[tokio::test]
async fn a_start_is_one_event_of_the_user_in_the_tenant_about_the_run() {
    let (app, tenant, manager) = tenant_with_work().await;

    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();

    let mut event = app.usage_events().remove(0);
    let run_row = app.rows("SELECT * FROM operation_runs").remove(0);
    assert!(event["occurred_at"].as_str().unwrap() >= run_row["created_at"].as_str().unwrap());
    for name in ["id", "occurred_at"] {
        event.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        event,
        json!({
            "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "user_id": manager.id, "event_name": OPERATIONS,
            "feature_area": "operations", "subject_type": "operation_run", "subject_id": run, "metadata": { "operation_type": BACKFILL },
        })
    );
    assert_eq!(app.count_usage(), (1, 1));
    let summary = app.operator().await.summarize_telemetry("window=1h").await.body;
    assert_eq!((&summary["families"][2]["count"], &summary["active_workspaces"]), (&json!(1), &json!(1)));
    app.drain().await;
    assert_eq!(app.count_usage(), (1, 1), "its end is no event");
    for word in ["Secret", "Hostile", "Uma", "@", "example"] {
        assert!(!json!(app.usage_events()).to_string().contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_start_that_met_a_run_or_was_answered_before_is_none() {
    let (app, tenant, manager) = tenant_with_work().await;
    let repeated = manager.with_header("idempotency-key", "once");
    repeated.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    assert_eq!(app.count_usage().0, 1);

    let replayed = repeated.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    let met = app.member(&tenant, "owner").await.start_lifecycle_backfill(tenant.id).await.assert_status(200);

    assert_eq!((replayed.header("idempotency-replayed"), &met.body["deduplicated"]), (Some("true"), &json!(true)));
    assert_eq!(app.count_usage().0, 1);
    app.drain().await;
    app.pending_findings(&tenant, 1);
    manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;
    assert_eq!(app.count_usage().0, 2, "the next run is the next event");
}

#[tokio::test]
async fn a_start_that_is_refused_and_a_preflight_are_none() {
    let (app, tenant, manager) = tenant_with_work().await;
    manager.preflight_lifecycle_backfill(tenant.id).await.assert_status(200);
    app.member(&tenant, "readonly").await.start_lifecycle_backfill(tenant.id).await.assert_status(403);
    app.user().await.start_lifecycle_backfill(tenant.id).await.assert_status(404);
    let operator = app.operator().await;
    operator.pause_backfill().await.assert_status(201);
    manager.start_lifecycle_backfill(tenant.id).await.assert_problem(409, "operational-control-paused");
    operator.resume_backfill().await.assert_status(200);
    app.execute("DELETE FROM findings");
    manager.start_lifecycle_backfill(tenant.id).await.assert_problem(409, "nothing-to-do");

    assert_eq!((app.count_runs(), app.count_usage()), (0, (0, 0)));
}

#[tokio::test]
async fn a_start_by_a_users_program_is_none() {
    let (app, tenant, manager) = tenant_with_work().await;
    let program = manager.program(&["findings.view", "findings.backfill"]).await;

    program.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;

    assert_eq!((app.count_runs(), app.count_usage()), (1, (0, 0)));
}

#[tokio::test]
async fn starts_that_come_together_are_one_event() {
    let (app, tenant, manager) = tenant_with_work().await;
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let manager = manager.clone();
            tokio::spawn(async move { manager.start_lifecycle_backfill(tenant.id).await.status })
        })
        .collect();
    let mut answers = Vec::new();
    for start in starts {
        answers.push(start.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 200, 200, 200, 201]);
    assert_eq!(app.count_usage().0, 1);
    app.drain().await;
}

#[tokio::test]
async fn a_start_goes_on_where_telemetry_cannot_be_written() {
    let (app, tenant, manager) = tenant_with_work().await;
    app.execute("ALTER TABLE product_usage_events RENAME TO away");

    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    app.drain().await;

    let ended: Value = app.value(&format!("SELECT outcome FROM operation_runs WHERE id = {run}"));
    assert_eq!((ended, app.value("SELECT count(*) FROM away")), (json!("succeeded"), json!(0)));
    assert_eq!(app.audited("platform.ops.runbooks.start").len(), 1);
    let metrics = app.anonymous().metrics().await.text;
    let counter = metrics.lines().find_map(|line| line.strip_prefix("telemetry_write_failures_total ")).unwrap();
    assert_ne!(counter, "0");
}
