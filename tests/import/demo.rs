//! Demo data.

use crate::support::World;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use tenantatlas::auth::Permit;
use tenantatlas::context::Ctx;
use tenantatlas::demo::{Seed, Seeded, load_once, seed_demo};
use tenantatlas::error::{Code, Result};

const SMALL: Seed = Seed { tenants: 20, findings: 3_000, seed: 7, force: true };

fn seed(world: &World, seed: Seed) -> Result<Seeded> {
    world
        .db
        .run(|conn| diesel::Connection::transaction(conn, |conn| seed_demo(&Ctx::system(), &Permit::system("test"), conn, seed)))
}

fn content(world: &World) -> Value {
    // Ids and keys of other rows are left out; a test may cross midnight, so times are too.
    world.document(
        "SELECT t.external_id, t.name, f.severity, f.status, f.type, f.title, f.resource, f.due_source, encode(f.fingerprint, 'hex')
         FROM findings f JOIN tenants t ON t.id = f.tenant_id ORDER BY f.id",
    )
}

#[test]
fn equal_seeds_give_equal_data_and_others_do_not() {
    let worlds = [World::new(), World::new(), World::new()];
    for (world, number) in worlds.iter().zip([7, 7, 8]) {
        let made = seed(world, Seed { seed: number, ..SMALL }).unwrap();
        assert_eq!((made.workspaces, made.tenants, made.findings), (3, 20, 3_000));
    }
    assert_eq!(content(&worlds[0]), content(&worlds[1]));
    assert_ne!(content(&worlds[0]), content(&worlds[2]));
}

#[test]
fn the_demo_has_every_word_duplicates_and_tenants_without_findings() {
    let world = World::new();
    seed(&world, SMALL).unwrap();
    for (column, words) in [("severity", 5), ("status", 8), ("type", 4)] {
        assert_eq!(world.number(&format!("SELECT count(DISTINCT {column}) FROM findings")), words, "{column}");
    }
    let repeated = 3_000 - world.number("SELECT count(DISTINCT (tenant_id, fingerprint)) FROM findings");
    assert!((250..=300).contains(&repeated), "{repeated}");
    assert!(world.number("SELECT 22 - count(DISTINCT tenant_id) FROM findings") > 2);
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE first_seen_at IS NOT NULL"), 0);
    assert_eq!(world.number("SELECT count(*) FROM findings WHERE greatest(detected_at, created_at, updated_at) > db_now()"), 0);
}

#[test]
fn people_of_the_demo_have_used_all_there_is_lately_and_before_and_no_row_says_who() {
    let world = World::new();
    let made = seed(&world, SMALL).unwrap();
    let events = i64::try_from(made.usage_events).unwrap();
    assert!((200..2_000).contains(&events), "{events}");
    assert_eq!(world.number("SELECT count(*) FROM product_usage_events"), events);
    let recent = "FROM product_usage_events WHERE occurred_at > db_now() - interval";
    assert_eq!(world.number(&format!("SELECT count(DISTINCT event_name) {recent} '30 days'")), 5);
    assert!(world.number(&format!("SELECT count(*) {recent} '4 days'")) > 0, "nothing lately");
    let (lately, before) = (
        world.number(&format!("SELECT count(*) {recent} '30 days'")),
        world.number(&format!("SELECT count(*) {recent} '60 days'")),
    );
    assert!(lately > before - lately && before > lately, "{lately} of {before} lately: use grows");
    assert_eq!(world.number("SELECT count(*) FROM product_usage_events WHERE occurred_at > db_now()"), 0);
    let strangers = "SELECT count(*) FROM product_usage_events e WHERE NOT EXISTS (
        SELECT FROM tenant_memberships m WHERE m.user_id = e.user_id AND m.tenant_id = e.tenant_id AND m.role <> 'readonly')";
    assert_eq!(world.number(strangers), 0);
    let telling = "SELECT count(*) FROM product_usage_events e WHERE e::text ~ '@|Demo' OR EXISTS (
        SELECT FROM tenants t WHERE strpos(e::text, t.name) > 0 OR strpos(e::text, t.external_id) > 0)";
    assert_eq!(world.number(telling), 0);
}

#[test]
fn the_demo_is_refused_twice_and_beside_other_tenants() {
    let world = World::new();
    assert_eq!(seed(&world, Seed { force: false, ..SMALL }).unwrap_err().code(), Code::WrongState);
    seed(&world, SMALL).unwrap();
    assert_eq!(seed(&world, SMALL).unwrap_err().code(), Code::WrongState);
    assert_eq!(world.number("SELECT count(*) FROM findings"), 3_000);
}

#[test]
fn servers_that_start_at_once_load_the_demo_once_and_say_the_same() {
    let world = World::new();
    world.execute("DELETE FROM tenants WHERE external_id <> 'platform'");
    let home = tempfile::tempdir().unwrap();
    let load = || world.db.run(|conn| load_once(&Ctx::system(), conn, home.path(), SMALL)).unwrap();
    let lines = thread::scope(|threads| {
        let started: Vec<_> = (0..3).map(|_| threads.spawn(load)).collect();
        started.into_iter().map(|one| one.join().unwrap().unwrap()).collect::<Vec<_>>()
    });
    assert!(lines[0].starts_with("Sign in as operator@demo.example with password "), "{lines:?}");
    assert!(lines.iter().all(|line| *line == lines[0]), "{lines:?}");
    assert_eq!(world.number("SELECT count(*) FROM findings"), 3_000);
    assert_eq!(world.number("SELECT count(*) FROM platform_users"), 1);
    let password = lines[0].lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    let users = lines[0].lines().nth(1).unwrap();
    assert!(users.contains("owner@demo.example (owner)") && users.ends_with(&format!("with password {password}")), "{users}");
    assert_eq!(world.number("SELECT count(*) FROM users"), 4);
    assert_eq!(world.number("SELECT count(DISTINCT role) FROM tenant_memberships"), 4);
    let mode = std::fs::metadata(home.path().join("demo-credentials")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    world.execute("UPDATE platform_users SET deactivated_at = db_now()");
    assert_eq!(load(), None);
}

#[test]
fn the_demo_is_not_loaded_where_somebody_works_already() {
    let world = World::new();
    let home = tempfile::tempdir().unwrap();
    let line = world.db.run(|conn| load_once(&Ctx::system(), conn, home.path(), SMALL)).unwrap();
    assert_eq!(line, None);
    assert_eq!(world.number("SELECT count(*) FROM findings"), 0);
}
