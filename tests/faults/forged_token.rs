//! A lease token is what fences a worker off. Where it is forged, the target's row still lets one worker at a time at the
//! cursor, so that everything is counted exactly once (RUN-12).

use crate::length::{Figures, rounds};
use crate::nodes::LEASE;
use crate::process::{Process, wait_for_a_moment};
use crate::shim::Shim;
use crate::world::World;
use support::random::Random;

const IN_HAND: &str = "SELECT count(*) FROM run_targets WHERE state = 'running'";
const TOKENS: &str = "SELECT count(DISTINCT lease_token) FROM run_targets WHERE state = 'running'";

#[tokio::test]
async fn two_workers_with_the_same_token_at_one_target_count_every_row_once() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("two workers with one lease token"));
    let shim = Shim::build();
    let mut world = World::start().await;
    let workers = [(), ()].map(|()| shim.worker_without_chance(world.app.database_url()));
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        world.wait_for_progress(1);
        let mut seen_forged = false;
        while !world.is_completed() {
            // What the frozen one holds is given to the other one, under a token that is the same: both go on with it.
            let frozen = &workers[random.below(workers.len())];
            frozen.signal("STOP");
            world.app.clock().advance(LEASE);
            wait_for_a_moment(&mut random, 300, 1_500);
            seen_forged |= world.app.value(IN_HAND).as_i64() > Some(1) && world.app.value(TOKENS) == 1;
            frozen.signal("CONT");
            wait_for_a_moment(&mut random, 10, 600);
            figures.add("targets given to a second holder of their token", 1);
        }
        assert!(seen_forged, "the tokens differ");
        figures.add("runs", 1);
        world.assert_as_undisturbed();
    }
    for worker in workers {
        worker.stop();
    }
    world.assert_nothing_is_left();
}

#[tokio::test]
async fn a_token_written_over_by_hand_fences_its_worker_off_and_every_row_counts_once() {
    let mut random = Random::announced();
    let world = World::start().await;
    let workers = [(), ()].map(|()| Process::worker(world.app.database_url()));
    world.wait_for_progress(1);
    for _ in 0..5 {
        if world.is_completed() {
            break;
        }
        // Each target in hand gets the token of the one that follows it.
        world.app.execute(
            "UPDATE run_targets x SET lease_token = o.token FROM (SELECT id, coalesce(lead(lease_token) OVER (ORDER BY id), \
                 first_value(lease_token) OVER (ORDER BY id)) AS token FROM run_targets WHERE state = 'running') o \
             WHERE o.id = x.id AND x.state = 'running'",
        );
        wait_for_a_moment(&mut random, 10, 300);
        world.app.clock().advance(LEASE);
    }
    world.wait_for_end();
    world.assert_as_undisturbed();
    for worker in workers {
        worker.stop();
    }
    world.assert_nothing_is_left();
}
