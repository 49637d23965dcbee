//! Each rule by itself: what keeps one from telling of an event keeps no other from it, nor what follows in the transaction.

use super::{Told, event};
use diesel::connection::SimpleConnection;
use diesel::define_sql_function;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use support::actor::alerts::{rule, webhook_at};
use support::postgres;
use tenantatlas::alerts::raise;
use tenantatlas::db::locks::{self, LockClass};

const SUBJECT: &str = "operational_control.paused:apart";

/// A rule beside that of the scene, with a destination of its own.
async fn second_rule(told: &Told) -> i64 {
    let destination = told.operator.made_destination(&webhook_at("Second", told.receiver.url())).await;
    told.operator.made_rule(&rule("Second", destination)).await
}

/// Tells of an event in a transaction of a connection of its own.
fn raised(told: &Told) -> JoinHandle<()> {
    let url = told.app.database_url().to_owned();
    std::thread::spawn(move || {
        let mut conn = postgres::connect(&url);
        conn.transaction::<_, diesel::result::Error, _>(|conn| {
            raise(conn, &event(SUBJECT));
            Ok(())
        })
        .unwrap();
    })
}

define_sql_function! {
    /// The value of a setting of the session.
    fn current_setting(name: Text) -> Text;
}

fn lock_timeout(conn: &mut PgConnection) -> QueryResult<String> {
    diesel::select(current_setting("lock_timeout")).get_result(conn)
}

/// Holds the lock of the subject in a transaction that ends when told.
fn hold(told: &Told) -> (Sender<()>, JoinHandle<()>) {
    let (let_go, until): (Sender<()>, Receiver<()>) = channel();
    let (tell, holds) = channel();
    let mut conn = postgres::connect(told.app.database_url());
    let holder = std::thread::spawn(move || {
        conn.transaction::<_, diesel::result::Error, _>(|conn| {
            locks::lock(conn, LockClass::Alert, SUBJECT)?;
            tell.send(()).unwrap();
            let _ = until.recv_timeout(Duration::from_secs(20));
            Ok(())
        })
        .unwrap();
    });
    holds.recv().unwrap();
    (let_go, holder)
}

async fn names(told: &Told, member: &str) -> Vec<String> {
    told.deliveries().await.iter().map(|delivery| delivery[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_rule_that_cannot_be_told_keeps_no_other_from_it() {
    let told = Told::start().await;
    second_rule(&told).await;
    told.app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'");
    told.app.execute(&format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON alert_deliveries FOR EACH ROW WHEN (NEW.rule_id = {}) EXECUTE FUNCTION refuse()",
        told.rule
    ));
    told.operator.pause_backfill().await.assert_status(201);
    assert_eq!(names(&told, "rule_name").await, ["Second"]);
}

#[tokio::test]
async fn many_rules_are_told_by_one_statement_and_called_for_by_one_more() {
    let told = Told::start().await;
    for number in 0..12 {
        let mut body = rule(&format!("Rule {number}"), told.destination);
        body["destination_ids"] = json!([
            told.destination,
            told.operator.made_destination(&webhook_at(&format!("Hook {number}"), told.receiver.url())).await
        ]);
        told.operator.made_rule(&body).await;
    }
    told.app.execute("CREATE TABLE statements (name text)");
    told.app.execute(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO statements VALUES (TG_TABLE_NAME); RETURN NULL; END'",
    );
    for table in ["alert_deliveries", "graphile_worker._private_jobs"] {
        told.app.execute(&format!("CREATE TRIGGER note AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION note()"));
    }

    told.operator.pause_backfill().await.assert_status(201);

    assert_eq!(
        told.app.value("SELECT array_agg(name ORDER BY name) FROM statements"),
        json!(["_private_jobs", "alert_deliveries"])
    );
    assert_eq!(told.app.value("SELECT count(*) FROM alert_deliveries WHERE queued_at IS NOT NULL"), 25);
    assert_eq!(told.app.value("SELECT count(*) FROM graphile_worker._private_jobs"), 25);
}

#[tokio::test]
async fn a_destination_that_is_removed_meanwhile_drops_out_and_the_others_are_told() {
    let told = Told::start().await;
    let second = told.operator.made_destination(&webhook_at("Second", told.receiver.url())).await;
    let both = json!({ "destination_ids": [told.destination, second] });
    told.operator.update_alert_rule(told.rule, &both).await.assert_status(200);
    let mut remover = told.app.db();
    remover.batch_execute(&format!("BEGIN; DELETE FROM alert_destinations WHERE id = {}", told.destination)).unwrap();
    let raised = raised(&told);
    told.app.wait_for_waiters(1).await;
    remover.batch_execute("COMMIT").unwrap();
    raised.join().unwrap();
    assert_eq!(names(&told, "destination_name").await, ["Second"]);
}

#[tokio::test]
async fn a_rule_that_is_removed_meanwhile_tells_nothing_and_the_others_do() {
    // Before its turn, and in the middle of it.
    for is_before in [true, false] {
        let told = Told::start().await;
        second_rule(&told).await;
        let held = is_before.then(|| hold(&told));
        let mut remover = told.app.db();
        remover.batch_execute(&format!("BEGIN; DELETE FROM alert_rules WHERE id = {}", told.rule)).unwrap();
        let raised = raised(&told);
        told.app.wait_for_waiters(1).await;
        remover.batch_execute("COMMIT").unwrap();
        if let Some((let_go, holder)) = held {
            let_go.send(()).unwrap();
            holder.join().unwrap();
        }
        raised.join().unwrap();
        assert_eq!(names(&told, "rule_name").await, ["Second"], "before its turn: {is_before}");
    }
}

#[tokio::test]
async fn who_is_in_a_hurry_waits_for_an_alert_all_the_same_and_is_in_a_hurry_after_it() {
    // Whether the alert could be written, or not.
    for is_refused in [false, true] {
        let told = Told::start().await;
        told.app.execute(&format!(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.title := current_setting(''lock_timeout''); \
                 IF {is_refused} THEN RAISE EXCEPTION ''full''; END IF; RETURN NEW; END'"
        ));
        told.app.execute("CREATE TRIGGER note BEFORE INSERT ON alert_deliveries FOR EACH ROW EXECUTE FUNCTION note()");
        let (mut conn, mut before, mut after) = (told.app.db(), String::new(), String::new());
        conn.transaction::<_, diesel::result::Error, _>(|conn| {
            tenantatlas::db::hurry(conn)?;
            before = lock_timeout(conn)?;
            raise(conn, &event(SUBJECT));
            after = lock_timeout(conn)?;
            Ok(())
        })
        .unwrap();
        assert_eq!((before.as_str(), after.as_str()), ("250ms", "250ms"), "refused: {is_refused}");
        let expected: &[&str] = if is_refused { &[] } else { &["2s"] };
        assert_eq!(names(&told, "title").await, expected, "refused: {is_refused}");
    }
}
