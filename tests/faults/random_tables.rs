//! Random legacy tables with groups of duplicates of every size, repaired by real processes that are killed on the way: the
//! table is what the plain model makes of it (FND-03, FND-04).

use crate::length::{Figures, times};
use crate::nodes::{LEASE, wait_for_workers};
use crate::process::{Process, wait_for_a_moment, wait_until};
use serde_json::json;
use support::lifecycle::{LegacyWorld, Shape, legacy_table, repair};
use support::random::Random;

#[tokio::test]
async fn random_tables_end_as_the_model_says_however_many_processes_work_and_die() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("random tables against the model"));
    let mut world = LegacyWorld::new(12).await;
    for _ in 0..times("ENDURANCE_TABLES", 3, 100) {
        let seed = u64::try_from(random.below(1 << 30)).unwrap();
        let shape =
            Shape { rows: random.of(&[60, 3_000]), tenants: random.between(1, 12), fingerprints: random.of(&[3, 40, 4_000]) };
        let rows = legacy_table(seed, world.now, shape);
        let expected = repair(&rows);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        random.shuffle(&mut order);
        random.shuffle(&mut world.tenants);
        world.load_in_order(&rows, &order);
        let what = format!("seed {seed}, {shape:?}");
        let started = world.operator.start_backfill_of_all().await;
        if started.body["code"] == "nothing-to-do" {
            assert!(expected.updated.is_empty(), "{what}");
            continue;
        }
        let run = started.assert_status(201).id();
        let completed = || world.app.value(&format!("SELECT status FROM operation_runs WHERE id = {run}")) == "completed";
        let mut processes: Vec<Process> = (0..random.between(1, 3)).map(|_| Process::worker(world.app.database_url())).collect();
        // Half of the time the one that started first dies on the way.
        if random.chance(50) {
            wait_for_a_moment(&mut random, 0, 500);
            processes.remove(0).kill();
            world.app.clock().advance(LEASE);
            processes.push(Process::worker(world.app.database_url()));
            figures.add("processes killed", 1);
        }
        wait_until("the end of the run", completed);
        wait_for_workers(&world.app, processes.len());
        processes.into_iter().for_each(Process::stop);

        world.assert_is(&expected, &what);
        world.operator = world.app.operator().await;
        let body = world.operator.get_run(run).await.assert_status(200).body;
        assert_eq!(
            (&body["outcome"], &body["summary_counts"]["updated"]),
            (&json!("succeeded"), &json!(expected.updated.len())),
            "{what}"
        );
        assert_eq!(body["summary_counts"]["processed"], rows.len(), "{what}");
        world.operator.start_backfill_of_all().await.assert_problem(409, "nothing-to-do");
        figures.add("tables", 1);
        figures.add("rows", i64::try_from(rows.len()).unwrap());
    }
}
