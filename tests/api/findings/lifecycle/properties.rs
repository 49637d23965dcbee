//! Random tables against the model: whatever the batch size, the number of workers, and however often.

use diesel::prelude::*;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::{all_tenants, single_tenant};
use support::lifecycle::{LegacyWorld, Row, Shape, legacy_table, many_of_a_kind, repair};
use support::random::Random;
use tenantatlas::findings::lifecycle::{Slice, next_slice, pin, repair as repair_slices, residue};

const TENANTS: usize = 3;
const SHAPE: Shape = Shape { tenants: TENANTS, ..Shape::SMALL };

/// Passes every tenant once in batches of this size, each in a transaction, as a worker does; returns rows changed.
pub(super) fn repair_in_batches(app: &TestApp, rows: i64) -> i64 {
    let mut conn = app.db();
    let mut updated = 0;
    for tenant in app.rows("SELECT id FROM allowed_tenants ORDER BY id") {
        let tenant_id = tenant["id"].as_i64().unwrap();
        let scope = pin(&mut conn, &[tenant_id], None).unwrap()[0];
        let mut cursor: Option<Vec<u8>> = None;
        loop {
            let slice = next_slice(&mut conn, &scope, cursor.as_deref(), rows).unwrap();
            updated += conn
                .transaction(|conn| repair_slices(conn, std::slice::from_ref(&slice), time::OffsetDateTime::now_utc()))
                .unwrap()[0]
                .updated;
            cursor = slice.upto;
            if cursor.is_none() {
                break;
            }
        }
        let left = residue(&mut conn, &[Slice::all_of(&scope)], time::OffsetDateTime::now_utc()).unwrap()[0];
        assert_eq!((left.left, left.arrived), (0, 0));
    }
    updated
}

#[tokio::test]
async fn random_tables_end_as_the_model_says_in_batches_of_any_size() {
    let world = LegacyWorld::new(TENANTS).await;
    for seed in 0..40 {
        let rows = legacy_table(seed, world.now, SHAPE);
        let expected = repair(&rows);
        let mut digests = Vec::new();
        for size in [1, 7, 500] {
            let what = format!("seed {seed}, batches of {size}");
            world.load(&rows);
            assert_eq!(world.read(), rows, "{what}: the table was not loaded as made");
            let updated = repair_in_batches(&world.app, size);
            world.assert_is(&expected, &what);
            assert_eq!(updated, i64::try_from(expected.updated.len()).unwrap(), "{what}");
            digests.push(world.app.digest());
        }
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}");
        assert_eq!(repair_in_batches(&world.app, 7), 0, "seed {seed}, a second time");
        assert_eq!(Some(&world.app.digest()), digests.last(), "seed {seed}, a second time");
    }
}

#[tokio::test]
async fn the_forecast_is_what_a_run_does_with_one_worker_or_two() {
    let world = LegacyWorld::new(TENANTS).await;
    for seed in 1_000..1_012 {
        let rows = legacy_table(seed, world.now, SHAPE);
        let expected = repair(&rows);
        let mut digests = Vec::new();
        for workers in [1, 2] {
            let what = format!("seed {seed}, {workers} workers");
            world.load(&rows);
            let forecast = world.operator.preflight(&all_tenants()).await.assert_status(200).body;
            let updated = run(&world, workers, &what).await;
            world.assert_is(&expected, &what);
            assert_eq!(forecast["affected_count"], updated, "{what}");
            assert_eq!(updated, json!(expected.updated.len()), "{what}");
            assert_eq!(forecast["by_change"], changes(&rows, &world.read()), "{what}");
            let overdue =
                "SELECT count(*) FROM findings WHERE status NOT IN ('resolved', 'closed', 'risk_accepted') AND due_at < db_now()";
            assert_eq!(forecast["overdue_after"], world.app.value(overdue), "{what}");
            let after = world.operator.preflight(&all_tenants()).await.body;
            assert_eq!((&after["affected_count"], &after["overdue_after"]), (&json!(0), &forecast["overdue_after"]), "{what}");
            digests.push(world.app.digest());
        }
        assert_eq!(digests[0], digests[1], "seed {seed}");
    }
}

/// A forecast asks the rules about one finding, or one pair, of each kind; all of the kind have to count like it.
#[tokio::test]
async fn the_forecast_of_many_findings_of_a_kind_counts_each_as_the_model_says() {
    let world = LegacyWorld::new(TENANTS).await;
    let mut random = Random::announced();
    // The first made the forecast count a due date as moved that was not.
    let seeds = (0..24).map(|_| u64::try_from(random.below(1 << 30)).unwrap());
    for seed in std::iter::once(168_329_682).chain(seeds) {
        let rows = many_of_a_kind(seed, world.now, SHAPE, 25);
        let expected = repair(&rows);
        let what = format!("seed {seed}");
        world.load(&rows);
        let forecast = world.operator.preflight(&all_tenants()).await.assert_status(200).body;
        assert_eq!(forecast["total_count"], rows.len(), "{what}");
        assert_eq!(forecast["affected_count"], expected.updated.len(), "{what}");
        assert_eq!(forecast["by_change"], changes(&rows, &expected.rows), "{what}");
        let overdue = |row: &&Row| row.is_open() && row.due_at.is_some_and(|due_at| due_at < world.now);
        assert_eq!(forecast["overdue_after"], expected.rows.iter().filter(overdue).count(), "{what}");
        for (tenant, of) in world.tenants.iter().enumerate() {
            let affected = expected.updated.iter().filter(|id| rows[**id].tenant == tenant).count();
            let named = forecast["by_tenant"].as_array().unwrap().iter().find(|share| share["tenant_id"] == of.id);
            assert_eq!(named.map_or(&json!(0), |share| &share["affected_count"]), &json!(affected), "{what}, tenant {tenant}");
            let alone = world.operator.preflight(&single_tenant(of.id)).await.assert_status(200).body;
            assert_eq!(alone["affected_count"], affected, "{what}, tenant {tenant} alone");
        }
    }
}

#[tokio::test]
async fn the_order_of_rows_and_of_tenants_changes_nothing() {
    let mut world = LegacyWorld::new(TENANTS).await;
    let mut random = Random::announced();
    for _ in 0..12 {
        let seed = u64::try_from(random.below(1 << 30)).unwrap();
        let rows = legacy_table(seed, world.now, SHAPE);
        let expected = repair(&rows);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        random.shuffle(&mut order);
        random.shuffle(&mut world.tenants);
        world.load_in_order(&rows, &order);
        let workers = random.between(1, 4);
        let what = format!("seed {seed}, {workers} workers, rows in the order {order:?}");
        assert_eq!(run(&world, workers, &what).await, json!(expected.updated.len()), "{what}");
        world.assert_is(&expected, &what);
    }
}

/// Runs it over all tenants; how many rows it says it changed.
async fn run(world: &LegacyWorld, workers: usize, what: &str) -> Value {
    let started = world.operator.start_backfill_of_all().await;
    if started.body["code"] == "nothing-to-do" {
        return json!(0);
    }
    let run = started.assert_status(201).id();
    let lanes: Vec<_> = (0..workers)
        .map(|_| world.app.hand_worker())
        .map(|mut worker| {
            std::thread::spawn(move || {
                while let Some(mut work) = worker.try_claim() {
                    worker.finish(&mut work);
                }
            })
        })
        .collect();
    lanes.into_iter().for_each(|lane| lane.join().unwrap());
    let body = world.operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "succeeded", "{what}");
    assert_eq!(body["summary_counts"]["processed"], body["summary_counts"]["total"], "{what}");
    body["summary_counts"]["updated"].clone()
}

/// What really changed, by kind.
fn changes(before: &[Row], after: &[Row]) -> Value {
    let count = |differs: &dyn Fn(&Row, &Row) -> bool| before.iter().zip(after).filter(|(old, new)| differs(old, new)).count();
    let closed = |old: &Row, new: &Row| old.consolidated_into != new.consolidated_into;
    let merged: std::collections::BTreeSet<_> =
        before.iter().zip(after).filter(|(old, new)| closed(old, new)).filter_map(|(_, new)| new.consolidated_into).collect();
    json!({
        "first_seen_at": count(&|old, new| old.first_seen_at != new.first_seen_at),
        "last_seen_at": count(&|old, new| old.last_seen_at != new.last_seen_at),
        "times_seen": count(&|old, new| old.times_seen != new.times_seen),
        "status": count(&|old, new| old.status != new.status && !closed(old, new)),
        "sla_days": count(&|old, new| old.sla_days != new.sla_days),
        "due_at_set": count(&|old, new| old.due_at.is_none() && new.due_at.is_some()),
        "due_at_moved": count(&|old, new| old.due_at.is_some_and(|old| new.due_at.is_some_and(|new| old != new))),
        "due_at_cleared": count(&|old, new| old.due_at.is_some() && new.due_at.is_none()),
        "duplicates_merged": merged.len(),
        "duplicates_closed": count(&closed),
    })
}
