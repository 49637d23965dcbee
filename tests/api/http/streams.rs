//! Live streams: so many of one person, whatever they come with, and a place is free again when a client goes.

use support::TestApp;

#[tokio::test]
async fn one_person_follows_so_many_things_live_and_others_are_not_kept_out() {
    let mut app = TestApp::builder().setting("TENANTATLAS_STREAMS_PER_PERSON", "3").start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let (greedy, other) = (app.member(&tenant, "manager").await, app.member(&tenant, "manager").await);
    let run = other.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    let program = greedy.program(&["findings.backfill"]).await;
    let first = greedy.watch_my_notifications().await.unwrap();
    let _run = greedy.watch_operation(run).await.unwrap();
    let _of_program = program.watch_operation(run).await.unwrap();

    for refused in [greedy.watch_my_notifications().await, greedy.watch_operation(run).await, program.watch_operation(run).await]
    {
        let refused = refused.unwrap_err().assert_problem(429, "too-many-streams");
        assert!(refused.body["detail"].as_str().unwrap().contains('3') && refused.header("retry-after").is_some());
    }
    assert!(other.watch_my_notifications().await.is_ok());
    assert!(app.operator().await.watch_run(run).await.is_ok());

    drop(first);
    let mut again = greedy.watch_my_notifications().await;
    // The server learns of a client that has gone when it next looks at the connection.
    while let Err(refused) = again {
        refused.assert_problem(429, "too-many-streams");
        again = greedy.watch_my_notifications().await;
    }
    assert!(again.unwrap().next().await.is_some());
}
