//! Connections that break under processes (RUN-12).

use crate::length::{Figures, times};
use crate::nodes::{Kind, Nodes};
use crate::process::{Process, wait_for_a_moment};
use crate::world::World;
use support::random::Random;

/// Every session of the product, those of its servers too.
const OF_PRODUCT: &str = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

#[tokio::test]
async fn a_run_survives_the_end_of_every_connection_at_once_without_waiting_for_a_lease() {
    let world = World::start().await;
    let worker = Process::worker(world.app.database_url());
    for _ in 0..3 {
        world.wait_for_progress(500);
        let hit = world.app.value(&format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {OF_PRODUCT}"));
        assert!(hit.as_i64().unwrap() > 0);
    }
    world.wait_for_end();
    worker.stop();

    let attempts = format!("SELECT max(attempt) FROM run_targets WHERE run_id = {}", world.run);
    assert_eq!(world.app.value(&attempts), 1, "every lane went on with its own target");
    let operator = world.app.anonymous().with_credential(world.operator.credential.clone());
    operator.get_run(world.run).await.assert_status(200);
    operator.list_runbooks().await.assert_status(200);
    world.assert_as_undisturbed();
    world.assert_nothing_is_left();
}

#[tokio::test]
async fn connections_cut_one_by_one_while_batches_run_lose_and_repeat_nothing() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("connections cut one by one"));
    let mut world = World::start().await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Server]);
    nodes.wait_until_ready(&world);
    let mut left = times("ENDURANCE_CUTS", 30, 1_000);
    while left > 0 {
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 0, 60);
            let one = random.below(20);
            let cut = world.app.value(&format!(
                "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid, row_number() OVER (ORDER BY pid) AS n, count(*) OVER () AS all_of_them \
                 FROM pg_stat_activity WHERE {OF_PRODUCT}) s WHERE n = 1 + {one} % all_of_them"
            ));
            let cut = cut.as_i64().unwrap();
            figures.add("connections cut", cut);
            left = left.saturating_sub(usize::try_from(cut).unwrap());
        }
        world.wait_for_end();
        figures.add("runs", 1);
        world.assert_as_undisturbed();
        if left > 0 {
            world.assert_requests_work().await;
            world.begin().await;
        }
    }
    nodes.stop(&world);
}
