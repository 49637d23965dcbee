//! Connections that break under a worker (RUN-12).

use crate::process::Process;
use crate::world::World;

#[tokio::test]
async fn a_run_survives_the_end_of_every_connection_of_its_worker_without_waiting_for_a_lease() {
    let world = World::start().await;
    let worker = Process::worker(world.app.database_url());
    for _ in 0..3 {
        world.wait_for_progress(500);
        // Those of workers have a shorter limit on statements than those of requests; all but this one are hit.
        let hit = world.app.value(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() AND application_name = 'tenantatlas'",
        );
        assert!(hit.as_i64().unwrap() > 0);
    }
    world.wait_for_end();
    worker.signal("TERM");
    assert_eq!(worker.end(), Some(0));

    assert_eq!(world.app.value("SELECT max(attempt) FROM run_targets"), 1, "every lane went on with its own target");
    // A request that gets a broken connection is told to come again.
    let operator = world.app.anonymous().with_credential(world.operator.credential.clone());
    while operator.get_run(world.run).await.status == 503 {}
    while operator.list_runbooks().await.status == 503 {}
    world.assert_exact().await;
    world.assert_same_as_undisturbed().await;
}
