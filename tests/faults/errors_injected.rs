//! Errors of the database that come and go: a full disk, statements that take too long, serialization failures
//! (RUN-17).

use crate::length::{Figures, rounds};
use crate::nodes::{Kind, Nodes};
use crate::world::{Size, World};
use support::TestApp;

/// What the server says, word for word, and its code.
const FAULTS: [(&str, &str); 6] = [
    ("53100", "could not extend file \"base/5/16384\": No space left on device"),
    ("57014", "canceling statement due to statement timeout"),
    ("40001", "could not serialize access due to concurrent update"),
    ("40P01", "deadlock detected"),
    ("55P03", "canceling statement due to lock timeout"),
    ("53200", "out of memory"),
];

/// One change of findings in three fails, with one fault after another.
fn inject(app: &TestApp) {
    let faults: Vec<String> = FAULTS
        .iter()
        .enumerate()
        .map(|(n, (code, message))| format!("WHEN {n} THEN RAISE EXCEPTION USING ERRCODE = '{code}', MESSAGE = '{message}';"))
        .collect();
    app.execute("CREATE SEQUENCE changes");
    app.execute("CREATE SEQUENCE faults");
    app.execute(&format!(
        "CREATE FUNCTION fail_sometimes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF hashint8(nextval('changes')) % 3 = 0 THEN CASE nextval('faults') % {} {} END CASE; END IF; RETURN NULL; END $$",
        FAULTS.len(),
        faults.join(" ")
    ));
    app.execute("CREATE TRIGGER fail_sometimes AFTER UPDATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION fail_sometimes()");
}

#[tokio::test]
async fn errors_that_pass_are_tried_again_until_every_row_is_changed_once() {
    let mut figures = Figures::of("errors injected into a third of all changes");
    let mut world = World::start_of(Size::SMALL).await;
    inject(&world.app);
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Server]);
    nodes.wait_until_ready(&world);
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        world.wait_for_end();
        figures.add("runs", 1);
        world.assert_as_undisturbed();
    }
    let injected = world.app.value("SELECT last_value FROM faults").as_i64().unwrap();
    assert!(injected >= 6, "{injected} errors");
    figures.add("errors", injected);
    nodes.stop(&world);
}
