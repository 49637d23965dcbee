//! Workers and servers killed at any instant lose nothing and repeat nothing (RUN-12, OPS-RUN-02).

use crate::length::{Figures, times};
use crate::nodes::{Kind, Nodes};
use crate::process::wait_for_a_moment;
use crate::visitor::Visitor;
use crate::world::{Size, World};
use support::TestApp;
use support::random::Random;

#[tokio::test]
async fn workers_and_servers_killed_at_random_moments_leave_table_and_counts_of_an_undisturbed_run() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("SIGKILL of workers and servers"));
    let mut world = World::prepare(TestApp::start().await, Size::by_length()).await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker, Kind::Server]);
    nodes.wait_until_ready(&world);
    let visitor = Visitor::start();
    let mut left = times("ENDURANCE_KILLS", 5, 1_000);
    while left > 0 {
        world.begin().await;
        visitor.look_at(&world.operator, world.run);
        let first_run = world.run;
        while left > 0 && !world.is_completed() {
            nodes.announce(&visitor.addresses);
            wait_for_a_moment(&mut random, 10, 500);
            match nodes.kill_one(&world, &mut random) {
                Kind::Worker => figures.add("workers killed", 1),
                Kind::Server => figures.add("servers killed", 1),
            }
            left -= 1;
        }
        nodes.announce(&visitor.addresses);
        world.wait_for_end();
        figures.add("runs", 1);
        figures.add("rows changed", world.updated_since(first_run));
        figures.add("targets taken over", taken_over(&world));
        figures.add("targets given up and retried", world.retry_given_up().await);
        if world.run == first_run {
            world.assert_as_undisturbed();
        }
        assert_eq!(world.updated_since(first_run), world.affected, "every row counts once");
        world.assert_table_as_undisturbed();
    }
    figures.add("answers to a visitor", visitor.leave());
    nodes.stop(&world);
}

/// Claims beyond the first one.
fn taken_over(world: &World) -> i64 {
    world.app.value(&format!("SELECT sum(attempt - 1)::bigint FROM run_targets WHERE run_id = {}", world.run)).as_i64().unwrap()
}
