//! People who change findings while a run passes over them: no change of theirs is lost (FND-05).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::process::pause;
use crate::world::World;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use support::TestApp;
use support::actor::runbooks::all_tenants;
use support::random::Random;

/// Statuses of findings that somebody still has to do something about, and of the others.
const OPEN: &[&str] = &["triaged", "in_progress", "reopened"];
const TERMINAL: &[&str] = &["resolved", "closed", "risk_accepted"];

/// Findings to change, and the statuses that they may be given.
#[derive(Clone)]
struct Desk {
    ids: Vec<i64>,
    statuses: Vec<&'static str>,
}

/// What somebody has decided, in the order in which they did.
type Decided = Vec<(i64, &'static str, String)>;

/// Somebody who changes one finding after another until told to stop.
fn person(app: &TestApp, desk: Desk, seed: u64, stop: &Arc<AtomicBool>) -> JoinHandle<Decided> {
    let (mut conn, stop) = (app.db(), Arc::clone(stop));
    std::thread::spawn(move || {
        let (mut random, mut decided) = (Random::new(seed), Decided::new());
        while !stop.load(Ordering::Relaxed) {
            let (id, status) = (random.of(&desk.ids), random.of(&desk.statuses));
            let due = format!("2031-01-{:02}T00:00:00+00:00", random.between(1, 28));
            let edit = format!(
                "UPDATE findings SET status = '{status}', due_at = '{due}', due_source = 'person', updated_at = db_now() WHERE id = {id}"
            );
            assert_eq!(diesel::sql_query(edit).execute(&mut conn).unwrap(), 1);
            decided.push((id, status, due));
            pause();
        }
        decided
    })
}

/// Findings that no other one is a duplicate of.
fn singles(app: &TestApp, condition: &str) -> Vec<i64> {
    let rows = app.rows(&format!(
        "SELECT id FROM findings f WHERE first_seen_at IS NULL AND {condition} AND NOT EXISTS \
         (SELECT 1 FROM findings o WHERE o.tenant_id = f.tenant_id AND o.fingerprint = f.fingerprint AND o.id <> f.id)"
    ));
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// A run over all while people are at work; nobody writes over another's change. What each finding was given last.
fn run_among_people(world: &World, desks: &[Desk], random: &mut Random) -> BTreeMap<i64, (&'static str, String)> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut seed = || u64::try_from(random.below(1 << 30)).unwrap();
    let people: Vec<_> = desks.iter().map(|desk| person(&world.app, desk.clone(), seed(), &stop)).collect();
    world.wait_for_end();
    stop.store(true, Ordering::Relaxed);
    let decided: Decided = people.into_iter().flat_map(|person| person.join().unwrap()).collect();
    decided.into_iter().map(|(id, status, due)| (id, (status, due))).collect()
}

/// Every finding has what it was given, and the run has still filled in what was missing.
fn assert_kept(world: &World, given: &BTreeMap<i64, (&'static str, String)>) {
    assert!(given.len() > 10, "only {} findings were edited", given.len());
    for (id, (status, due)) in given {
        let row = world.app.find_finding(*id);
        assert_eq!(
            (&row["status"], &row["due_at"], &row["due_source"]),
            (&json!(status), &json!(due), &json!("person")),
            "{row}"
        );
        assert!(row["first_seen_at"].is_string() && row["last_seen_at"].is_string() && row["times_seen"].is_i64(), "{row}");
    }
}

#[tokio::test]
async fn what_people_change_while_a_run_passes_keeps_their_values_and_nothing_else_differs() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("edits while a run passes"));
    let mut world = World::start().await;
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        let terminal = "status IN ('resolved', 'closed', 'risk_accepted')";
        let desks = [
            Desk { ids: singles(&world.app, &format!("NOT {terminal}")), statuses: OPEN.to_vec() },
            Desk { ids: singles(&world.app, terminal), statuses: TERMINAL.to_vec() },
        ];
        let nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker]);
        let given = run_among_people(&world, &desks, &mut random);
        figures.add("runs", 1);
        figures.add("findings edited", i64::try_from(given.len()).unwrap());

        let run = world.operator.get_run(world.run).await.assert_status(200).body;
        assert_eq!((&run["outcome"], &run["summary_counts"]["updated"]), (&json!("succeeded"), &json!(world.affected)), "{run}");
        assert_kept(&world, &given);
        assert_others_as_undisturbed(&world, &given.into_keys().collect::<Vec<_>>()).await;
        nodes.stop(&world);
    }
}

#[tokio::test]
async fn findings_that_people_reopen_behind_the_run_are_left_for_the_next_one_and_fail_nobody() {
    let mut random = Random::announced();
    let world = World::start().await;
    let desk = Desk { ids: singles(&world.app, "true"), statuses: [OPEN, TERMINAL].concat() };
    let nodes = Nodes::start(&world, &[Kind::Worker, Kind::Worker]);
    let given = run_among_people(&world, &[desk], &mut random);

    let run = world.operator.get_run(world.run).await.assert_status(200).body;
    assert_eq!((&run["outcome"], &run["summary_counts"]["updated"]), (&json!("succeeded"), &json!(world.affected)), "{run}");
    assert_kept(&world, &given);
    // The next run does what is left, and touches nothing that they have decided.
    if world.operator.start_backfill_of_all().await.body["code"] != "nothing-to-do" {
        world.wait_until_idle();
    }
    assert_kept(&world, &given);
    assert_eq!(world.operator.preflight(&all_tenants()).await.body["affected_count"], 0);
    nodes.stop(&world);
}

/// The rows that nobody edited are those of an undisturbed run.
async fn assert_others_as_undisturbed(world: &World, edited: &[i64]) {
    let edited: Vec<String> = edited.iter().map(ToString::to_string).collect();
    world.app.execute("DROP TABLE IF EXISTS expected");
    world.app.execute("CREATE TABLE expected AS TABLE findings");
    world.restore();
    world.operator.start_backfill_of_all().await.assert_status(201);
    world.wait_until_idle();
    let other = world.app.rows(&format!(
        "SELECT id FROM findings f FULL JOIN expected e USING (id) WHERE id <> ALL('{{{}}}') \
         AND (to_jsonb(f) - 'updated_at') IS DISTINCT FROM (to_jsonb(e) - 'updated_at')",
        edited.join(",")
    ));
    assert_eq!(other, Vec::<Value>::new());
}
