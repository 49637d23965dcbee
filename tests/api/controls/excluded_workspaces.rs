//! A start over all tenants while single workspaces are paused (CTL-13).

use super::{assert_nothing_started, contents, control_rows, three_workspaces};
use serde_json::{Value, json};
use support::actor::runbooks::{BACKFILL, all_tenants, reason};
use support::{Actor, TestApp};

async fn start(operator: &Actor, preflight_id: i64) -> support::Response {
    let body =
        json!({ "preflight_id": preflight_id, "scope": all_tenants(), "typed_confirmation": "BACKFILL", "reason": reason() });
    operator.start_run(BACKFILL, &body).await
}

async fn preflight(operator: &Actor) -> Value {
    operator.preflight(&all_tenants()).await.assert_status(200).body
}

#[tokio::test]
async fn a_paused_workspace_is_left_out_visibly_and_its_rows_stay_as_they_are() {
    let (app, operator, [contoso, fabrikam, northwind]) = three_workspaces().await;
    app.legacy_findings(&fabrikam, 30);
    let paused = operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201).body;
    let of_fabrikam = format!("tenant_id = {}", fabrikam.id);
    let before = contents(&app, &of_fabrikam);

    let forecast = preflight(&operator).await;
    assert_eq!(
        (&forecast["affected_count"], &forecast["total_count"], &forecast["estimated_tenants"]),
        (&json!(4), &json!(4), &json!(2))
    );
    assert_eq!(forecast["control"]["effective_state"], "enabled", "control is the decision over the whole installation");
    let excluded = json!([{
        "workspace_id": fabrikam.workspace_id, "name": "Fabrikam Group", "tenant_count": 1,
        "decision": { "control_key": BACKFILL, "effective_state": "paused", "matched_scope_type": "workspace",
                      "workspace_id": fabrikam.workspace_id, "reason_text": "Asked by the customer", "expires_at": null,
                      "source_activation_id": paused["activations"][0]["id"] },
    }]);
    assert_eq!(forecast["excluded"], excluded);
    assert!(forecast["by_tenant"].as_array().unwrap().iter().all(|tenant| tenant["tenant_id"] != fabrikam.id));
    assert!(forecast["samples"].as_array().unwrap().iter().all(|sample| sample["tenant_id"] != fabrikam.id));

    let run = start(&operator, forecast["id"].as_i64().unwrap()).await.assert_status(201).body;
    app.drain().await;

    assert_eq!(run["context"]["excluded"], excluded);
    assert_eq!(run["summary_counts"]["tenants"], 2);
    let targets = app.rows("SELECT tenant_id FROM run_targets ORDER BY tenant_id");
    assert_eq!(targets, [json!({ "tenant_id": contoso.id }), json!({ "tenant_id": northwind.id })]);
    assert_eq!(operator.get_run(run["id"].as_i64().unwrap()).await.body["summary_counts"]["updated"], 4);
    assert_eq!(contents(&app, &of_fabrikam), before, "not a byte of the paused workspace has changed");
    let started = app.audited("platform.ops.runbooks.start").pop().unwrap();
    assert_eq!(started["metadata"]["excluded_workspace_ids"], json!([fabrikam.workspace_id]));
    // The rest is there for a start after the resume.
    operator.resume_backfill_of(fabrikam.workspace_id).await.assert_status(200);
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
    assert_ne!(contents(&app, &of_fabrikam), before);
}

#[tokio::test]
async fn other_exclusions_than_in_the_preflight_make_it_stale() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    let before = preflight(&operator).await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let stale = start(&operator, before["id"].as_i64().unwrap()).await.assert_problem(409, "preflight-stale");
    let fresh = &stale.body["preflight"];
    assert_eq!((&fresh["excluded"][0]["workspace_id"], &fresh["affected_count"]), (&json!(contoso.workspace_id), &json!(4)));

    // As many workspaces, but others.
    operator.resume_backfill_of(contoso.workspace_id).await.assert_status(200);
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    start(&operator, fresh["id"].as_i64().unwrap()).await.assert_problem(409, "preflight-stale");

    // Fewer: what was confirmed did not name the workspace.
    let narrow = preflight(&operator).await;
    operator.resume_backfill_of(fabrikam.workspace_id).await.assert_status(200);
    start(&operator, narrow["id"].as_i64().unwrap()).await.assert_problem(409, "preflight-stale");
    assert_nothing_started(&app);

    // The same workspace for another reason is the same exclusion.
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    let seen = preflight(&operator).await;
    operator.resume_backfill_of(fabrikam.workspace_id).await.assert_status(200);
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    start(&operator, seen["id"].as_i64().unwrap()).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn where_every_workspace_is_paused_the_start_is_stopped_and_each_decision_told() {
    let (app, operator, tenants) = three_workspaces().await;
    for tenant in &tenants {
        operator.pause_backfill_of(tenant.workspace_id).await.assert_status(201);
    }
    let forecast = preflight(&operator).await;
    assert_eq!((&forecast["affected_count"], &forecast["estimated_tenants"]), (&json!(0), &json!(0)));
    assert_eq!(forecast["excluded"].as_array().unwrap().len(), 3);

    let refused = start(&operator, forecast["id"].as_i64().unwrap()).await.assert_problem(409, "operational-control-paused");

    let workspaces: Vec<Value> =
        refused.body["decisions"].as_array().unwrap().iter().map(|one| one["workspace_id"].clone()).collect();
    assert_eq!(workspaces, tenants.each_ref().map(|tenant| json!(tenant.workspace_id)));
    assert_eq!((&refused.body["matched_scope_type"], &refused.body["workspace_id"]), (&json!("workspace"), &json!(null)));
    assert!(
        refused.body["detail"].as_str().unwrap().contains("Contoso Group, Fabrikam Group, Northwind Group"),
        "{}",
        refused.text
    );
    assert_nothing_started(&app);
    let row = control_rows(&app).pop().unwrap();
    assert_eq!((&row["workspace_id"], row["metadata"]["decisions"].as_array().unwrap().len()), (&json!(null), 3));
    let start = operator.get_runbook(BACKFILL).await.body["actions"][1].clone();
    assert_eq!((&start["allowed"], &start["reason"]), (&json!(false), &refused.body["detail"]));
}

#[tokio::test]
async fn a_workspace_without_tenants_is_no_exclusion_and_gets_none_behind_the_back_of_a_pause() {
    let (app, operator, _) = three_workspaces().await;
    let empty = app.workspace("litware", "Litware");
    operator.pause_backfill_of(empty.id).await.assert_status(201);
    let forecast = preflight(&operator).await;
    assert_eq!(forecast["excluded"], json!([]));
    let tenant = app.tenant_in(&empty, "Litware");
    app.pending_findings(&tenant, 1);

    start(&operator, forecast["id"].as_i64().unwrap()).await.assert_problem(409, "preflight-stale");
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;

    assert_eq!(app.value(&format!("SELECT count(*) FROM run_targets WHERE tenant_id = {}", tenant.id)), 0);
}

#[tokio::test]
async fn an_active_run_over_all_tenants_is_met_whatever_is_paused_meanwhile() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let forecast = preflight(&operator).await["id"].as_i64().unwrap();
    let run = start(&operator, forecast).await.assert_status(201).id();
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let met = start(&operator, forecast).await.assert_status(200);

    assert_eq!((met.id(), &met.body["deduplicated"]), (run, &json!(true)));
    app.drain().await;
}

#[tokio::test]
async fn a_user_of_the_command_line_needs_no_second_try() {
    let (app, operator, [contoso, ..]): (TestApp, Actor, _) = three_workspaces().await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let arguments = ["findings", "backfill-lifecycle", "--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT"];
    let started = support::cli::run(app.database_url(), &[&arguments[..], &["--reason", "Ticket 4711", "--json"]].concat(), "");
    let run = started.assert_code(0).json();
    assert_eq!((&run["summary_counts"]["tenants"], &run["context"]["excluded"][0]["name"]), (&json!(2), &json!("Contoso Group")));
    app.drain().await;
}
