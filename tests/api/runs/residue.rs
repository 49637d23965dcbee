//! The post-condition: what is left of the pinned scope is passed again, and never called a success (RUN-16).

use serde_json::json;
use support::TestApp;
use support::fixtures::Tenant;
use support::table::with;

/// Undoes the repair of findings titled `stubborn`, as often as the test says.
fn stubborn(app: &TestApp, times: i64) {
    app.execute("CREATE SEQUENCE undone");
    app.execute(&format!(
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('undone') <= {times} THEN NEW.times_seen := NULL; END IF; RETURN NEW; END $$"
    ));
    app.execute(
        "CREATE TRIGGER undo BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.title = 'stubborn') EXECUTE FUNCTION undo()",
    );
}

#[tokio::test]
async fn a_row_that_is_undone_again_and_again_fails_the_target_after_three_passes() {
    let app = TestApp::start().await;
    let (bad, good) = (app.tenant("Bad"), app.tenant("Good"));
    app.pending_findings(&bad, 5);
    app.finding(&bad, &json!({ "title": "stubborn" }));
    app.pending_findings(&good, 1);
    stubborn(&app, 1_000);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "partially_succeeded");
    assert_eq!(body["failure_summary"][0]["code"], "residue_left");
    assert_eq!(app.value("SELECT last_value FROM undone"), 4, "one try together with other tenants, three passes alone");
    assert_eq!(body["summary_counts"]["skipped"], 0);
}

#[tokio::test]
async fn a_row_that_is_undone_once_is_done_in_the_second_pass() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 5);
    let id = app.finding(&tenant, &json!({ "title": "stubborn" }));
    // Once in the try together with other tenants, once in the first pass alone.
    stubborn(&app, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "succeeded");
    assert_eq!(app.find_finding(id)["times_seen"], 1);
    assert_eq!(app.value("SELECT last_value FROM undone"), 3, "tries");
    assert_eq!((&body["summary_counts"]["total"], &body["summary_counts"]["updated"]), (&json!(6), &json!(6)));
}

#[tokio::test]
async fn a_row_that_a_person_reopens_behind_the_run_is_left_for_the_next_one_and_reported() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    let reopened = app.value("SELECT min(id) FROM findings WHERE first_seen_at IS NOT NULL");
    app.execute(&format!(
        "UPDATE findings SET status = 'reopened', severity = 'high', sla_days = NULL, due_at = NULL, due_source = 'person',
                updated_at = db_now() WHERE id = {reopened}"
    ));
    worker.finish(&mut work);

    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3_000)));
    assert_eq!(app.value("SELECT arrived FROM run_targets"), 1);
    assert_eq!(app.find_finding(reopened.as_i64().unwrap())["sla_days"], json!(null));
    assert_eq!(operator.preflight(&json!({ "mode": "all_tenants" })).await.body["affected_count"], 1);
}

#[tokio::test]
async fn duplicates_of_which_a_person_changed_one_after_the_run_began_keep_what_they_decided_until_the_next_run() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let ids = [app.finding(&tenant, &json!({ "check_id": "DUP" })), app.finding(&tenant, &json!({ "check_id": "DUP" }))];
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    app.execute(&format!(
        "UPDATE findings SET status = 'resolved', resolved_at = db_now(), updated_at = db_now() WHERE id = {}",
        ids[0]
    ));
    worker.finish(&mut work);

    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3_000)));
    assert_eq!(app.value("SELECT arrived FROM run_targets"), 2);
    let [first, second] = ids.map(|id| app.find_finding(id));
    assert_eq!((&first["status"], &first["consolidated_into_id"]), (&json!("resolved"), &json!(null)));
    assert_eq!(second["consolidated_into_id"], json!(null));
    assert_eq!(operator.preflight(&json!({ "mode": "all_tenants" })).await.body["affected_count"], 2);
}

/// A finding without the due date that a person set on a row that was folded into it.
fn stranded(app: &TestApp, tenant: &Tenant) -> i64 {
    let columns = with(app.repaired(), json!({ "check_id": "DUP" }));
    let survivor = app.finding(tenant, &columns);
    let folded = json!({ "status": "closed", "closed_reason": "consolidated_duplicate", "consolidated_into_id": survivor,
        "due_source": "person", "due_at": app.days_ago(-90) });
    app.finding(tenant, &with(columns, folded));
    survivor
}

#[tokio::test]
async fn a_finding_that_somebody_changed_after_the_run_began_gets_a_lost_due_date_from_the_next_one() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let id = stranded(&app, &tenant);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    app.execute(&format!("UPDATE findings SET status = 'triaged', updated_at = db_now() WHERE id = {id}"));
    worker.finish(&mut work);

    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(0)));
    assert_eq!(app.value("SELECT arrived FROM run_targets"), 1);
    assert_eq!(app.find_finding(id)["due_source"], "sla");
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
    assert_eq!(app.find_finding(id)["due_source"], "person");
}
