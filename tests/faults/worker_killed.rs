//! A worker killed at any instant loses nothing and repeats nothing (RUN-12).

use crate::process::Process;
use crate::world::World;
use std::time::Duration;

#[tokio::test]
async fn a_worker_killed_five_times_leaves_the_same_table_and_counts_as_an_undisturbed_run() {
    let world = World::start().await;
    for n in 0..5 {
        let worker = Process::worker(world.app.database_url());
        // Another place in the batch each time.
        world.wait_for_progress(700 + n * 130);
        worker.kill();
        // The lease of what it held runs out; the next worker takes it back.
        world.app.clock().advance(Duration::from_secs(31));
    }
    let attempts = world.app.value("SELECT max(attempt) FROM run_targets").as_i64().unwrap();
    let worker = Process::worker(world.app.database_url());
    world.wait_for_end();
    worker.signal("TERM");
    assert_eq!(worker.end(), Some(0));

    assert!(attempts > 1, "no target was caught in flight");
    world.assert_exact().await;
    world.assert_same_as_undisturbed().await;
}
