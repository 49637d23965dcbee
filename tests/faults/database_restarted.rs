//! A database that goes down in the middle of everything and comes back (RUN-12).

use crate::cluster::OwnCluster;
use crate::length::{Figures, times};
use crate::nodes::{Kind, LEASE, Nodes};
use crate::process::wait_for_a_moment;
use crate::world::{Size, World};
use support::random::Random;

#[tokio::test]
async fn a_database_stopped_at_once_and_started_again_is_survived_without_losing_or_repeating_a_row() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("PostgreSQL stopped in immediate mode"));
    let mut cluster = OwnCluster::start(100);
    let mut world = World::prepare(cluster.app().await, Size::by_length()).await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Server]);
    nodes.wait_until_ready(&world);
    let mut left = times("ENDURANCE_RESTARTS", 1, 20);
    while left > 0 {
        world.begin().await;
        world.wait_for_progress(1);
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 0, 1_000);
            cluster.stop_at_once();
            // Long enough for some to find nobody there, or so short that nobody had to look.
            wait_for_a_moment(&mut random, 0, 1_500);
            cluster.start_again();
            figures.add("restarts", 1);
            left -= 1;
        }
        world.wait_for_end();
        world.assert_requests_work().await;
        figures.add("runs", 1);
        figures.add("rows changed", world.affected);
        world.assert_as_undisturbed();
        // Nobody's lease ran out: each lane came back to its own target.
        let attempts = world.app.value(&format!("SELECT max(attempt) FROM run_targets WHERE run_id = {}", world.run));
        figures.add("targets that changed hands", attempts.as_i64().unwrap() - 1);
    }
    nodes.stop(&world);
    drop(world);
}

#[tokio::test]
async fn a_blackout_that_ends_database_servers_and_workers_in_one_moment_costs_nothing_but_time() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("everything dead at once"));
    let mut cluster = OwnCluster::start(100);
    let mut world = World::prepare(cluster.app().await, Size { large: 4, findings: 1_500, ..Size::SMALL }).await;
    let kinds = [Kind::Worker, Kind::Server];
    let mut nodes = Nodes::start(&world, &kinds);
    let mut left = times("ENDURANCE_BLACKOUTS", 1, 20);
    while left > 0 {
        world.begin().await;
        let first_run = world.run;
        world.wait_for_progress(1);
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 0, 600);
            cluster.stop_at_once();
            drop(nodes);
            cluster.start_again();
            world.app.clock().advance(LEASE);
            nodes = Nodes::start(&world, &kinds);
            nodes.wait_until_ready(&world);
            figures.add("blackouts", 1);
            left -= 1;
        }
        world.wait_for_end();
        world.assert_requests_work().await;
        figures.add("runs", 1);
        figures.add("targets given up and retried", world.retry_given_up().await);
        assert_eq!(world.updated_since(first_run), world.affected, "every row counts once");
        world.assert_table_as_undisturbed();
    }
    nodes.stop(&world);
    drop(world);
}
