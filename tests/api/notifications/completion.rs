//! When a run ends its initiator is told, and nobody else, and once (RUN-15).

use serde_json::{Value, json};
use support::fixtures::Tenant;
use support::{Actor, TestApp, cli};
use tenantatlas::runs::execute::Step;

async fn started() -> (TestApp, Actor, Tenant, i64) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    (app, operator, tenant, run)
}

fn told(app: &TestApp) -> Vec<Value> {
    app.rows("SELECT run_id, platform_user_id, user_id, tenant_id FROM notifications ORDER BY id")
}

#[tokio::test]
async fn the_initiator_is_told_of_the_end_and_of_nothing_before() {
    let (app, operator, tenant, run) = started().await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    assert_eq!(told(&app), Vec::<Value>::new(), "queued or running is no news");

    worker.finish(&mut work);

    let row = json!({ "run_id": run, "platform_user_id": operator.id, "user_id": null, "tenant_id": tenant.id });
    assert_eq!(told(&app), [row]);
}

#[tokio::test]
async fn whoever_met_the_run_as_it_was_active_is_not_told() {
    let (app, operator, tenant, _) = started().await;
    let met = app.operator().await;
    assert_eq!(met.start_backfill_of(tenant.id).await.assert_status(200).body["deduplicated"], true);

    app.drain().await;

    assert_eq!(operator.list_notifications("").await.items().len(), 1);
    assert_eq!(met.list_notifications("").await.items().len(), 0);
}

#[tokio::test]
async fn runs_of_the_command_line_and_of_the_system_are_told_to_nobody() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    cli::run(app.database_url(), &["findings", "backfill-lifecycle", "--tenant", &tenant.external_id], "").assert_code(0);
    app.drain().await;
    app.pending_findings(&tenant, 1);
    cli::run(app.database_url(), &["deploy-runbooks"], "").assert_code(0);
    app.drain().await;

    assert_eq!(app.value("SELECT count(*) FROM operation_runs WHERE status = 'completed'"), 2);
    assert_eq!(told(&app), Vec::<Value>::new());
}

#[tokio::test]
async fn a_cancel_ends_a_run_like_anything_else() {
    let (app, operator, _, run) = started().await;

    app.operator().await.cancel_run(run).await.assert_status(202);

    let notification = operator.list_notifications("").await.items()[0].clone();
    assert_eq!((&notification["run"]["id"], &notification["run"]["outcome"]), (&json!(run), &json!("cancelled")));
    app.sweep().await;
    assert_eq!(told(&app).len(), 1);
}

#[tokio::test]
async fn an_end_that_is_lost_and_tried_again_is_told_once() {
    let (app, _, _, _) = started().await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    // The last statement of the transaction that completes the run fails, and everything with it.
    app.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = 'deadlock_detected'; END $$",
    );
    app.execute("CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON notifications DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    for _ in 0..3 {
        assert_ne!(worker.step(&mut work), Step::Done);
        assert_eq!(told(&app), Vec::<Value>::new(), "it ends and is told together, or neither");
    }
    assert_eq!(app.value("SELECT status FROM operation_runs"), "running");

    app.execute("DROP TRIGGER refuse ON notifications");
    app.clock().advance(std::time::Duration::from_secs(60));
    app.sweep().await;
    app.drain().await;
    app.sweep().await;

    assert_eq!(app.value("SELECT status FROM operation_runs"), "completed");
    assert_eq!(told(&app).len(), 1);
}

#[tokio::test]
async fn of_many_workers_that_end_targets_at_once_one_tells() {
    let app = TestApp::start().await;
    for n in 0..8 {
        app.pending_findings(&app.tenant(&format!("Tenant {n}")), 2);
    }
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    let mut workers: Vec<_> = (0..8).map(|_| app.hand_worker()).collect();
    let mut works: Vec<_> = workers.iter_mut().map(|worker| worker.claim()).collect();
    std::thread::scope(|scope| {
        for (worker, work) in workers.iter_mut().zip(&mut works) {
            scope.spawn(|| worker.finish(work));
        }
    });

    assert_eq!(app.value("SELECT status FROM operation_runs"), "completed");
    assert_eq!(told(&app).len(), 1);
}

#[tokio::test]
async fn the_table_itself_refuses_a_second_one_and_one_for_nobody() {
    let (app, operator, tenant, run) = started().await;
    app.drain().await;
    let row = |columns: &str, values: &str| {
        let sql = format!(
            "INSERT INTO notifications (run_id, workspace_id, {columns}) VALUES ({run}, {}, {values})",
            tenant.workspace_id
        );
        diesel::RunQueryDsl::execute(diesel::sql_query(sql), &mut app.db()).unwrap_err().to_string()
    };
    assert!(row("platform_user_id", &operator.id.to_string()).contains("notifications_run_id_key"));
    assert!(row("tenant_id", &tenant.id.to_string()).contains("notifications_recipient_check"));
    let (user, _) = app.create_user();
    assert!(row("user_id", &user.to_string()).contains("notifications_tenant_check"));
}

#[tokio::test]
async fn what_was_told_long_ago_is_forgotten() {
    let (app, operator, _, _) = started().await;
    app.drain().await;
    app.execute("UPDATE notifications SET created_at = db_now() - interval '89 days 23 hours'");
    app.sweep().await;
    assert_eq!(operator.list_notifications("").await.items().len(), 1);

    app.execute("UPDATE notifications SET created_at = db_now() - interval '90 days 1 second'");
    app.sweep().await;

    assert_eq!(operator.list_notifications("").await.items().len(), 0);
}
