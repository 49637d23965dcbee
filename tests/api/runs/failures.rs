//! A tenant that fails stops no other; why is said in stable codes without anything of the data (RUN-02, RUN-07).

use serde_json::{Value, json};
use std::time::Duration;
use support::actor::runbooks::all_tenants;
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// Works until backed-off targets have had all their attempts.
async fn drain_with_back_off(app: &TestApp) {
    for _ in 0..6 {
        app.drain().await;
        app.clock().advance(Duration::from_secs(20));
    }
}

struct Poisoned {
    app: TestApp,
    operator: Actor,
    good: Tenant,
    bad: Tenant,
    run: i64,
}

async fn poisoned(sqlstate: &str) -> Poisoned {
    let app = TestApp::start().await;
    let (bad, good) = (app.tenant("Bad"), app.tenant("Good"));
    app.pending_findings(&bad, 600);
    app.finding(&bad, &json!({ "title": "poison" }));
    app.pending_findings(&good, 2);
    app.poison(sqlstate);
    let operator = app.operator().await.with_header("user-agent", "failure-test");
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    drain_with_back_off(&app).await;
    Poisoned { app, operator, good, bad, run }
}

fn assert_sanitised(text: &str) {
    for secret in ["SELECT", "jane", "example.com", "poison", "findings"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_poisoned_tenant_fails_and_the_others_are_done() {
    for (sqlstate, code) in [("23514", "constraint_violated"), ("P0001", "database_error"), ("22003", "database_error")] {
        let Poisoned { app, operator, good, bad, run } = poisoned(sqlstate).await;
        let body = operator.get_run(run).await.body;
        assert_eq!((&body["status"], &body["outcome"]), (&json!("completed"), &json!("partially_succeeded")));
        assert_eq!((&body["summary_counts"]["failed"], &body["summary_counts"]["tenants"]), (&json!(1), &json!(2)));
        // What a failed target did not come to is neither skipped nor processed.
        assert_eq!(body["summary_counts"]["skipped"], 0);
        assert_eq!(body["summary_counts"]["processed"], body["summary_counts"]["updated"]);
        let changed = app.value("SELECT count(*) FROM findings WHERE first_seen_at IS NOT NULL");
        assert_eq!(body["summary_counts"]["updated"], changed);
        assert_eq!(body["failure_summary"][0]["code"], code);
        assert_eq!(body["failure_summary"][0]["tenant_id"], bad.id);
        assert_eq!(body["failure_summary"][0]["count"], 1);
        assert_sanitised(&body["failure_summary"].to_string());

        let failed = operator.list_targets(run, "state=failed").await.body["items"][0].clone();
        assert_eq!((&failed["tenant"]["id"], &failed["attempt"]), (&json!(bad.id), &json!(5)));
        assert_eq!(failed["failure"]["code"], code);
        assert_sanitised(&failed["failure"].to_string());
        assert_eq!(operator.list_targets(run, "state=succeeded").await.items()[0]["tenant"]["id"], good.id);

        let audit = app.audited("platform.ops.runbooks.failed").remove(0);
        assert_eq!((&audit["run_id"], &audit["outcome"]), (&json!(run), &json!("failed")));
        assert_eq!(audit["metadata"]["outcome"], "partially_succeeded");
        let sentence = format!("Run {run} ended: partially succeeded, {changed} rows updated, 1 target failed.");
        assert_eq!(audit["summary"], sentence);
        assert_eq!((&audit["ip"], &audit["user_agent"]), (&json!("127.0.0.1"), &json!("failure-test")));
        assert!(app.audited("platform.ops.runbooks.completed").is_empty());
    }
}

#[tokio::test]
async fn cured_the_failed_tenant_is_retried_and_succeeds() {
    let Poisoned { app, operator, bad, run, .. } = poisoned("23514").await;
    let left = operator.preflight(&all_tenants()).await.body["affected_count"].clone();
    app.cure();

    let retry = operator.retry_failed(run).await.assert_status(201);
    app.drain().await;

    let body = operator.get_run(retry.id()).await.body;
    assert_eq!(body["outcome"], "succeeded");
    assert_eq!(body["summary_counts"]["updated"], left);
    assert_eq!((&body["summary_counts"]["total"], &body["summary_counts"]["tenants"]), (&json!(601), &json!(1)));
    assert_eq!(operator.list_targets(retry.id(), "").await.items()[0]["tenant"]["id"], bad.id);
    assert_eq!(operator.get_run(run).await.body["outcome"], "partially_succeeded", "the first run stays as it ended");
    assert_eq!(operator.preflight(&all_tenants()).await.body["affected_count"], 0);
}

#[tokio::test]
async fn when_every_target_fails_the_run_has_failed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Bad");
    app.finding(&tenant, &json!({ "title": "poison" }));
    app.poison("23514");
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    drain_with_back_off(&app).await;

    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "failed");
    assert_eq!(
        body["summary_counts"],
        json!({ "total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 1, "tenants": 1 })
    );
}

#[tokio::test]
async fn a_failing_attempt_waits_longer_each_time() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Bad");
    app.finding(&tenant, &json!({ "title": "poison" }));
    app.poison("23514");
    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);
    for seconds in [1, 2, 4, 8] {
        assert_eq!(app.drain().await, 1);
        assert_eq!(app.drain().await, 0);
        let wait = app.value("SELECT round(extract(epoch FROM available_at - db_now()))::int FROM run_targets");
        assert!((seconds - 1..=seconds).contains(&wait.as_i64().unwrap()), "{wait} instead of {seconds}");
        app.clock().advance(Duration::from_secs(seconds.unsigned_abs()));
    }
    assert_eq!(app.drain().await, 1);
    assert_eq!(app.value("SELECT state FROM run_targets"), "failed");
}

#[tokio::test]
async fn a_tenant_that_is_deleted_during_the_run_fails_and_is_not_touched() {
    let app = TestApp::start().await;
    let (gone, good) = (app.tenant("Gone"), app.tenant("Good"));
    app.pending_findings(&gone, 2);
    app.pending_findings(&good, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.delete_tenant(&gone);
    app.drain().await;

    let body = operator.get_run(run).await.body;
    assert_eq!(body["outcome"], "partially_succeeded");
    assert_eq!(body["failure_summary"][0]["code"], "tenant_not_allowed");
    let touched = app.value(&format!("SELECT count(*) FROM findings WHERE tenant_id = {} AND times_seen IS NOT NULL", gone.id));
    assert_eq!(touched, 0);
    operator.retry_failed(run).await.assert_problem(409, "nothing-to-do");
}

#[tokio::test]
async fn the_failure_summary_names_at_most_twenty_kinds_and_counts_the_rest() {
    let app = TestApp::start().await;
    let tenants: Vec<Tenant> = (0..30).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    app.pending_findings(&tenants[29], 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    // 25 kinds: the first on three tenants, the others on one each.
    app.execute(&format!(
        "UPDATE run_targets x SET state = 'failed', completed_at = db_now(), failure_code = 'kind_' || to_char(k, 'FM00'), failure_message = 'Kind ' || k \
         FROM (SELECT id, greatest(row_number() OVER (ORDER BY id) - 2, 1) AS k FROM run_targets WHERE run_id = {run}) n \
         WHERE n.id = x.id AND n.k <= 25"
    ));
    for active in [true, false] {
        let body = operator.get_run(run).await.body;
        assert_eq!(body["status"] != "completed", active);
        let kinds = body["failure_summary"].as_array().unwrap();
        assert_eq!(kinds.len(), 20);
        assert_eq!(kinds[0], json!({ "code": "kind_01", "message": "Kind 1", "count": 3 }));
        assert_eq!(kinds[1], json!({ "code": "kind_02", "message": "Kind 2", "tenant_id": tenants[3].id, "count": 1 }));
        assert_eq!((&kinds[19]["code"], &kinds[19]["count"]), (&json!("further_failures"), &json!(6)));
        assert_eq!(kinds.iter().map(|kind| kind["count"].as_i64().unwrap()).sum::<i64>(), 27);
        assert_eq!(body["summary_counts"]["failed"], 27);
        assert_eq!(kinds[19].get("tenant_id"), None::<&Value>);
        app.drain().await;
    }
}

#[tokio::test]
async fn a_server_without_room_holds_the_run_back_and_fails_nobody() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 300);
    app.finding(&tenant, &json!({ "title": "poison" }));
    app.poison("53100");
    app.execute(
        "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    );
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    drain_with_back_off(&app).await;
    let held = operator.get_run(run).await.body;
    assert_eq!((&held["status"], &held["held_reason"]), (&json!("running"), &json!("database_full")));

    app.cure();
    drain_with_back_off(&app).await;
    let body = operator.get_run(run).await.body;
    assert_eq!((&body["outcome"], &body["summary_counts"]["updated"]), (&json!("succeeded"), &json!(301)));
}
