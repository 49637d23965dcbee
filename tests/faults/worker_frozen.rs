//! A worker that freezes and comes back finds its lease gone, and writes nothing (RUN-12).

use crate::process::{Process, wait_until};
use crate::world::World;
use std::time::Duration;

#[tokio::test]
async fn a_worker_frozen_past_its_lease_is_fenced_off_when_it_thaws() {
    let world = World::start().await;
    let mut frozen = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    frozen.signal("STOP");
    world.app.clock().advance(Duration::from_secs(31));
    let other = Process::worker(world.app.database_url());
    world.wait_for_end();
    let (table, targets) = (world.app.digest(), world.app.rows("SELECT * FROM run_targets ORDER BY id"));
    let seen = world.app.value("SELECT min(seen_at) FROM worker_nodes");

    frozen.signal("CONT");
    // It lives on: its heartbeat comes again, which it does from the same process.
    wait_until("the frozen worker's heartbeat", || world.app.value("SELECT min(seen_at) FROM worker_nodes") != seen);
    assert!(frozen.is_running());
    frozen.signal("TERM");
    assert_eq!(frozen.end(), Some(0));
    drop(other);

    assert_eq!(world.app.digest(), table);
    assert_eq!(world.app.rows("SELECT * FROM run_targets ORDER BY id"), targets);
    world.assert_exact().await;
    world.assert_same_as_undisturbed().await;
}
