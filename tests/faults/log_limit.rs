//! The log of a process that fails all the time: twenty lines a minute beside those of the requests, and a number (API-04).

use support::cli::LoggedServer;
use support::{Actor, TestApp};

const REQUESTS: usize = 100;

#[tokio::test]
async fn a_hundred_failures_are_a_few_lines_and_a_number() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let server = LoggedServer::start(app.database_url(), "info");
    app.execute("ALTER TABLE operation_runs RENAME TO away");

    let failing = operator.at(server.address);
    for _ in 0..REQUESTS {
        failing.list_runs("").await.assert_problem(500, "internal-error");
    }
    let metrics = Actor::anonymous(server.address).metrics().await.assert_status(200).text;
    let log = server.end();

    let lines = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert!(lines("\"answered\"") >= REQUESTS, "an answer has no line: {log}");
    assert_eq!(lines("request failed"), 5, "{log}");
    assert!(lines("\"ERROR\"") + lines("\"WARN\"") <= 20, "{log}");
    let suppressed = metrics.lines().find_map(|line| line.strip_prefix("log_lines_suppressed_total ")).unwrap();
    assert!(suppressed.parse::<usize>().unwrap() >= REQUESTS - 5, "{suppressed}");
    assert_eq!(lines("were left out because there were too many"), 1, "{log}");
    assert_eq!(lines(&format!("\"lines\":{}", REQUESTS - 5)), 1, "{log}");
}
