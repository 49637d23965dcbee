//! Pause, resume and cancel at random moments (RUN-11).

use crate::length::{Figures, rounds, times};
use crate::nodes::{Kind, Nodes};
use crate::process::{wait_for_a_moment, wait_until};
use crate::world::World;
use serde_json::json;
use support::TestApp;
use support::random::Random;

#[tokio::test]
async fn a_run_paused_and_resumed_at_random_moments_ends_as_if_nobody_had_touched_it() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("pause and resume"));
    let mut world = World::start().await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker]);
    nodes.wait_until_ready(&world);
    let mut left = times("ENDURANCE_PAUSES", 5, 300);
    while left > 0 {
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 0, 300);
            let paused = world.operator.pause_run(world.run).await;
            if paused.status == 409 {
                // It has ended in the same moment.
                assert!(world.is_completed(), "{}", paused.text);
                break;
            }
            paused.assert_status(202);
            // Half of the time all hands have left it, else it goes on before they noticed.
            if random.chance(50) {
                let in_hand = format!("SELECT count(*) FROM run_targets WHERE run_id = {} AND state = 'running'", world.run);
                wait_until("everybody to let go", || world.app.value(&in_hand) == 0);
            }
            let resumed = world.operator.resume_run(world.run).await;
            assert!(resumed.status == 202 || world.is_completed(), "{}", resumed.text);
            figures.add("pauses", 1);
            left -= 1;
        }
        world.wait_for_end();
        figures.add("runs", 1);
        world.assert_as_undisturbed();
        if left > 0 {
            world.begin().await;
        }
    }
    nodes.stop(&world);
}

/// Rows that differ from what they were.
fn changed(app: &TestApp) -> i64 {
    let sql = "SELECT count(*) FROM findings f JOIN findings_before b USING (id) WHERE to_jsonb(f) <> to_jsonb(b)";
    app.value(sql).as_i64().unwrap()
}

#[tokio::test]
async fn a_cancelled_run_says_what_it_changed_and_the_next_one_does_the_rest() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("cancel"));
    let mut world = World::start().await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker]);
    nodes.wait_until_ready(&world);
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        let first = world.run;
        loop {
            wait_for_a_moment(&mut random, 0, 700);
            let cancelled = world.operator.cancel_run(world.run).await;
            world.wait_for_end();
            let body = world.operator.get_run(world.run).await.assert_status(200).body;
            assert_eq!(world.updated_since(first), changed(&world.app), "what all runs counted and what they changed");
            assert_eq!(body["summary_counts"]["failed"], 0);
            if cancelled.status == 409 || body["outcome"] == "succeeded" {
                break;
            }
            assert_eq!(body["outcome"], "cancelled");
            figures.add("runs cancelled", 1);
            let next = world.operator.start_backfill_of_all().await;
            if next.body["code"] == "nothing-to-do" {
                break;
            }
            world.run = next.assert_status(201).id();
        }
        assert_eq!(world.updated_since(first), world.affected, "every row counts once");
        world.assert_table_as_undisturbed();
        assert_eq!(world.operator.preflight(&support::actor::runbooks::all_tenants()).await.body["affected_count"], json!(0));
    }
    nodes.stop(&world);
}
