//! `GET /ops/controls/{key}`

use super::three_workspaces;
use serde_json::json;
use support::TestApp;
use support::actor::controls::RESTORE;
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn a_pause_names_its_scope_its_reason_its_owner_and_its_times() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let ends = app.days_ago(-1);
    let body = json!({ "scope_type": "workspace", "workspace_id": contoso.workspace_id, "reason_text": "  Asked by the customer ",
                       "expires_at": ends });
    operator.pause_control(BACKFILL, &body).await.assert_status(201);

    let control = operator.get_control(BACKFILL).await.assert_status(200);

    let pause = &control.body["activations"][0];
    assert_eq!(pause["scope_type"], "workspace");
    assert_eq!((&pause["workspace_id"], &pause["workspace_name"]), (&json!(contoso.workspace_id), &json!("Contoso Group")));
    assert_eq!(pause["reason_text"], "Asked by the customer");
    assert_eq!(pause["owner_name"], "Olga Operator");
    assert_eq!(pause["starts_at"], pause["created_at"]);
    let same = app.value(&format!(
        "SELECT '{}'::timestamptz = '{}'::timestamptz",
        pause["expires_at"].as_str().unwrap(),
        ends.as_str().unwrap()
    ));
    assert_eq!(same, json!(true));
}

#[tokio::test]
async fn the_owner_is_who_changed_the_pause_last() {
    let app = TestApp::start().await;
    let (first, second) = (app.operator().await, app.operator().await);
    app.execute(&format!("UPDATE platform_users SET name = 'Second' WHERE id = {}", second.id));
    first.pause_backfill().await.assert_status(201);
    assert_eq!(first.get_control(BACKFILL).await.body["activations"][0]["owner_name"], "Olga Operator");

    second.pause_backfill().await.assert_status(200);

    assert_eq!(first.get_control(BACKFILL).await.body["activations"][0]["owner_name"], "Second");
}

#[tokio::test]
async fn runs_accepted_before_a_pause_are_shown_until_none_is_in_flight_in_its_scope() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    operator.start_backfill_of_all().await.assert_status(201);
    operator.start_backfill_of(fabrikam.id).await.assert_status(201);
    let in_flight = async || operator.get_control(BACKFILL).await.assert_status(200).body["in_flight_runs"].clone();
    assert_eq!(in_flight().await, 0, "nothing is paused");

    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    assert_eq!(in_flight().await, 1, "the run over all tenants reaches the workspace, the other one does not");
    operator.pause_backfill().await.assert_status(201);
    assert_eq!(in_flight().await, 2);

    while app.drain().await > 0 {}
    assert_eq!(in_flight().await, 0, "what was accepted went on to its end (CTL-07)");
    let outcomes = app.rows("SELECT DISTINCT outcome FROM operation_runs");
    assert_eq!(outcomes, [json!({ "outcome": "succeeded" })]);
}

#[tokio::test]
async fn the_etag_names_the_state_of_the_pauses_and_of_one_control() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let etag = async |key: &str| operator.get_control(key).await.assert_status(200).header("etag").unwrap().to_owned();
    let before = etag(BACKFILL).await;
    assert!(before.starts_with('"') && before.ends_with('"'), "{before}");
    assert_eq!(etag(BACKFILL).await, before);
    assert_ne!(etag(RESTORE).await, before);

    let paused = operator.pause_backfill().await.assert_status(201);
    assert_eq!(paused.header("etag"), Some(etag(BACKFILL).await.as_str()));
    assert_ne!(etag(BACKFILL).await, before);
    let resumed = operator.resume_backfill().await.assert_status(200);
    assert_eq!(resumed.header("etag"), Some(before.as_str()), "nothing is paused again");
}

#[tokio::test]
async fn a_control_that_is_not_in_the_catalog_is_not_found() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for key in ["findings.lifecycle", "RESTORE.EXECUTE", "%00", "x"] {
        operator.get_control(key).await.assert_problem(404, "not-found");
        operator.list_control_history(key, "").await.assert_problem(404, "not-found");
        // Before anything about the body.
        operator.preview_control(key, &json!({})).await.assert_problem(404, "not-found");
        operator.pause_control(key, &json!({})).await.assert_problem(404, "not-found");
        operator.resume_control(key, &json!({})).await.assert_problem(404, "not-found");
    }
}
