//! What a run does to the table, batch by batch (RUN-05, RUN-12, RUN-16).

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::json;
use std::time::Duration;
use support::TestApp;
use support::actor::runbooks::all_tenants;
use tenantatlas::runs::execute::{MAX_FAILURES, Step};

#[tokio::test]
async fn a_run_repairs_every_finding_once_and_a_second_one_has_nothing_to_do() {
    let app = TestApp::start().await;
    let tenants: Vec<_> = (0..3).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    tenants.iter().for_each(|tenant| drop(app.legacy_findings(tenant, 400)));
    let operator = app.operator().await;
    let forecast = operator.preflight(&all_tenants()).await.body;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    assert_eq!(app.drain().await, 3);

    let counts = operator.get_run(run).await.body["summary_counts"].clone();
    assert_eq!(counts["updated"], forecast["affected_count"]);
    assert_eq!(counts["total"], 1_200);
    assert_eq!(counts["processed"], 1_200);
    let repaired = app.digest();
    operator.start_backfill_of_all().await.assert_problem(409, "nothing-to-do");
    assert_eq!(app.digest(), repaired);
}

#[tokio::test]
async fn the_batch_size_adapts_and_never_leaves_its_bounds() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 6_000);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    assert_eq!(work.rows(), 500);
    let mut steps = 0;
    while worker.step(&mut work) == Step::Continue {
        assert!((1..=20_000).contains(&work.rows()), "{}", work.rows());
        steps += 1;
    }
    assert!(steps < 60, "{steps} steps");
}

#[tokio::test]
async fn rows_that_arrive_during_the_run_are_left_for_the_next_one_and_reported() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let first = app.finding(&tenant, &json!({ "check_id": "DUP" }));
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    let late: Vec<i64> = vec![app.finding(&tenant, &json!({})), app.finding(&tenant, &json!({ "check_id": "DUP" }))];
    let before: Vec<_> = late.iter().map(|id| app.find_finding(*id)).collect();
    worker.finish(&mut work);

    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "succeeded");
    assert_eq!(body["summary_counts"]["total"], 3_001);
    assert_eq!(body["summary_counts"]["updated"], 3_001);
    assert_eq!(operator.list_targets(run, "").await.items()[0]["counts"]["arrived_during_run"], 2);
    assert_eq!(late.iter().map(|id| app.find_finding(*id)).collect::<Vec<_>>(), before);
    // The late duplicate and the one it belongs to, and the other late one.
    assert_eq!(operator.preflight(&all_tenants()).await.body["affected_count"], 3);
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
    assert_eq!(app.find_finding(late[1])["consolidated_into_id"], first);
}

#[tokio::test]
async fn two_workers_share_the_tenants_and_count_every_row_once() {
    let app = TestApp::start().await;
    let tenants: Vec<_> = (0..6).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    tenants.iter().for_each(|tenant| drop(app.legacy_findings(tenant, 700)));
    let operator = app.operator().await;
    let affected = operator.preflight(&all_tenants()).await.body["affected_count"].clone();
    let run = operator.start_backfill_of_all().await.assert_status(201).id();

    let lanes: Vec<_> = (0..2)
        .map(|_| app.hand_worker())
        .map(|mut worker| {
            std::thread::spawn(move || {
                let mut claimed = 0;
                while let Some(mut work) = worker.try_claim() {
                    worker.finish(&mut work);
                    claimed += 1;
                }
                claimed
            })
        })
        .collect();
    let claimed: usize = lanes.into_iter().map(|lane| lane.join().unwrap()).sum();

    assert_eq!(claimed, 6);
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &affected));
    assert_eq!(app.value("SELECT max(attempt) FROM run_targets"), 1);
    assert_eq!(app.audited("platform.ops.runbooks.completed").len(), 1);
}

/// Somebody who holds the row that a run comes to first.
fn lock_first_row(app: &TestApp) -> PgConnection {
    let mut person = app.db();
    let first = "SELECT id FROM findings ORDER BY fingerprint LIMIT 1";
    person.batch_execute(&format!("BEGIN; SELECT 1 FROM findings WHERE id IN ({first}) FOR UPDATE")).unwrap();
    person
}

#[tokio::test]
async fn a_locked_row_makes_batches_shrink_and_the_run_shows_that_it_is_held_until_it_recovers() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 300);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut person = lock_first_row(&app);
    let mut worker = app.hand_worker();
    worker.set("SET lock_timeout = '50ms'");
    let mut work = worker.claim();
    for (rows, step) in [(125, Step::Continue), (31, Step::Continue), (7, Step::Done)] {
        assert_eq!(operator.get_run(run).await.body["held_reason"], json!(null));
        assert_eq!((worker.step(&mut work), work.rows()), (step, rows));
    }
    let held = operator.get_run(run).await.body;
    assert_eq!((&held["held_reason"], &held["status"]), (&json!("lock_waits"), &json!("running")));
    assert!(held["held_since"].is_string());
    assert_eq!(held["progress"]["eta_seconds"], json!(null));
    assert_eq!(held["summary_counts"]["updated"], 0);
    assert!(worker.try_claim().is_none(), "it makes room for a moment");

    person.batch_execute("ROLLBACK").unwrap();
    app.clock().advance(Duration::from_secs(3));
    let mut work = worker.claim();
    worker.finish(&mut work);
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["held_reason"], &body["held_since"]), (&json!("succeeded"), &json!(null), &json!(null)));
    assert_eq!(body["summary_counts"]["updated"], 300);
}

#[tokio::test]
async fn held_since_stays_at_the_first_time_whatever_else_of_the_run_gets_on() {
    let app = TestApp::start().await;
    let (locked, free) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    app.pending_findings(&locked, 300);
    app.pending_findings(&free, 8_000);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut person = app.db();
    let all = format!("BEGIN; SELECT 1 FROM findings WHERE tenant_id = {} FOR UPDATE", locked.id);
    person.batch_execute(&all).unwrap();
    let (mut worker, mut other) = (app.hand_worker(), app.hand_worker());
    worker.set("SET lock_timeout = '20ms'");
    let (mut work, mut other_work) = (worker.claim(), other.claim());
    worker.finish(&mut work);
    let since = operator.get_run(run).await.body["held_since"].clone();
    assert!(since.is_string());

    for _ in 0..3 {
        app.clock().advance(Duration::from_secs(3));
        let mut work = worker.claim();
        assert_eq!(other.step(&mut other_work), Step::Continue);
        while worker.step(&mut work) == Step::Continue {
            let body = operator.get_run(run).await.body;
            assert_eq!((&body["held_since"], &body["held_reason"]), (&since, &json!("lock_waits")));
        }
    }
    person.batch_execute("ROLLBACK").unwrap();
    app.clock().advance(Duration::from_secs(3));
    let mut work = worker.claim();
    worker.finish(&mut work);
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["status"], &body["held_reason"], &body["held_since"]), (&json!("running"), &json!(null), &json!(null)));
    other.finish(&mut other_work);
}

#[tokio::test]
async fn however_long_a_row_stays_locked_the_target_does_not_fail() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 30);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut person = lock_first_row(&app);
    let mut worker = app.hand_worker();
    worker.set("SET lock_timeout = '20ms'");
    for _ in 0..2 * MAX_FAILURES {
        let mut work = worker.claim();
        worker.finish(&mut work);
        assert_eq!(operator.get_run(run).await.body["held_reason"], "lock_waits");
        app.clock().advance(Duration::from_secs(3));
    }
    assert_eq!(app.rows("SELECT state, failures FROM run_targets"), [json!({ "state": "queued", "failures": 0 })]);
    person.batch_execute("ROLLBACK").unwrap();
    app.drain().await;
    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}
