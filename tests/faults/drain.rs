//! A server that is asked to stop, before it closes its listener (OPS-RUN-03).

use crate::process::Process;
use support::{TestApp, cli};

#[tokio::test]
async fn readiness_closes_first_requests_are_answered_until_the_end_and_a_second_signal_does_not_wait() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut command = cli::command(app.database_url());
    command.arg("serve").env("TENANTATLAS_LISTEN", "127.0.0.1:0").env("TENANTATLAS_DRAIN_SECONDS", "300");
    let mut server = Process::spawn(command);
    let address = server.wait_for_address();
    crate::nodes::wait_for_workers(&app, 1);
    let visitor = app.anonymous().at(address);
    let operator = visitor.with_credential(operator.credential.clone());
    visitor.readyz().await.assert_status(200);

    server.signal("TERM");
    let begun = std::time::Instant::now();
    while visitor.readyz().await.status == 200 {
        assert!(begun.elapsed() < support::process::LIMIT, "readiness stays open");
    }

    let refused = visitor.readyz().await.assert_problem(503, "unavailable");
    assert_eq!(refused.body["detail"], "The process is stopping.");
    operator.list_runbooks().await.assert_status(200);
    visitor.get("/healthz").await.assert_status(200);
    server.stop();
}

#[tokio::test]
async fn at_the_keyboard_nothing_is_waited_for() {
    let app = TestApp::start().await;
    let mut command = cli::command(app.database_url());
    command.arg("serve").env("TENANTATLAS_LISTEN", "127.0.0.1:0").env("TENANTATLAS_DRAIN_SECONDS", "300");
    let mut server = Process::spawn(command);
    server.wait_for_address();
    crate::nodes::wait_for_workers(&app, 1);

    server.signal("INT");

    assert_eq!(server.end(), Some(0));
}
