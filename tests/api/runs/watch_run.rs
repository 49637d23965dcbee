//! `GET /ops/runs/{id}/events` (RUN-10)

use serde_json::json;
use support::TestApp;
use support::actor::{Event, Events};

async fn to_the_end(events: &mut Events) -> Vec<Event> {
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        seen.push(event);
    }
    seen
}

#[tokio::test]
async fn two_watchers_see_progress_and_then_the_end() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut one = operator.watch_run(run).await.unwrap();
    let mut other = app.operator_with(&["platform.ops.view"]).await.watch_run(run).await.unwrap();
    assert_eq!(one.headers["content-type"], "text/event-stream");
    assert_eq!(one.headers["cache-control"], "no-store");

    let first = one.next().await.unwrap();
    assert_eq!(other.next().await.unwrap().id, first.id, "the same state has the same number");
    assert_eq!(first.name, "progress");
    assert_eq!(first.data["run"]["status"], "queued");
    assert_eq!(first.data["run"]["actions"], json!([]));
    assert_eq!(first.data["targets"], json!({ "queued": 1 }));
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    let running = one.next().await.unwrap();
    assert_eq!(running.data["run"]["status"], "running");
    assert_eq!(running.data["running"][0]["tenant"]["name"], "Contoso");
    worker.finish(&mut work);

    let (seen, seen_too) = (to_the_end(&mut one).await, to_the_end(&mut other).await);
    let last = seen.last().unwrap();
    assert_eq!(last.name, "completed");
    assert_eq!(last.data["run"]["outcome"], "succeeded");
    assert_eq!(last.data["run"]["summary_counts"]["updated"], 3);
    assert_eq!(last.data["targets"], json!({ "succeeded": 1 }));
    assert_eq!(seen_too.last(), Some(last));
    assert!(seen.iter().rev().skip(1).all(|event| event.name == "progress"));
}

#[tokio::test]
async fn a_client_that_saw_the_end_is_told_not_to_come_back() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    let seen = to_the_end(&mut operator.watch_run(run).await.unwrap()).await;
    assert_eq!(seen.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["completed"]);
    let back = operator.with_header("last-event-id", &seen[0].id).watch_run(run).await;
    back.unwrap_err().assert_status(204);
    // Whoever saw something earlier, or nonsense, gets the end.
    for id in ["1", "nonsense"] {
        let mut events = operator.with_header("last-event-id", id).watch_run(run).await.unwrap();
        assert_eq!(to_the_end(&mut events).await, seen);
    }
}

#[tokio::test]
async fn watching_needs_the_capability_and_a_run() {
    let app = TestApp::start().await;
    let viewer = app.operator_with(&["platform.runbooks.view"]).await;
    viewer.watch_run(1).await.unwrap_err().assert_problem(403, "capability-missing");
    app.operator().await.watch_run(1).await.unwrap_err().assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_stream_ends_soon_when_its_caller_may_not_see_runs_any_more_and_the_others_go_on() {
    let app = TestApp::start().await;
    app.pending_findings(&app.tenant("Contoso"), 1);
    let bystander = app.operator().await;
    let run = bystander.start_backfill_of_all().await.assert_status(201).id();
    let (signed_out, deactivated, poorer) = (app.operator().await, app.operator().await, app.operator().await);
    let owner = app.operator().await;
    let program = owner.program(&["platform.ops.view"]).await;
    let lent = app.operator_with(&["platform.break_glass.open"]).await;
    lent.open_break_glass("Pager 4711: nobody else is awake", 30).await.assert_status(201);
    let mut goes_on = bystander.watch_run(run).await.unwrap();
    let mut streams = Vec::new();
    for caller in [&signed_out, &deactivated, &poorer, &program, &lent] {
        streams.push(caller.watch_run(run).await.unwrap());
    }

    signed_out.logout().await.assert_status(204);
    app.execute(&format!("UPDATE platform_users SET deactivated_at = db_now() WHERE id = {}", deactivated.id));
    app.execute(&format!("DELETE FROM platform_user_capabilities WHERE platform_user_id = {}", poorer.id));
    app.execute("UPDATE api_tokens SET revoked_at = db_now()");
    lent.with_header("break-glass-reason", "It is over now").end_break_glass().await.assert_status(204);

    for mut events in streams {
        let seen = to_the_end(&mut events).await;
        assert!(seen.iter().all(|event| event.data["run"]["status"] == "queued"), "{seen:?}");
    }
    let (mut worker, mut running) = (app.hand_worker(), false);
    let mut work = worker.claim();
    while !running && let Some(event) = goes_on.next().await {
        running = event.data["run"]["status"] == "running";
    }
    assert!(running, "who may still see it sees what happens next");
    worker.finish(&mut work);
}
