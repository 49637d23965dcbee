//! `GET /ops/runs` (RUN-09)

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::fixtures::Tenant;
use support::{Actor, TestApp, cli};

/// Runs of many kinds, oldest first: ids in the order of the names in the tests.
struct History {
    app: TestApp,
    operator: Actor,
    other: Actor,
    contoso: Tenant,
    fabrikam: Tenant,
    /// 0 single Contoso, succeeded; 1 all, by the deploy hook, succeeded; 2 single Fabrikam by the other operator, cancelled;
    /// 3 all, by the command line, queued.
    runs: Vec<i64>,
}

async fn history() -> History {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let contoso = app.tenant("Contoso");
    let fabrikam = app.tenant_in(&app.workspace("acme", "Acme"), "Fabrikam");
    app.pending_findings(&contoso, 1);
    app.pending_findings(&fabrikam, 1);
    let (operator, other) = (app.operator().await, app.operator().await);
    let mut runs = vec![operator.start_backfill_of(contoso.id).await.assert_status(201).id()];
    app.drain().await;
    let deployed = cli::run(app.database_url(), &["deploy-runbooks", "--json"], "").assert_code(0).json();
    runs.push(deployed[0]["run_id"].as_i64().unwrap());
    app.drain().await;
    app.pending_findings(&fabrikam, 1);
    runs.push(other.start_backfill_of(fabrikam.id).await.assert_status(201).id());
    other.cancel_run(runs[2]).await.assert_status(202);
    let arguments =
        "findings backfill-lifecycle --all-tenants --confirm BACKFILL --reason-code SUPPORT --reason Ticket4711 --json";
    let typed = cli::run(app.database_url(), &arguments.split(' ').collect::<Vec<_>>(), "").assert_code(0).json();
    runs.push(typed["id"].as_i64().unwrap());
    History { app, operator, other, contoso, fabrikam, runs }
}

#[tokio::test]
async fn every_filter_finds_its_runs_newest_first() {
    let history = history().await;
    let History { app, operator, other, contoso, fabrikam, runs } = &history;
    let default = app.default_workspace().id;
    let time = |n: usize| {
        let at = app.value(&format!("SELECT created_at FROM operation_runs WHERE id = {}", runs[n]));
        at.as_str().unwrap().replace('+', "%2B")
    };
    for (query, expected) in [
        (String::new(), vec![3, 2, 1, 0]),
        ("status=queued".to_owned(), vec![3]),
        ("status=completed".to_owned(), vec![2, 1, 0]),
        ("status=running".to_owned(), vec![]),
        ("outcome=succeeded".to_owned(), vec![1, 0]),
        ("outcome=cancelled".to_owned(), vec![2]),
        ("outcome=pending".to_owned(), vec![3]),
        ("outcome=blocked".to_owned(), vec![]),
        ("outcome=succeeded,cancelled".to_owned(), vec![2, 1, 0]),
        ("outcome=cancelled,cancelled,blocked".to_owned(), vec![2]),
        ("status=active".to_owned(), vec![3]),
        ("status=active&outcome=succeeded,pending".to_owned(), vec![3]),
        ("acknowledged=false".to_owned(), vec![]),
        ("type=findings.lifecycle.backfill".to_owned(), vec![3, 2, 1, 0]),
        (format!("workspace_id={default}"), vec![3, 1, 0]),
        // A run over all tenants is found by any of its targets, and by any of their workspaces.
        (format!("workspace_id={}", fabrikam.workspace_id), vec![3, 2, 1]),
        (format!("workspace_id={}&outcome=succeeded", fabrikam.workspace_id), vec![1]),
        (format!("workspace_id={}", app.workspace("idle", "Idle").id), vec![]),
        (format!("tenant_id={}", contoso.id), vec![3, 1, 0]),
        (format!("tenant_id={}", fabrikam.id), vec![3, 2, 1]),
        ("tenant_id=999999".to_owned(), vec![]),
        (format!("initiator=operator:{}", operator.id), vec![0]),
        (format!("initiator=operator:{}", other.id), vec![2]),
        ("initiator=user:1".to_owned(), vec![]),
        ("initiator=cli".to_owned(), vec![3]),
        ("initiator=system".to_owned(), vec![1]),
        (format!("created_after={}", time(2)), vec![3, 2]),
        (format!("created_before={}", time(2)), vec![1, 0]),
        (format!("created_after={}&created_before={}", time(1), time(3)), vec![2, 1]),
        (format!("completed_after={}", time(2)), vec![2]),
        (format!("completed_after={}&outcome=succeeded,cancelled", time(1)), vec![2, 1]),
        (format!("tenant_id={}&outcome=succeeded,cancelled", fabrikam.id), vec![2, 1]),
        (format!("tenant_id={}&status=completed&outcome=succeeded", contoso.id), vec![1, 0]),
        (format!("tenant_id={}&initiator=system&workspace_id={default}", fabrikam.id), vec![1]),
        (format!("tenant_id={}&workspace_id={}", fabrikam.id, fabrikam.workspace_id), vec![3, 2, 1]),
        (format!("tenant_id={}&workspace_id={}", contoso.id, fabrikam.workspace_id), vec![3, 1]),
        (format!("initiator=operator:{}&outcome=cancelled&status=queued", other.id), vec![]),
        (format!("initiator=system&created_before={}", time(2)), vec![1]),
    ] {
        let page = operator.list_runs(&query).await.assert_status(200);
        let expected: Vec<i64> = expected.into_iter().map(|n: usize| runs[n]).collect();
        assert_eq!(page.ids(), expected, "{query}");
        assert_eq!(page.body["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn runs_whose_ids_and_times_disagree_are_found_by_their_times() {
    let app = TestApp::start().await;
    let workspace = app.default_workspace().id;
    let run = |minutes_ago: i64| {
        let at = app.value(&format!("SELECT db_now() - interval '{minutes_ago} minutes'"));
        let hash = hex::encode(Sha256::digest(minutes_ago.to_string()));
        app.insert(
            "operation_runs",
            &json!({ "workspace_id": workspace, "initiator_type": "system", "initiator_name": "TenantAtlas", "created_at": at,
                     "type": "findings.lifecycle.backfill", "run_identity_hash": hash }),
        )
    };
    let [first, late, early, last] = [40, 20, 30, 10].map(run);
    let between = app.value("SELECT db_now() - interval '25 minutes'");
    let between = between.as_str().unwrap().replace('+', "%2B");
    let operator = app.operator().await;
    for (query, expected) in [("created_after", [last, late]), ("created_before", [early, first])] {
        for filter in ["", "&initiator=system"] {
            let page = operator.list_runs(&format!("{query}={between}{filter}")).await.assert_status(200);
            assert_eq!(page.ids(), expected, "{query}{filter}");
        }
    }
}

#[tokio::test]
async fn failures_are_found_by_whether_somebody_has_taken_note() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let workspace = app.default_workspace().id;
    let run = |outcome: &str| {
        let now = app.value("SELECT db_now()");
        let cancelled_at = if outcome == "cancelled" { now.clone() } else { Value::Null };
        app.insert(
            "operation_runs",
            &json!({ "workspace_id": workspace, "initiator_type": "system", "initiator_name": "TenantAtlas", "status": "completed",
                     "type": "findings.lifecycle.backfill", "run_identity_hash": hex::encode(Sha256::digest(outcome)), "outcome": outcome,
                     "created_at": now, "started_at": now, "completed_at": now, "cancel_requested_at": cancelled_at,
                     "summary_counts": { "total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 0, "tenants": 0 },
                     "failure_summary": [], "context": {} }),
        )
    };
    let [failed, partly, blocked, _, _] = ["failed", "partially_succeeded", "blocked", "succeeded", "cancelled"].map(run);
    let handled = run("failed");
    operator.acknowledge_run(handled, "Ticket 4711").await.assert_status(200);
    for (query, expected) in [
        ("acknowledged=false", vec![blocked, partly, failed]),
        ("acknowledged=true", vec![handled]),
        ("acknowledged=false&outcome=failed,blocked", vec![blocked, failed]),
        ("acknowledged=false&outcome=succeeded", vec![]),
        ("acknowledged=true&outcome=blocked,failed,cancelled", vec![handled]),
        ("outcome=failed", vec![handled, failed]),
        ("acknowledged=false&status=active", vec![]),
        ("acknowledged=false&limit=2", vec![blocked, partly]),
    ] {
        assert_eq!(operator.list_runs(query).await.assert_status(200).ids(), expected, "{query}");
    }
}

#[tokio::test]
async fn the_initiators_are_named() {
    let History { app: _app, operator, runs, .. } = &history().await;
    let items = operator.list_runs("").await.assert_status(200).body["items"].clone();
    assert_eq!(items[0]["initiator"], json!({ "type": "cli", "id": null, "name": support::cli::system_user_name() }));
    assert_eq!(items[2]["initiator"], json!({ "type": "system", "id": null, "name": "TenantAtlas" }));
    assert_eq!(items[3]["initiator"]["id"], operator.id);
    assert_eq!(items[2]["context"]["reason"], json!({ "reason_code": "DATA_REPAIR", "reason_text": "Deploy hook" }));
    assert_eq!(items[2]["context"]["runbook"]["source"], "deploy_hook");
    assert_eq!(items[3]["id"], runs[0]);
}

#[tokio::test]
async fn pages_of_one_lead_through_everything_once_even_while_runs_are_added() {
    let app = TestApp::start().await;
    let workspace = app.default_workspace().id;
    let add = |n: i64| {
        let hash = hex::encode(Sha256::digest(format!("run {n}")));
        app.insert(
            "operation_runs",
            &json!({ "workspace_id": workspace, "initiator_type": "system", "initiator_name": "TenantAtlas",
                     "type": "findings.lifecycle.backfill", "run_identity_hash": hash }),
        )
    };
    let runs: Vec<i64> = (0..7).map(add).collect();
    let operator = app.operator().await;
    let mut seen = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let page = operator.list_runs(&query).await.assert_status(200);
        assert_eq!(page.items().len(), 1);
        seen.extend(page.ids());
        if seen.len() == 3 {
            add(100);
        }
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        query = format!("limit=1&cursor={cursor}");
    }
    assert_eq!(seen, runs.into_iter().rev().collect::<Vec<_>>());
    let page = operator.list_runs("limit=3&status=queued").await.assert_status(200);
    let rest =
        operator.list_runs(&format!("limit=200&status=queued&cursor={}", page.body["next_cursor"].as_str().unwrap())).await;
    assert_eq!((page.items().len(), rest.items().len()), (3, 5));
}

#[tokio::test]
async fn unknown_parameters_and_wrong_values_are_refused_by_name() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (query, pointer) in [
        ("status=done", "?status"),
        ("status=", "?status"),
        ("outcome=ok", "?outcome"),
        ("type=backup", "?type"),
        ("workspace_id=x", "?workspace_id"),
        ("tenant_id=1.5", "?tenant_id"),
        ("initiator=operator", "?initiator"),
        ("initiator=operator:", "?initiator"),
        ("initiator=operator:0", "?initiator"),
        ("initiator=operator:x", "?initiator"),
        ("initiator=nobody", "?initiator"),
        ("outcome=failed,ok", "?outcome"),
        ("outcome=", "?outcome"),
        ("acknowledged=maybe", "?acknowledged"),
        ("completed_after=yesterday", "?completed_after"),
        ("created_after=yesterday", "?created_after"),
        ("created_before=2026-01-01", "?created_before"),
        ("created_before=9999-12-31T23:59:59-01:00", "?created_before"),
        ("created_after=0000-01-01T00:00:00%2B01:00", "?created_after"),
        ("completed_after=9999-12-31T23:59:59-01:00", "?completed_after"),
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=many", "?limit"),
        ("sort=id", "?sort"),
    ] {
        operator.list_runs(query).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    for cursor in ["x", "c", "c00", "c0000000000000000", "c8000000000000000", ""] {
        operator.list_runs(&format!("cursor={cursor}")).await.assert_problem(400, "malformed-cursor");
    }
    app.operator_with(&["platform.runbooks.view"]).await.list_runs("").await.assert_problem(403, "capability-missing");
}
