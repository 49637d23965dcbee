//! People who lock rows in another order than batches do: PostgreSQL ends one of the two, and nothing is lost (RUN-17).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::process::wait_until;
use crate::world::{Size, World};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

/// The last row of the first tenant that needs the repair: whatever order a batch takes rows in, it seldom begins with that.
fn last_row(world: &World) -> i64 {
    let sql = "SELECT max(id) FROM findings WHERE tenant_id = (SELECT min(tenant_id) FROM findings) AND first_seen_at IS NULL";
    world.app.value(sql).as_i64().unwrap()
}

/// The person has a row that a batch comes to; the batch has some that the person asks for next.
fn provoke(world: &World, person: &mut PgConnection, worker_starts: impl FnOnce() -> Nodes) -> (Nodes, diesel::QueryResult<()>) {
    let last = last_row(world);
    person.batch_execute("BEGIN").unwrap();
    person.batch_execute(&format!("SELECT FROM findings WHERE id = {last} FOR UPDATE")).unwrap();
    let nodes = worker_starts();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    wait_until("a batch that waits for the person", || world.app.value(waiting) != 0);
    let others = "SELECT FROM findings WHERE tenant_id = (SELECT min(tenant_id) FROM findings) FOR UPDATE";
    let locked = person.batch_execute(others);
    (nodes, locked)
}

fn deadlocks(world: &World) -> i64 {
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    world.app.value(sql).as_i64().unwrap()
}

#[tokio::test]
async fn a_deadlock_with_a_person_ends_well_whichever_of_the_two_is_ended() {
    let mut figures = Figures::of("deadlocks provoked");
    let mut world = World::start_of(Size::SMALL).await;
    let (mut left, mut rounds_left) = (2 * rounds(), 10 * rounds());
    while left > 0 {
        assert!(rounds_left > 0, "no deadlock can be provoked");
        rounds_left -= 1;
        let before = deadlocks(&world);
        // A patient person gets the row, an impatient one looks for a deadlock first and is ended.
        let patience = if left.is_multiple_of(2) { "10s" } else { "10ms" };
        let mut person = world.app.db();
        person.batch_execute(&format!("SET deadlock_timeout = '{patience}'; SET lock_timeout = '20s'")).unwrap();
        let (worker, locked) = provoke(&world, &mut person, || Nodes::start(&world, &[Kind::Worker]));
        person.batch_execute("ROLLBACK").unwrap();
        drop(person);
        world.wait_for_end();
        world.assert_as_undisturbed();
        worker.stop(&world);
        // On a machine that is too busy the batch has given up before the person asked for its row.
        let provoked = deadlocks(&world) - before;
        // A batch does not wait until a deadlock is looked for: it gives up by itself.
        let ended = if locked.is_ok() { 1 } else { provoked };
        left = left.saturating_sub(usize::try_from(ended).unwrap());
        figures.add(if locked.is_ok() { "batches given up" } else { "people ended" }, ended);
        world.begin().await;
    }
    let worker = Nodes::start(&world, &[Kind::Worker]);
    world.wait_for_end();
    worker.stop(&world);
}
