//! No connection to be had: of the database, or of a server's own pool (RUN-12, RUN-17).

use crate::cluster::OwnCluster;
use crate::process::{Process, WITHOUT_SHARES, wait_until};
use crate::world::{Size, World};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::time::{Duration, Instant};
use support::TestApp;
use support::postgres::connect;

/// Ends every session of the product, as often as it takes until others have taken all there are.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenantatlas'";

/// Takes every connection that is left.
fn take_all(url: &str, taken: &mut Vec<PgConnection>) {
    while let Ok(conn) = PgConnection::establish(url) {
        taken.push(conn);
    }
}

#[tokio::test]
async fn a_database_without_a_free_connection_is_waited_for() {
    let cluster = OwnCluster::start(30);
    let mut world = World::prepare(cluster.app().await, Size::USUAL).await;
    world.begin().await;
    let mut worker = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    let url = world.app.database_url().to_owned();
    let mut person = connect(&url);
    let mut taken = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        person.batch_execute(CUT).unwrap();
        take_all(&url, &mut taken);
    }
    // Sessions that end leave room for a moment; the worker has had its chances, and lives.
    assert!(!taken.is_empty() && worker.is_running());
    let told = world.operator.get_run(world.run).await.assert_problem(503, "unavailable");
    assert!(told.header("retry-after").is_some());
    drop((taken, person));

    world.wait_for_end();
    worker.stop();
    world.assert_as_undisturbed();
    world.assert_nothing_is_left();
    drop(world);
}

#[tokio::test]
async fn requests_beyond_the_pool_are_told_to_come_again_and_the_run_goes_on() {
    let builder = WITHOUT_SHARES.iter().fold(TestApp::builder(), |builder, (name, value)| builder.setting(name, value));
    let mut world = World::prepare(builder.start().await, Size::USUAL).await;
    world.begin().await;
    let worker = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    let before = world.updated();
    let mut person = world.app.db();
    let mut operators = Vec::new();
    for _ in 0..4 {
        operators.push(world.app.operator().await);
    }
    // Everybody who asks for a run, and every worker, waits.
    person.batch_execute("BEGIN; LOCK TABLE operation_runs IN ACCESS EXCLUSIVE MODE").unwrap();
    let begun = Instant::now();
    let asked: Vec<_> = (0..60)
        .zip(operators.iter().cycle())
        .map(|(_, operator)| {
            let (operator, run) = (operator.clone(), world.run);
            tokio::spawn(async move { operator.get_run(run).await })
        })
        .collect();
    for answer in asked {
        let answer = answer.await.unwrap().assert_problem(503, "unavailable");
        assert!(answer.header("retry-after").is_some());
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    person.batch_execute("ROLLBACK").unwrap();

    let body = world.operator.get_run(world.run).await.assert_status(200).body;
    assert!(body["summary_counts"]["updated"].as_i64() >= Some(before));
    wait_until("the end of the run", || world.is_completed());
    worker.stop();
    world.assert_as_undisturbed();
}
