//! People who lock rows in another order than batches do: PostgreSQL ends one of the two, and nothing is lost (RUN-17).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::process::wait_until;
use crate::world::{Size, World};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;

/// A row of the first tenant that needs the repair, by its place in the order of batches.
fn pending_row(world: &World, place: usize) -> i64 {
    let sql = format!(
        "SELECT id FROM findings WHERE tenant_id = (SELECT min(tenant_id) FROM findings) AND first_seen_at IS NULL \
         ORDER BY fingerprint, id OFFSET {place} LIMIT 1"
    );
    world.app.value(&sql).as_i64().unwrap()
}

fn lock(person: &mut PgConnection, id: i64) -> diesel::QueryResult<()> {
    person.batch_execute(&format!("SELECT FROM findings WHERE id = {id} FOR UPDATE"))
}

/// The person has a row that a batch comes to; the batch has one that the person asks for next.
fn provoke(world: &World, person: &mut PgConnection, worker_starts: impl FnOnce() -> Nodes) -> (Nodes, diesel::QueryResult<()>) {
    let (first, later) = (pending_row(world, 0), pending_row(world, 20));
    person.batch_execute("BEGIN").unwrap();
    lock(person, later).unwrap();
    let nodes = worker_starts();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    wait_until("a batch that waits for the person", || world.app.value(waiting) != 0);
    let locked = lock(person, first);
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
    for round in 0..2 * rounds() {
        if round > 0 {
            world.begin().await;
        }
        let before = deadlocks(&world);
        // Whoever looks first after waiting so long is ended.
        let (patience, batch_is_ended) = if round % 2 == 0 { ("10s", true) } else { ("10ms", false) };
        let mut person = world.app.db();
        person.batch_execute(&format!("SET deadlock_timeout = '{patience}'; SET lock_timeout = '20s'")).unwrap();
        let (worker, locked) = provoke(&world, &mut person, || Nodes::start(&world, &[Kind::Worker]));
        assert_eq!(locked.is_ok(), batch_is_ended, "{locked:?}");
        person.batch_execute("ROLLBACK").unwrap();

        world.wait_for_end();
        world.assert_as_undisturbed();
        wait_until("the deadlock to be counted", || deadlocks(&world) > before);
        figures.add("deadlocks", 1);
        drop(person);
        worker.stop(&world);
    }
}
