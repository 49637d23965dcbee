//! Leases: a worker that fell silent loses its target, and can write nothing afterwards (RUN-12).

use serde_json::json;
use std::time::Duration;
use support::TestApp;
use tenantatlas::runs::execute::{MAX_FAILURES, Step};

const LEASE: Duration = Duration::from_secs(31);

#[tokio::test]
async fn after_its_lease_was_given_away_a_worker_writes_nothing() {
    let (app, operator, run) = TestApp::with_run(3_000).await;
    let (mut old, mut new) = (app.hand_worker(), app.hand_worker());
    let mut lost = old.claim();
    old.step_into(&mut lost, &app);
    app.clock().advance(LEASE);
    assert_eq!(app.sweep().await.leases_expired, 1);
    let mut work = new.claim();
    new.step(&mut work);
    let (table, target) = (app.digest(), app.rows("SELECT * FROM run_targets"));

    assert_eq!(old.step(&mut lost), Step::LeaseLost);
    assert_eq!(old.step(&mut lost), Step::LeaseLost);

    assert_eq!(app.digest(), table);
    assert_eq!(app.rows("SELECT * FROM run_targets"), target);
    while new.step(&mut work) == Step::Continue {}
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3_000)));
    assert_eq!(operator.list_targets(run, "").await.items()[0]["attempt"], 2);
    assert_eq!(old.step(&mut lost), Step::LeaseLost, "nor after the end");
}

#[tokio::test]
async fn a_late_worker_whose_lease_nobody_took_goes_on() {
    let (app, operator, run) = TestApp::with_run(3_000).await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    app.clock().advance(LEASE);
    while worker.step(&mut work) == Step::Continue {}
    assert_eq!(operator.get_run(run).await.body["summary_counts"]["updated"], 3_000);
    assert_eq!(app.sweep().await.leases_expired, 0);
}

#[tokio::test]
async fn each_step_renews_the_lease() {
    let (app, _, _) = TestApp::with_run(3_000).await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    app.clock().advance(Duration::from_secs(25));
    worker.step_into(&mut work, &app);
    app.clock().advance(Duration::from_secs(25));
    assert_eq!(app.sweep().await.leases_expired, 0);
    worker.finish(&mut work);
}

#[tokio::test]
async fn a_target_in_hand_is_not_given_to_a_second_worker() {
    let (app, _, _) = TestApp::with_run(2).await;
    let (mut one, mut other) = (app.hand_worker(), app.hand_worker());
    let mut work = one.claim();
    assert!(other.try_claim().is_none());
    assert_eq!(app.sweep().await.leases_expired, 0);
    one.finish(&mut work);
    assert!(other.try_claim().is_none());
}

#[tokio::test]
async fn a_target_on_which_worker_after_worker_dies_is_given_up() {
    let (app, operator, run) = TestApp::with_run(2).await;
    for n in 1..=MAX_FAILURES {
        assert_eq!(operator.get_run(run).await.body["outcome"], "pending", "before death {n}");
        let _dies = app.hand_worker().claim();
        app.clock().advance(LEASE);
        assert_eq!(app.sweep().await.leases_expired, 1);
    }
    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "failed");
    assert_eq!(body["failure_summary"][0]["code"], "worker_lost");
    assert_eq!(app.sweep().await, tenantatlas::runs::sweep::Swept::default());
}

#[tokio::test]
async fn progress_forgives_the_deaths_before_it() {
    let (app, operator, run) = TestApp::with_run(6_000).await;
    for _ in 1..MAX_FAILURES {
        let _dies = app.hand_worker().claim();
        app.clock().advance(LEASE);
        app.sweep().await;
    }
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    app.clock().advance(LEASE);
    app.sweep().await;
    assert_eq!(operator.get_run(run).await.body["outcome"], "pending");
    app.drain().await;
    assert_eq!(operator.get_run(run).await.body["summary_counts"]["updated"], 6_000);
}

#[tokio::test]
async fn a_run_whose_last_target_ended_without_it_is_completed_by_the_sweep() {
    let (app, operator, run) = TestApp::with_run(1).await;
    app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now()");
    app.execute("UPDATE run_targets SET state = 'succeeded', completed_at = db_now(), total = 1, updated = 1");
    assert_eq!(app.sweep().await.runs_completed, 1);
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["processed"]), (&json!("succeeded"), &json!(1)));
    assert_eq!(app.sweep().await.runs_completed, 0);
}

#[tokio::test]
async fn a_released_target_is_claimed_again_at_once_and_goes_on_where_it_was() {
    let (app, operator, run) = TestApp::with_run(3_000).await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    work.release(&mut app.db()).unwrap();
    assert_eq!(worker.step(&mut work), Step::LeaseLost);
    app.drain().await;
    assert_eq!(operator.get_run(run).await.body["summary_counts"]["updated"], 3_000);
    assert_eq!(app.value("SELECT failures FROM run_targets"), 0);
}
