//! At most one active run per identity, whoever starts it and however many at once (RUN-04).

use super::{preflight_of_all, start, start_of_all};
use serde_json::json;
use std::collections::BTreeMap;
use support::actor::runbooks::single_tenant;
use support::cli;
use support::{Actor, TestApp};
use tokio::task::JoinSet;

async fn race(operators: Vec<(Actor, i64)>) -> BTreeMap<(u16, bool), usize> {
    let mut starts = JoinSet::new();
    for (operator, preflight) in operators {
        // A crowd that finds the pool full has to ask again: 503 says that nothing was changed.
        starts.spawn(async move {
            loop {
                let answer = start(&operator, &start_of_all(preflight)).await;
                if answer.status != 503 {
                    break answer;
                }
            }
        });
    }
    let mut answers = BTreeMap::new();
    while let Some(answer) = starts.join_next().await {
        let answer = answer.unwrap();
        assert!([200, 201].contains(&answer.status), "{} {}", answer.status, answer.text);
        *answers.entry((answer.status, answer.body["deduplicated"] == true)).or_default() += 1;
    }
    answers
}

async fn app_with_work() -> TestApp {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    app
}

#[tokio::test]
async fn two_operators_who_start_at_once_meet_on_one_run() {
    let app = app_with_work().await;
    let (one, other) = (app.operator().await, app.operator().await);
    let starts = vec![(one.clone(), preflight_of_all(&one).await), (other.clone(), preflight_of_all(&other).await)];

    let answers = race(starts).await;

    assert_eq!(answers, BTreeMap::from([((201, false), 1), ((200, true), 1)]));
    assert_eq!(app.count_runs(), 1);
    app.drain().await;
}

#[tokio::test]
async fn a_hundred_starts_at_once_over_two_nodes_create_one_run() {
    let app = app_with_work().await;
    let second = app.second_server().await;
    let operator = app.operator().await;
    let preflight = preflight_of_all(&operator).await;
    let starts = (0..100).map(|n| (if n % 2 == 0 { operator.clone() } else { operator.at(second.address) }, preflight));

    let answers = race(starts.collect()).await;

    assert_eq!(answers, BTreeMap::from([((201, false), 1), ((200, true), 99)]));
    assert_eq!(app.count_runs(), 1);
    assert_eq!(app.value("SELECT count(*) FROM run_targets"), 1);
    let outcomes =
        app.rows("SELECT outcome, count(*) FROM audit_logs WHERE action = 'platform.ops.runbooks.start' GROUP BY 1 ORDER BY 1");
    assert_eq!(outcomes, [json!({ "outcome": "deduplicated", "count": 99 }), json!({ "outcome": "success", "count": 1 })]);
    app.drain().await;
}

#[tokio::test]
async fn api_command_line_and_deploy_hook_meet_on_one_run() {
    let app = app_with_work().await;
    let run = app.operator().await.start_backfill_of_all().await.assert_status(201).id();

    let typed = cli::run(
        app.database_url(),
        &[
            "findings",
            "backfill-lifecycle",
            "--all-tenants",
            "--confirm",
            "BACKFILL",
            "--reason-code",
            "SUPPORT",
            "--reason",
            "Ticket 4711",
            "--json",
        ],
        "",
    );
    let deployed = cli::run(app.database_url(), &["deploy-runbooks", "--json"], "").assert_code(0).json();

    let typed = typed.assert_code(0).json();
    assert_eq!((&typed["id"], &typed["deduplicated"]), (&json!(run), &json!(true)));
    assert_eq!((&deployed[0]["run_id"], &deployed[0]["result"]), (&json!(run), &json!("deduplicated")));
    assert_eq!(app.count_runs(), 1);
    // What the first said stays.
    assert_eq!(typed["context"]["runbook"]["source"], "api");
    assert_eq!(typed["context"]["reason"]["reason_code"], "DATA_REPAIR");
    app.drain().await;
}

#[tokio::test]
async fn scopes_do_not_meet_and_a_run_that_ended_is_not_met() {
    let app = app_with_work().await;
    let tenant = app.value("SELECT min(tenant_id) FROM findings").as_i64().unwrap();
    let operator = app.operator().await;
    let all = operator.start_backfill_of_all().await.assert_status(201).id();
    let single = operator.start_backfill_of(tenant).await.assert_status(201).id();
    assert_ne!(all, single);
    let again = json!({ "preflight_id": 1, "scope": single_tenant(tenant) });
    assert_eq!(start(&operator, &again).await.assert_status(200).id(), single);
    app.drain().await;

    app.finding(&app.tenant("Fabrikam"), &json!({}));
    let next = operator.start_backfill_of_all().await.assert_status(201);
    assert_eq!(next.body["deduplicated"], false);
    assert_ne!(next.id(), all);
    app.drain().await;
}
