//! A worker that freezes and comes back finds its lease gone, and writes nothing (RUN-12).

use crate::length::{Figures, rounds};
use crate::nodes::LEASE;
use crate::process::{Process, wait_for_a_moment, wait_until};
use crate::world::World;
use serde_json::Value;
use support::random::Random;

/// Everything that a worker may write.
fn written(world: &World) -> (String, Vec<Value>) {
    (world.app.digest(), world.app.rows("SELECT * FROM run_targets ORDER BY id"))
}

#[tokio::test]
async fn a_worker_frozen_past_its_lease_is_fenced_off_when_it_thaws() {
    let world = World::start().await;
    let mut frozen = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    frozen.signal("STOP");
    world.app.clock().advance(LEASE);
    let other = Process::worker(world.app.database_url());
    world.wait_for_end();
    let before = written(&world);
    let seen = world.app.value("SELECT min(seen_at) FROM worker_nodes");

    frozen.signal("CONT");
    // It lives on: its heartbeat comes again, which it does from the same process.
    wait_until("the frozen worker's heartbeat", || world.app.value("SELECT min(seen_at) FROM worker_nodes") != seen);
    assert!(frozen.is_running());
    frozen.stop();
    other.stop();

    assert_eq!(written(&world), before);
    world.assert_as_undisturbed();
    world.assert_nothing_is_left();
}

#[tokio::test]
async fn workers_that_freeze_and_thaw_at_random_moments_disturb_nobody() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("SIGSTOP past the lease, SIGCONT"));
    let mut world = World::start().await;
    let workers = [Process::worker(world.app.database_url()), Process::worker(world.app.database_url())];
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        world.wait_for_progress(1);
        while !world.is_completed() {
            let frozen = &workers[random.below(workers.len())];
            frozen.signal("STOP");
            world.app.clock().advance(LEASE);
            // The other one takes over meanwhile, or finds nothing left to take.
            wait_for_a_moment(&mut random, 10, 1_500);
            frozen.signal("CONT");
            wait_for_a_moment(&mut random, 10, 600);
            figures.add("workers frozen", 1);
        }
        figures.add("runs", 1);
        world.assert_as_undisturbed();
    }
    for worker in workers {
        worker.stop();
    }
    world.assert_nothing_is_left();
}
