//! Graceful shutdown (OPS-RUN-03).

use crate::process::Process;
use crate::world::World;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_gives_its_targets_back_at_once() {
    let world = World::start().await;
    let worker = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    let asked = Instant::now();
    worker.signal("TERM");
    assert_eq!(worker.end(), Some(0));

    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(world.app.value("SELECT count(*) FROM run_targets WHERE state = 'running'"), 0);
    let given_back = world.app.rows("SELECT failures FROM run_targets WHERE state = 'queued' AND updated > 0");
    assert!(!given_back.is_empty(), "a target goes back with what was done");
    assert!(given_back.iter().all(|target| target["failures"] == 0));
    assert_eq!(world.app.value("SELECT count(*) FROM worker_nodes"), 0);

    // No lease has to run out.
    let next = Process::worker(world.app.database_url());
    world.wait_for_end();
    drop(next);
    world.assert_exact().await;
}
