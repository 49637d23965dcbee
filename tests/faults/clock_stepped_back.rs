//! The clock of the database steps back, as after a failover to a server whose clock is behind: nothing waits for a time that was
//! written before, and nothing lasts longer for it (OPS-RUN-02, RUN-12).

use crate::process::{Process, wait_until};
use crate::world::World;
use serde_json::json;
use std::time::Duration;
use support::TestApp;
use support::actor::runbooks::{BACKFILL, single_tenant};
use support::app::PASSWORD;
use tenantatlas::runs::execute::Step;

/// Longer than any lease, wait or sign of life.
const STEP: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_worker_goes_on_at_once_and_does_all_that_it_would_have_done() {
    let world = World::start().await;
    // It has two lanes for four large tenants, so half of them are queued still.
    let worker = Process::worker(world.app.database_url());
    world.wait_for_progress(500);

    world.app.clock().step_back(STEP);

    wait_until("a sign of life", || world.app.value("SELECT count(*) FROM worker_nodes WHERE seen_at <= db_now()") == json!(1));
    world.wait_for_end();
    worker.stop();
    world.assert_as_undisturbed();
    world.assert_nothing_is_left();
}

#[tokio::test]
async fn what_was_queued_is_due() {
    let (app, operator, run) = TestApp::with_run(3).await;
    app.clock().step_back(STEP);

    assert_eq!(app.drain().await, 1);

    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn the_lease_of_a_worker_that_is_dead_is_over_and_one_that_lives_keeps_its_own() {
    let (app, operator, run) = TestApp::with_run(3_000).await;
    let mut dead = app.hand_worker();
    let mut lost = dead.claim();
    dead.step_into(&mut lost, &app);
    app.clock().step_back(STEP);
    assert!(operator.get_run(run).await.body["stale"].as_bool().unwrap(), "nobody works on it");

    assert_eq!(app.sweep().await.leases_expired, 1);
    let mut living = app.hand_worker();
    let mut work = living.claim();
    living.step(&mut work);
    app.clock().step_back(STEP);
    assert_eq!(living.step(&mut work), Step::Continue);
    assert_eq!(app.sweep().await.leases_expired, 0, "it has renewed its lease");

    living.finish(&mut work);
    assert_eq!(operator.get_run(run).await.body["summary_counts"]["updated"], 3_000);
}

#[tokio::test]
async fn a_small_step_takes_no_lease_from_anybody() {
    let (app, _, _) = TestApp::with_run(3_000).await;
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);

    app.clock().step_back(Duration::from_secs(2));

    assert_eq!(app.sweep().await.leases_expired, 0);
    worker.finish(&mut work);
}

#[tokio::test]
async fn a_target_that_backs_off_is_due() {
    let (app, operator, run) = TestApp::with_run(3).await;
    app.execute(
        "UPDATE run_targets SET failures = 3, attempt = 3, available_at = db_now() + interval '4 seconds' WHERE state = 'queued'",
    );
    assert_eq!(app.drain().await, 0);

    app.clock().step_back(STEP);

    assert_eq!(app.drain().await, 1);
    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn a_sign_of_life_from_before_is_none() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    app.execute("INSERT INTO worker_nodes (id, name) VALUES (gen_random_uuid(), 'node')");
    let state = async || operator.get_dashboard("window=1h").await.assert_status(200).body["health"]["state"].clone();
    assert_eq!(state().await, "ok");

    app.clock().step_back(STEP);

    assert_eq!(state().await, "failing");
}

#[tokio::test]
async fn attempts_to_sign_in_from_before_are_none() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    for _ in 0..10 {
        app.anonymous().login(&email, "not the password").await.assert_status(401);
    }
    app.anonymous().login(&email, PASSWORD).await.assert_status(429);

    app.clock().step_back(STEP);

    app.anonymous().login(&email, PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn a_session_lasts_no_longer_after_its_use_than_any() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (operator, user) = (app.cookie_operator().await, app.cookie_member(&tenant, "owner").await);
    app.clock().step_back(Duration::from_secs(2 * 3600));

    operator.me().await.assert_status(200);
    user.get("/api/v1/admin/auth/me").await.assert_status(200);

    app.clock().advance(Duration::from_secs(31 * 60));
    operator.me().await.assert_problem(401, "unauthenticated");
    user.get("/api/v1/admin/auth/me").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn break_glass_from_before_is_over_and_can_be_opened_again() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&["platform.break_glass.open"]).await;
    operator.open_break_glass("Nobody else is awake", 30).await.assert_status(201);
    operator.with_header("break-glass-reason", "Needed").list_runs("").await.assert_status(200);

    app.clock().step_back(Duration::from_secs(40 * 60));

    operator.list_runs("").await.assert_problem(403, "capability-missing");
    operator.open_break_glass("Nobody else is awake", 30).await.assert_status(201);
}

#[tokio::test]
async fn a_preflight_from_before_is_stale() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 2);
    let preflight = operator.preflight(&single_tenant(tenant.id)).await.assert_status(200).id();

    app.clock().step_back(STEP);

    let body = json!({ "scope": single_tenant(tenant.id), "preflight_id": preflight, "reason": { "code": "DATA_REPAIR", "text": "Rows of old versions" } });
    operator.start_run(BACKFILL, &body).await.assert_problem(409, "preflight-stale");
}
