//! `GET /operations/{id}/events` of the tenant plane (RUN-10)

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_member_follows_a_run_beside_an_operator_and_each_sees_their_own_view() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let (operator, manager) = (app.operator().await, app.member(&tenant, "manager").await);
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    let mut of_operator = operator.watch_run(run).await.unwrap();
    let mut of_member = manager.watch_operation(run).await.unwrap();
    assert_eq!(of_member.headers["content-type"], "text/event-stream");

    let full = of_operator.next().await.unwrap();
    let first = of_member.next().await.unwrap();
    assert_eq!(full.data["run"]["context"]["platform_initiator"]["email"], operator.email);
    assert_eq!((first.name.as_str(), &first.data["run"]["status"]), ("progress", &json!("queued")));
    assert_eq!(first.data["run"]["initiator"], json!({ "type": "operator", "id": null, "name": "Platform operator" }));
    app.drain().await;

    let (mut last, mut texts) = (first, String::new());
    while let Some(event) = of_member.next().await {
        texts.push_str(&event.data.to_string());
        last = event;
    }
    assert_eq!((last.name.as_str(), &last.data["run"]["outcome"]), ("completed", &json!("succeeded")));
    assert_eq!(last.data["targets"], json!({ "succeeded": 1 }));
    for secret in ["Olga", &operator.email, "Old rows lack", "reason", "excluded"] {
        assert!(!texts.replace("held_reason", "").contains(secret), "{secret}: {texts}");
    }
    // Who saw the end is told not to come back.
    manager.with_header("last-event-id", &last.id).watch_operation(run).await.unwrap_err().assert_status(204);
}

#[tokio::test]
async fn who_could_not_start_it_does_not_follow_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let run = app.operator().await.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    app.member(&tenant, "readonly").await.watch_operation(run).await.unwrap_err().assert_problem(403, "capability-missing");
    app.user().await.watch_operation(run).await.unwrap_err().assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_stream_ends_soon_when_its_caller_may_not_see_the_run_any_more_and_the_others_go_on() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let bystander = app.member(&tenant, "manager").await;
    let run = bystander.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    let (gone, demoted) = (app.member(&tenant, "manager").await, app.member(&tenant, "manager").await);
    let program = app.member(&tenant, "manager").await.program(&["findings.backfill"]).await;
    let mut goes_on = bystander.watch_operation(run).await.unwrap();
    let mut streams = Vec::new();
    for caller in [&gone, &demoted, &program] {
        streams.push(caller.watch_operation(run).await.unwrap());
    }

    app.execute(&format!("DELETE FROM tenant_memberships WHERE user_id = {}", gone.id));
    app.execute(&format!("UPDATE tenant_memberships SET role = 'readonly' WHERE user_id = {}", demoted.id));
    app.execute("UPDATE api_tokens SET revoked_at = db_now()");

    for mut events in streams {
        while let Some(event) = events.next().await {
            assert_eq!(event.data["run"]["status"], "queued");
        }
    }
    app.drain().await;
    let mut last = None;
    while let Some(event) = goes_on.next().await {
        last = Some(event.name);
    }
    assert_eq!(last.as_deref(), Some("completed"), "who may still see it sees what happens next");
}
