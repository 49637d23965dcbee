//! Two operators who change one control at once: `ETag` and `If-Match`.

use super::{control_actions, three_workspaces};
use serde_json::json;
use support::actor::controls::{global_pause, workspace_pause};
use support::actor::runbooks::BACKFILL;

#[tokio::test]
async fn who_decided_on_another_state_is_told_and_changes_nothing() {
    let (app, olga, [contoso, ..]) = three_workspaces().await;
    let otto = app.operator().await;
    let seen = olga.get_control(BACKFILL).await.assert_status(200).header("etag").unwrap().to_owned();
    let with_seen = |actor: &support::Actor| actor.with_header("if-match", &seen);

    let first = with_seen(&olga).pause_control(BACKFILL, &global_pause()).await.assert_status(201);

    with_seen(&otto).pause_control(BACKFILL, &global_pause()).await.assert_problem(412, "precondition-failed");
    let late = json!({ "scope_type": "global" });
    with_seen(&otto).resume_control(BACKFILL, &late).await.assert_problem(412, "precondition-failed");
    // Also where another scope was changed: the decision was made on another picture.
    let elsewhere = workspace_pause(contoso.workspace_id);
    with_seen(&otto).pause_control(BACKFILL, &elsewhere).await.assert_problem(412, "precondition-failed");
    assert_eq!(control_actions(&app), ["paused"]);
    assert_eq!(otto.get_control(BACKFILL).await.body, first.body);

    let fresh = first.header("etag").unwrap().to_owned();
    let resumed = otto.with_header("if-match", &format!("\"0\", {fresh}")).resume_control(BACKFILL, &late).await;
    assert_eq!(resumed.assert_status(200).body["changed"], true);
}

#[tokio::test]
async fn without_the_header_or_with_a_star_the_last_change_wins() {
    let (app, operator, _) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_backfill().await.assert_status(200);
    operator.with_header("if-match", "*").pause_control(BACKFILL, &global_pause()).await.assert_status(200);
    assert_eq!(control_actions(&app), ["paused", "updated", "updated"]);
}

#[tokio::test]
async fn a_weak_or_foreign_etag_never_matches_and_garbage_is_malformed() {
    let (app, operator, _) = three_workspaces().await;
    let seen = operator.get_control(BACKFILL).await.header("etag").unwrap().to_owned();
    let pause = async |value: &str| operator.with_header("if-match", value).pause_control(BACKFILL, &global_pause()).await;
    pause(&format!("W/{seen}")).await.assert_problem(412, "precondition-failed");
    pause("\"nonsense\"").await.assert_problem(412, "precondition-failed");
    pause("nonsense").await.assert_problem(400, "malformed-request");
    assert!(control_actions(&app).is_empty());
    pause(&seen).await.assert_status(201);
}

#[tokio::test]
async fn of_many_pauses_at_once_one_is_created_and_the_others_change_it() {
    let (app, operator, _) = three_workspaces().await;
    let answers = futures_of((0..8).map(|_| {
        let operator = operator.clone();
        async move { operator.pause_backfill().await.status }
    }))
    .await;
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 7, "{answers:?}");
    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 1);
    assert_eq!(control_actions(&app).len(), 8);
}

#[tokio::test]
async fn of_two_who_saw_the_same_state_exactly_one_changes_it() {
    let (app, operator, _) = three_workspaces().await;
    let seen = operator.get_control(BACKFILL).await.header("etag").unwrap().to_owned();
    let mut answers = futures_of((0..6).map(|_| {
        let operator = operator.with_header("if-match", &seen);
        async move { operator.pause_backfill().await.status }
    }))
    .await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 412, 412, 412, 412, 412]);
    assert_eq!(control_actions(&app), ["paused"]);
}

async fn futures_of<F>(all: impl Iterator<Item = F>) -> Vec<u16>
where
    F: Future<Output = u16> + Send + 'static,
{
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
