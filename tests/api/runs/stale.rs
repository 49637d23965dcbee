//! Runs that nobody works on are visible as stale (RUN-14).

use std::time::Duration;
use support::{Actor, TestApp};

async fn started() -> (TestApp, Actor, i64) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    (app, operator, run)
}

async fn is_stale(operator: &Actor, run: i64) -> bool {
    let one = operator.get_run(run).await.body["stale"].as_bool().unwrap();
    let listed = operator.list_runs("").await.body["items"][0]["stale"].as_bool().unwrap();
    assert_eq!(one, listed);
    one
}

#[tokio::test]
async fn a_run_queued_for_longer_than_five_minutes_is_stale_until_somebody_works_on_it() {
    let (app, operator, run) = started().await;
    assert!(!is_stale(&operator, run).await);
    app.clock().advance(Duration::from_secs(4 * 60 + 50));
    assert!(!is_stale(&operator, run).await);
    app.clock().advance(Duration::from_secs(11));
    assert!(is_stale(&operator, run).await);

    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    assert!(!is_stale(&operator, run).await);
    worker.finish(&mut work);
    app.clock().advance(Duration::from_secs(600));
    assert!(!is_stale(&operator, run).await, "a run that has ended is not stale");
}

#[tokio::test]
async fn a_run_whose_lease_expired_is_stale_until_it_is_taken_back() {
    let (app, operator, run) = started().await;
    let _lost = app.hand_worker().claim();
    app.clock().advance(Duration::from_secs(29));
    assert!(!is_stale(&operator, run).await);
    app.clock().advance(Duration::from_secs(2));
    assert!(is_stale(&operator, run).await);

    assert_eq!(app.sweep().await.leases_expired, 1);
    assert!(!is_stale(&operator, run).await);
    app.drain().await;
}

#[tokio::test]
async fn a_paused_run_is_not_stale_nor_is_it_when_it_has_just_been_resumed() {
    let (app, operator, run) = started().await;
    operator.pause_run(run).await.assert_status(202);
    app.clock().advance(Duration::from_secs(600));
    assert!(!is_stale(&operator, run).await);

    operator.resume_run(run).await.assert_status(202);
    assert!(!is_stale(&operator, run).await, "it waits for seconds only");
    app.clock().advance(Duration::from_secs(301));
    assert!(is_stale(&operator, run).await);
    app.drain().await;
}
