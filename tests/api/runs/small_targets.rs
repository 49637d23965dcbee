//! Small targets share a transaction, and each of them is still what it would be alone (RUN-05, RUN-12).

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use support::TestApp;
use support::fixtures::Tenant;
use tenantatlas::db::locks::{self, LockClass};
use tenantatlas::runs::lane::{Lane, Turn};
use tenantatlas::tenancy;

const SMALL: usize = 8;

fn small_tenants(app: &TestApp) -> Vec<Tenant> {
    let tenants: Vec<_> = (0..SMALL).map(|n| app.tenant(&format!("Small {n}"))).collect();
    for (n, tenant) in tenants.iter().enumerate() {
        app.pending_findings(tenant, n);
    }
    tenants
}

fn targets(app: &TestApp, run: i64) -> Vec<Value> {
    app.rows(&format!(
        "SELECT tenant_id, state, attempt, total, updated, skipped, failure_code, xmin::text AS written_by FROM run_targets
         WHERE run_id = {run} ORDER BY id"
    ))
}

#[tokio::test]
async fn small_targets_are_done_in_one_transaction_each_with_its_own_counts() {
    let app = TestApp::start().await;
    let tenants = small_tenants(&app);
    let settled = app.finding(&tenants[3], &json!({ "check_id": "done" }));
    app.execute(&format!(
        "UPDATE findings SET first_seen_at = created_at, last_seen_at = created_at, times_seen = 1, sla_days = NULL, due_at = NULL,
                due_source = NULL, status = 'resolved' WHERE id = {settled}"
    ));
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    assert_eq!(app.drain().await, SMALL);

    let targets = targets(&app, run);
    for (n, (target, tenant)) in targets.iter().zip(&tenants).enumerate() {
        let (total, skipped) = if n == 3 { (n + 1, 1) } else { (n, 0) };
        assert_eq!(
            (&target["tenant_id"], &target["state"], &target["attempt"]),
            (&json!(tenant.id), &json!("succeeded"), &json!(1))
        );
        assert_eq!((&target["total"], &target["updated"], &target["skipped"]), (&json!(total), &json!(n), &json!(skipped)));
        assert_eq!(target["written_by"], targets[0]["written_by"], "one transaction");
    }
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(SMALL * (SMALL - 1) / 2)));
}

#[tokio::test]
async fn one_that_fails_does_not_keep_the_others_from_succeeding() {
    let app = TestApp::start().await;
    let tenants = small_tenants(&app);
    app.finding(&tenants[5], &json!({ "title": "poison" }));
    app.poison("23514");
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;
    for _ in 0..5 {
        app.clock().advance(std::time::Duration::from_secs(20));
        app.drain().await;
    }

    let targets = targets(&app, run);
    let states: Vec<&Value> = targets.iter().map(|target| &target["state"]).collect();
    assert_eq!(states.iter().filter(|state| **state == "succeeded").count(), SMALL - 1, "{states:?}");
    assert_eq!((&targets[5]["state"], &targets[5]["failure_code"]), (&json!("failed"), &json!("constraint_violated")));
    assert_eq!(operator.get_run(run).await.body["outcome"], "partially_succeeded");
}

#[tokio::test]
async fn a_small_tenant_whose_findings_are_being_imported_is_passed_over_until_that_is_done() {
    let app = TestApp::start().await;
    let tenants = small_tenants(&app);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut import = app.db();
    import.batch_execute("BEGIN").unwrap();
    locks::lock(&mut import, LockClass::Tenant, &tenancy::lock_name(tenants[4].id)).unwrap();
    let mut conn = app.db();
    let mut lane = Lane::new(uuid::Uuid::new_v4());
    assert_eq!(lane.turn(&mut conn).unwrap(), Turn::Worked);
    let open: Vec<Value> = targets(&app, run).into_iter().filter(|target| target["state"] == "queued").collect();
    assert_eq!(open.iter().map(|target| &target["tenant_id"]).collect::<Vec<_>>(), [&json!(tenants[4].id)]);

    import.batch_execute("ROLLBACK").unwrap();
    assert_eq!(app.drain().await, 1);
    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn a_large_tenant_among_small_ones_is_done_alone_and_the_counts_add_up() {
    let app = TestApp::start().await;
    let large = app.tenant("Large");
    app.pending_findings(&large, 700);
    small_tenants(&app);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    assert_eq!(app.drain().await, SMALL + 1);

    let body = operator.get_run(run).await.body;
    assert_eq!(
        (&body["outcome"], &body["summary_counts"]["updated"]),
        (&json!("succeeded"), &json!(700 + SMALL * (SMALL - 1) / 2))
    );
    assert_eq!(operator.preflight(&json!({ "mode": "all_tenants" })).await.body["affected_count"], 0);
}

#[tokio::test]
async fn a_run_over_one_tenant_does_not_wait_for_a_large_one_that_came_before() {
    let app = TestApp::start().await;
    for n in 0..3 {
        app.pending_findings(&app.tenant(&format!("Large {n}")), 700);
    }
    let operator = app.operator().await;
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    let late = app.tenant("Late");
    app.pending_findings(&late, 700);
    let one = operator.start_backfill_of(late.id).await.assert_status(201).id();

    assert_eq!(app.hand_worker().claim().target().run_id, one);
    worker.finish(&mut work);
    assert_eq!(work.target().run_id, all);
    app.clock().advance(std::time::Duration::from_secs(60));
    app.sweep().await;
    app.drain().await;
}
