//! Moving a pause to another scope in one step (CTL-15).

use super::{assert_nothing_started, control_actions, control_rows, three_workspaces};
use serde_json::{Value, json};
use support::TestApp;
use support::actor::controls::{global_pause, workspace_pause};
use support::actor::runbooks::BACKFILL;
use support::table::with;

fn global() -> Value {
    json!({ "scope_type": "global" })
}

fn workspace(id: i64) -> Value {
    json!({ "scope_type": "workspace", "workspace_id": id })
}

fn states(app: &TestApp) -> Vec<Value> {
    app.rows(
        "SELECT scope_type, workspace_id, reason_text FROM operational_control_activations ORDER BY workspace_id NULLS FIRST",
    )
}

#[tokio::test]
async fn a_pause_moves_from_everywhere_to_one_workspace_and_on_to_another_in_one_audited_step_each() {
    let (app, operator, [contoso, fabrikam, northwind]) = three_workspaces().await;
    let first = operator.pause_backfill().await.assert_status(201).body["activations"][0].clone();

    let narrowed = with(workspace_pause(contoso.workspace_id), json!({ "moved_from": global() }));
    let moved = operator.pause_control(BACKFILL, &narrowed).await.assert_status(200).body;

    let [pause] = moved["activations"].as_array().unwrap().as_slice() else { panic!("{moved}") };
    assert_eq!((&pause["id"], &pause["starts_at"]), (&first["id"], &first["starts_at"]), "it is the same pause");
    assert_eq!((&pause["scope_type"], &pause["workspace_id"]), (&json!("workspace"), &json!(contoso.workspace_id)));
    operator.start_backfill_of(contoso.id).await.assert_problem(409, "operational-control-paused");
    assert_nothing_started(&app);
    operator.start_backfill_of(fabrikam.id).await.assert_status(201);

    let other = with(workspace_pause(northwind.workspace_id), json!({ "moved_from": workspace(contoso.workspace_id) }));
    operator.pause_control(BACKFILL, &other).await.assert_status(200);
    operator.start_backfill_of(contoso.id).await.assert_status(201);
    operator.start_backfill_of(northwind.id).await.assert_problem(409, "operational-control-paused");

    let rows = control_rows(&app);
    let moves: Vec<&Value> = rows.iter().filter(|row| row["action"] == "operational_control.updated").collect();
    let summaries: Vec<&Value> = moves.iter().map(|row| &row["summary"]).collect();
    assert_eq!(
        summaries,
        [
            "Moved the pause of Findings lifecycle backfill from all workspaces to the workspace Contoso Group.",
            "Moved the pause of Findings lifecycle backfill from the workspace Contoso Group to the workspace Northwind Group."
        ]
    );
    assert_eq!(moves[1]["metadata"]["previous"]["workspace_id"], contoso.workspace_id);
    assert_eq!(moves[0]["metadata"]["affected"]["freed"], json!({ "workspace_count": 2, "tenant_count": 2 }));
    app.drain().await;
}

#[tokio::test]
async fn what_cannot_be_moved_is_refused_and_nothing_is_changed() {
    let (app, operator, [contoso, fabrikam, northwind]) = three_workspaces().await;
    for id in [contoso.workspace_id, fabrikam.workspace_id] {
        operator.pause_backfill_of(id).await.assert_status(201);
    }
    let before = (states(&app), control_actions(&app));
    let to = |scope: Value, moved_from: Value| with(scope, json!({ "moved_from": moved_from }));

    let occupied = to(workspace_pause(fabrikam.workspace_id), workspace(contoso.workspace_id));
    let refused = operator.pause_control(BACKFILL, &occupied).await.assert_problem(409, "wrong-state");
    assert!(refused.body["detail"].as_str().unwrap().contains("for the workspace Fabrikam Group already"), "{}", refused.text);
    let absent = to(global_pause(), workspace(northwind.workspace_id));
    operator.pause_control(BACKFILL, &absent).await.assert_problem(409, "wrong-state");
    operator
        .pause_control(BACKFILL, &to(workspace_pause(northwind.workspace_id), global()))
        .await
        .assert_problem(409, "wrong-state");
    let same = to(workspace_pause(contoso.workspace_id), workspace(contoso.workspace_id));
    operator.pause_control(BACKFILL, &same).await.assert_problem(422, "validation-failed").assert_pointers(&["/moved_from"]);
    for odd in [json!({ "scope_type": "workspace" }), json!({ "scope_type": "global", "workspace_id": 1 })] {
        let refused = operator.pause_control(BACKFILL, &to(global_pause(), odd)).await.assert_problem(422, "validation-failed");
        refused.assert_pointers(&["/moved_from/workspace_id"]);
    }
    assert_eq!((states(&app), control_actions(&app)), before);
}

#[tokio::test]
async fn a_scheduled_pause_moves_apart_from_the_one_in_force() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let ahead = json!({ "starts_at": app.days_ago(-1) });
    operator.pause_control(BACKFILL, &with(global_pause(), ahead.clone())).await.assert_status(201);
    operator.pause_backfill().await.assert_status(201);

    let moved = with(with(workspace_pause(contoso.workspace_id), ahead), json!({ "moved_from": global() }));
    let after = operator.pause_control(BACKFILL, &moved).await.assert_status(200).body;

    assert_eq!(after["activations"][0]["scope_type"], "global");
    assert_eq!(after["scheduled"][0]["workspace_id"], contoso.workspace_id);
}

#[tokio::test]
async fn a_scheduled_pause_that_moves_frees_nobody() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let ahead = json!({ "starts_at": app.days_ago(-1) });
    operator.pause_control(BACKFILL, &with(global_pause(), ahead.clone())).await.assert_status(201);
    let nobody = json!({ "workspace_count": 0, "tenant_count": 0 });
    let narrow = with(workspace(contoso.workspace_id), json!({ "action": "pause", "moved_from": global() }));
    assert_eq!(operator.preview_control(BACKFILL, &narrow).await.assert_status(200).body["freed"], nobody);

    let moved = with(with(workspace_pause(contoso.workspace_id), ahead), json!({ "moved_from": global() }));
    operator.pause_control(BACKFILL, &moved).await.assert_status(200);

    let audited = app.value("SELECT metadata -> 'affected' -> 'freed' AS freed FROM audit_logs ORDER BY id DESC LIMIT 1");
    assert_eq!(audited, nobody);
}

#[tokio::test]
async fn the_preview_of_a_move_says_who_is_stopped_and_who_is_free_again() {
    let (_app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_backfill_of(fabrikam.workspace_id).await.assert_status(201);
    let narrow = with(workspace(contoso.workspace_id), json!({ "action": "pause", "moved_from": global() }));

    let preview = operator.preview_control(BACKFILL, &narrow).await.assert_status(200).body;

    assert_eq!([&preview["workspace_count"], &preview["tenant_count"]], [1, 1]);
    assert_eq!(preview["freed"], json!({ "workspace_count": 1, "tenant_count": 1 }), "Fabrikam has a pause of its own");
    assert_eq!(
        preview["summary"],
        "New starts of Findings lifecycle backfill will be stopped in the workspace Contoso Group with 1 tenant. It becomes \
         available again for 1 workspace with 1 tenant. 0 runs under way there are not touched. Affected: Ops / Runbooks, the \
         findings of tenants."
    );
    let widen = with(global(), json!({ "action": "pause", "moved_from": workspace(fabrikam.workspace_id) }));
    let preview = operator.preview_control(BACKFILL, &widen).await.assert_status(200).body;
    assert_eq!(preview["freed"], json!({ "workspace_count": 0, "tenant_count": 0 }));
    let resume = with(global(), json!({ "action": "resume", "moved_from": workspace(fabrikam.workspace_id) }));
    operator.preview_control(BACKFILL, &resume).await.assert_problem(422, "validation-failed").assert_pointers(&["/moved_from"]);

    let stale = json!({ "workspace_count": 1, "tenant_count": 1, "active_run_count": 0, "freed": { "workspace_count": 0, "tenant_count": 0 } });
    let moved = with(workspace_pause(contoso.workspace_id), json!({ "moved_from": global(), "previewed": stale }));
    let refused = operator.pause_control(BACKFILL, &moved).await.assert_problem(409, "preview-stale");
    assert_eq!(refused.body["preview"]["freed"], json!({ "workspace_count": 1, "tenant_count": 1 }));
}
