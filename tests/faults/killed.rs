//! Workers and servers killed at any instant lose nothing and repeat nothing (RUN-12, OPS-RUN-02).

use crate::length::{Figures, times};
use crate::nodes::{Kind, Nodes};
use crate::process::{wait_for_a_moment, wait_until};
use crate::visitor::Visitor;
use crate::world::{Size, World};
use serde_json::json;
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
        match given_up(&world) {
            0 => world.assert_as_undisturbed(),
            targets => figures.add("targets given up and retried", retry(&mut world, targets).await),
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

/// Targets on which five workers in a row died before one of them could commit a batch: rare, but to be expected of chance.
fn given_up(world: &World) -> i64 {
    let sql = format!("SELECT count(*) FROM run_targets WHERE run_id = {} AND failure_code = 'worker_lost'", world.run);
    world.app.value(&sql).as_i64().unwrap()
}

/// What was given up is retried, as an operator would.
async fn retry(world: &mut World, targets: i64) -> i64 {
    let body = world.operator.get_run(world.run).await.assert_status(200).body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["failed"]), (&json!("partially_succeeded"), &json!(targets)));
    world.operator = world.app.operator().await;
    world.run = world.operator.retry_failed(world.run).await.assert_status(201).id();
    wait_until("the end of the retry", || world.is_completed());
    targets
}
