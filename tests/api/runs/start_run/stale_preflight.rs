//! A start names the preflight it confirms, and is refused with fresh figures when that no longer holds (RB-06).

use super::{preflight_of_all, start, start_of_all};
use serde_json::json;
use std::time::Duration;
use support::actor::runbooks::{all_tenants, single_tenant};
use support::response::Response;
use support::{Actor, TestApp};

/// The refusal carries a preflight that can be confirmed.
async fn assert_stale_then_usable(operator: &Actor, app: &TestApp, refused: Response) {
    let refused = refused.assert_problem(409, "preflight-stale");
    assert_eq!(app.count_runs(), 0);
    let fresh = &refused.body["preflight"];
    assert_eq!(fresh["scope"], all_tenants());
    let run = start(operator, &start_of_all(fresh["id"].as_i64().unwrap())).await.assert_status(201);
    assert_eq!(run.body["context"]["preflight"]["id"], fresh["id"]);
    assert_eq!(run.body["context"]["preflight"]["affected_count"], fresh["affected_count"]);
    operator.cancel_run(run.id()).await.assert_status(202);
}

async fn app_with(findings: usize) -> (TestApp, Actor) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, findings);
    let operator = app.operator().await;
    (app, operator)
}

#[tokio::test]
async fn a_preflight_of_another_operator_is_stale() {
    let (app, operator) = app_with(1).await;
    let foreign = preflight_of_all(&app.operator().await).await;
    let refused = start(&operator, &start_of_all(foreign)).await;
    assert_stale_then_usable(&operator, &app, refused).await;
}

#[tokio::test]
async fn a_preflight_of_the_command_line_is_stale_for_an_operator() {
    let (app, operator) = app_with(1).await;
    let arguments = ["findings", "backfill-lifecycle", "--all-tenants", "--preflight-only", "--json"];
    let made = support::cli::run(app.database_url(), &arguments, "").assert_code(0).json();
    let refused = start(&operator, &start_of_all(made["id"].as_i64().unwrap())).await;
    assert_stale_then_usable(&operator, &app, refused).await;
}

#[tokio::test]
async fn a_preflight_of_another_scope_is_stale() {
    let (app, operator) = app_with(1).await;
    let tenant = app.value("SELECT tenant_id FROM findings").as_i64().unwrap();
    let single = operator.preflight(&single_tenant(tenant)).await.id();
    let refused = start(&operator, &start_of_all(single)).await;
    assert_stale_then_usable(&operator, &app, refused).await;

    let other = app.tenant("Fabrikam");
    app.pending_findings(&other, 1);
    let body = json!({ "preflight_id": single, "scope": single_tenant(other.id) });
    start(&operator, &body).await.assert_problem(409, "preflight-stale");
}

#[tokio::test]
async fn a_preflight_holds_for_fifteen_minutes() {
    let (app, operator) = app_with(1).await;
    let first = preflight_of_all(&operator).await;
    app.clock().advance(Duration::from_secs(14 * 60 + 30));
    let run = start(&operator, &start_of_all(first)).await.assert_status(201).id();
    operator.cancel_run(run).await.assert_status(202);
    for table in ["notifications", "run_targets", "operation_runs"] {
        app.execute(&format!("DELETE FROM {table}"));
    }

    let second = preflight_of_all(&operator).await;
    app.clock().advance(Duration::from_secs(15 * 60));
    let refused = start(&operator, &start_of_all(second)).await;
    assert_stale_then_usable(&operator, &app, refused).await;
}

#[tokio::test]
async fn preflights_are_forgotten_after_a_day() {
    let (app, operator) = app_with(1).await;
    let old = preflight_of_all(&operator).await;
    app.clock().advance(Duration::from_secs(24 * 3600 + 1));
    app.execute("UPDATE sessions SET expires_at = db_now() + interval '1 hour', renewable_until = db_now() + interval '1 hour'");
    app.sweep().await;
    start(&operator, &start_of_all(old)).await.assert_problem(422, "preflight-unknown");
}

async fn start_after_growth(from: usize, by: usize) -> (TestApp, Actor, Response) {
    let (app, operator) = app_with(from).await;
    let preflight = preflight_of_all(&operator).await;
    app.pending_findings(&app.tenant("Fabrikam"), by);
    let answer = start(&operator, &start_of_all(preflight)).await;
    (app, operator, answer)
}

#[tokio::test]
async fn growth_by_more_than_a_fifth_and_a_hundred_findings_makes_it_stale() {
    let (app, operator, refused) = start_after_growth(200, 101).await;
    assert_eq!(refused.body["preflight"]["affected_count"], 301);
    assert_stale_then_usable(&operator, &app, refused).await;
}

#[tokio::test]
async fn growth_by_half_but_only_a_hundred_findings_is_accepted() {
    let (app, _, answer) = start_after_growth(200, 100).await;
    let run = answer.assert_status(201);
    assert_eq!(run.body["context"]["preflight"]["affected_count"], 200);
    assert_eq!(run.body["summary_counts"]["tenants"], 2);
    app.drain().await;
}

#[tokio::test]
async fn growth_by_more_than_a_hundred_findings_but_only_a_fifth_is_accepted() {
    let (app, _, answer) = start_after_growth(550, 110).await;
    answer.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn fewer_affected_findings_than_confirmed_are_accepted() {
    let (app, operator) = app_with(300).await;
    let preflight = preflight_of_all(&operator).await;
    app.execute("DELETE FROM findings WHERE id > (SELECT min(id) FROM findings)");
    start(&operator, &start_of_all(preflight)).await.assert_status(201);
    app.drain().await;
}
