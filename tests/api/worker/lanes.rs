//! A worker beside the server.

use support::TestApp;

#[tokio::test]
async fn a_worker_beside_the_server_ends_the_run_by_itself_and_whoever_watches_sees_it() {
    let app = TestApp::builder().worker(2).start().await;
    let tenants = [app.tenant("Contoso"), app.tenant("Fabrikam"), app.tenant("Northwind")];
    tenants.iter().for_each(|tenant| drop(app.legacy_findings(tenant, 20)));
    let operator = app.operator().await;

    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut events = operator.watch_run(run).await.unwrap();
    let mut last = events.next().await.unwrap();
    while let Some(event) = events.next().await {
        last = event;
    }

    assert_eq!((last.name.as_str(), &last.data["run"]["outcome"]), ("completed", &"succeeded".into()));
    assert_eq!(operator.get_run(run).await.assert_status(200).body["progress"]["targets_done"], 3);
}
