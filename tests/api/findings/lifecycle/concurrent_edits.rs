//! FND-05: what a person changes while a run is under way stays.

use diesel::connection::SimpleConnection;
use serde_json::json;
use support::TestApp;
use support::actor::runbooks::all_tenants;

/// The row that a run comes to last.
const LAST: &str = "SELECT id FROM findings ORDER BY fingerprint DESC LIMIT 1";

#[tokio::test]
async fn an_edit_between_two_batches_keeps_its_values() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let last = app.value(LAST).as_i64().unwrap();
    app.execute(&format!("UPDATE findings SET status = 'acknowledged' WHERE id = {last}"));
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    assert_eq!(app.find_finding(last)["first_seen_at"], json!(null), "the run has not come to it yet");
    app.execute(&format!(
        "UPDATE findings SET status = 'in_progress', due_at = '2030-01-01T00:00:00Z', due_source = 'person', updated_at = db_now() WHERE id = {last}"
    ));
    worker.finish(&mut work);

    let row = app.find_finding(last);
    assert_eq!((&row["status"], &row["due_source"]), (&json!("in_progress"), &json!("person")));
    assert_eq!(row["due_at"], "2030-01-01T00:00:00+00:00");
    assert_eq!((&row["triaged_at"], &row["times_seen"], &row["sla_days"]), (&json!(null), &json!(1), &json!(14)));
    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn an_edit_of_a_row_that_is_repaired_already_stays_too() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    let done = app.value("SELECT min(id) FROM findings WHERE first_seen_at IS NOT NULL").as_i64().unwrap();
    app.execute(&format!("UPDATE findings SET status = 'risk_accepted', due_at = NULL, due_source = NULL WHERE id = {done}"));
    let edited = app.find_finding(done);
    worker.finish(&mut work);
    assert_eq!(app.find_finding(done), edited);
}

#[tokio::test]
async fn an_edit_made_while_a_batch_waits_for_another_row_keeps_its_group_as_it_is() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for check in ["A", "A", "B", "B"] {
        app.finding(&tenant, &json!({ "check_id": check }));
    }
    let by_fingerprint = app.rows("SELECT id FROM findings ORDER BY fingerprint, id");
    let [first, last] = [&by_fingerprint[0], &by_fingerprint[3]].map(|row| row["id"].as_i64().unwrap());
    let edit = |id: i64| format!("UPDATE findings SET status = 'in_progress', updated_at = db_now() WHERE id = {id}");
    app.operator().await.start_backfill_of_all().await.assert_status(201);
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    app.execute(&edit(first));
    let mut holder = app.db();
    holder.batch_execute(&format!("BEGIN; SELECT FROM findings WHERE id = {first} FOR UPDATE")).unwrap();
    let lane = std::thread::spawn(move || worker.finish(&mut work));
    app.wait_for_waiters(1).await;

    app.execute(&edit(last));
    holder.batch_execute("COMMIT").unwrap();
    lane.join().unwrap();

    assert_eq!(app.value("SELECT count(*) FROM findings WHERE consolidated_into_id IS NOT NULL"), 0);
    assert_eq!(app.find_finding(last)["status"], "in_progress");
}

#[tokio::test]
async fn an_edit_that_a_batch_had_to_wait_for_is_seen_and_kept() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 20);
    let last = app.value(LAST).as_i64().unwrap();
    app.execute(&format!("UPDATE findings SET status = 'acknowledged' WHERE id = {last}"));
    let operator = app.operator().await;
    operator.start_backfill_of_all().await.assert_status(201);
    let mut person = app.db();
    person
        .batch_execute(&format!(
            "BEGIN; UPDATE findings SET status = 'in_progress', due_at = '2030-01-01T00:00:00Z', due_source = 'person' WHERE id = {last}"
        ))
        .unwrap();
    let mut worker = app.hand_worker();
    let lane = std::thread::spawn(move || {
        let mut work = worker.claim();
        worker.finish(&mut work);
    });
    app.wait_for_waiters(1).await;
    person.batch_execute("COMMIT").unwrap();
    lane.join().unwrap();

    let row = app.find_finding(last);
    assert_eq!((&row["status"], &row["due_source"], &row["times_seen"]), (&json!("in_progress"), &json!("person"), &json!(1)));
    assert_eq!(operator.preflight(&all_tenants()).await.body["affected_count"], 0);
}
