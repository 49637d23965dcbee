//! Graceful shutdown (OPS-RUN-03).

use crate::length::{Figures, times};
use crate::nodes::{Kind, Nodes};
use crate::process::{Process, wait_for_a_moment};
use crate::world::World;
use std::time::{Duration, Instant};
use support::random::Random;

#[tokio::test]
async fn a_worker_that_is_asked_to_stop_gives_its_targets_back_at_once() {
    let world = World::start().await;
    let worker = Process::worker(world.app.database_url());
    world.wait_for_progress(500);
    let asked = Instant::now();
    worker.stop();

    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(world.app.value("SELECT count(*) FROM run_targets WHERE state = 'running'"), 0);
    let given_back = world.app.rows("SELECT failures FROM run_targets WHERE state = 'queued' AND updated > 0");
    assert!(!given_back.is_empty(), "a target goes back with what was done");
    assert!(given_back.iter().all(|target| target["failures"] == 0));
    assert_eq!(world.app.value("SELECT count(*) FROM worker_nodes"), 0);

    // No lease has to run out.
    let next = Process::worker(world.app.database_url());
    world.wait_for_end();
    next.stop();
    world.assert_as_undisturbed();
    world.assert_nothing_is_left();
}

#[tokio::test]
async fn processes_asked_to_stop_in_the_middle_of_batches_end_well_and_cost_nobody_an_attempt() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("SIGTERM in the middle of batches"));
    let mut world = World::start().await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Server]);
    let mut left = times("ENDURANCE_STOPS", 4, 100);
    while left > 0 {
        world.wait_for_progress(1);
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 10, 400);
            nodes.wait_until_ready(&world);
            nodes.stop_one(&mut random);
            figures.add("processes stopped", 1);
            left -= 1;
        }
        world.wait_for_end();
        figures.add("runs", 1);
        world.assert_as_undisturbed();
        assert_eq!(world.app.value("SELECT max(failures) FROM run_targets"), 0);
        if left > 0 {
            world.begin().await;
        }
    }
    nodes.stop(&world);
}
