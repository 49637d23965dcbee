//! Two worker processes over one run.

use crate::process::Process;
use crate::world::World;

#[tokio::test]
async fn two_workers_never_process_one_batch_twice() {
    let world = World::start().await;
    let workers = [Process::worker(world.app.database_url()), Process::worker(world.app.database_url())];
    world.wait_for_end();

    assert_eq!(world.app.value("SELECT count(DISTINCT worker_id) FROM run_targets"), 2, "both worked");
    assert_eq!(world.app.value("SELECT max(attempt) FROM run_targets"), 1);
    assert_eq!(world.app.value("SELECT count(*) FROM worker_nodes"), 2);
    for worker in workers {
        worker.signal("TERM");
        assert_eq!(worker.end(), Some(0));
    }
    assert_eq!(world.app.value("SELECT count(*) FROM worker_nodes"), 0, "they signed off");
    world.assert_exact().await;
    world.assert_same_as_undisturbed().await;
}
