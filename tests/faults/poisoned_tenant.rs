//! A tenant with a row that makes every batch fail: it fails alone, and can be retried once it is cured (RUN-02, RUN-07,
//! RUN-11, RUN-17).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::process::wait_until;
use crate::world::World;
use serde_json::json;
use std::time::Duration;
use support::TestApp;

/// Poisons a row in the middle of a large tenant; returns tenant, row, and how many rows a run changes before it.
fn poison(app: &TestApp) -> (i64, i64, i64) {
    let row = &app.rows(
        "SELECT f.id, f.tenant_id FROM findings f JOIN tenants t ON t.id = f.tenant_id WHERE t.name = 'Large 2' AND f.first_seen_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM findings o WHERE o.tenant_id = f.tenant_id AND o.fingerprint = f.fingerprint AND o.id <> f.id) \
         ORDER BY f.fingerprint OFFSET 600 LIMIT 1",
    )[0];
    let (id, tenant) = (row["id"].as_i64().unwrap(), row["tenant_id"].as_i64().unwrap());
    app.execute(&format!("UPDATE findings SET title = 'poison' WHERE id = {id}"));
    // What changes in the end is the title of this row alone, so the poison is told by its number.
    app.execute(
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'SELECT secret FROM rows of jane@example.com' USING ERRCODE = '23514'; END $$",
    );
    app.execute(&format!(
        "CREATE TRIGGER poison BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.id = {id} AND OLD.title = 'poison') EXECUTE FUNCTION poison()"
    ));
    let before = app.value(&format!(
        "SELECT count(*) FROM findings f, findings p WHERE p.id = {id} AND f.tenant_id = p.tenant_id AND f.fingerprint < p.fingerprint \
         AND (f.first_seen_at IS NULL OR EXISTS \
              (SELECT 1 FROM findings o WHERE o.tenant_id = f.tenant_id AND o.fingerprint = f.fingerprint AND o.id <> f.id))"
    ));
    (tenant, id, before.as_i64().unwrap())
}

fn cure(app: &TestApp, id: i64) {
    app.execute("DROP TRIGGER poison ON findings");
    app.execute("DROP FUNCTION poison()");
    app.execute(&format!("UPDATE findings f SET title = b.title FROM findings_before b WHERE b.id = f.id AND f.id = {id}"));
}

#[tokio::test]
async fn a_poisoned_tenant_fails_alone_after_its_attempts_and_succeeds_when_cured_and_retried() {
    let mut figures = Figures::of("poisoned tenant");
    let mut world = World::start().await;
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        let (tenant, id, before_it) = poison(&world.app);
        let nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker]);
        let target = format!("SELECT failures, state FROM run_targets WHERE run_id = {} AND tenant_id = {tenant}", world.run);
        for failures in 1..5 {
            // It backs off, twice as long each time; only the clock is in a hurry.
            wait_until("a failed attempt", || world.app.rows(&target)[0]["failures"].as_i64() >= Some(failures));
            world.app.clock().advance(Duration::from_secs(1 << (failures - 1)));
        }
        world.wait_for_end();
        figures.add("runs", 1);

        let body = world.operator.get_run(world.run).await.assert_status(200).body;
        assert_eq!((&body["outcome"], &body["summary_counts"]["failed"]), (&json!("partially_succeeded"), &json!(1)));
        let failure = &body["failure_summary"][0];
        assert_eq!((&failure["code"], &failure["tenant_id"]), (&json!("constraint_violated"), &json!(tenant)));
        for secret in ["SELECT", "jane", "example.com", "poison"] {
            assert!(!body["failure_summary"].to_string().contains(secret), "{secret}");
        }
        // The batch was split down to the row: every row that comes before it is done, and none after it.
        let targets = world.operator.list_targets(world.run, "state=failed").await.assert_status(200);
        let failed = targets.items();
        assert_eq!(failed.len(), 1);
        assert_eq!((&failed[0]["tenant"]["id"], &failed[0]["counts"]["updated"]), (&json!(tenant), &json!(before_it)));
        assert_eq!(failed[0]["attempt"], 5);

        cure(&world.app, id);
        let first = world.run;
        world.run = world.operator.retry_failed(first).await.assert_status(201).id();
        world.wait_for_end();
        let body = world.operator.get_run(world.run).await.assert_status(200).body;
        assert_eq!((&body["outcome"], &body["summary_counts"]["tenants"]), (&json!("succeeded"), &json!(1)));
        assert_eq!(world.updated_since(first), world.affected, "every row counts once");
        world.assert_table_as_undisturbed();
        nodes.stop(&world);
    }
}
