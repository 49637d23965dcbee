//! More than a node can do, slower than it waits, larger than it takes.

use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};
use support::TestApp;
use support::cli::LoggedServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the server says to these bytes before it closes the connection.
async fn said(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.server().address).await.unwrap();
    // It may close while more than it takes is being sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn who_sends_too_slowly_is_told_and_let_go() {
    let app = TestApp::start().await;
    let head = "POST /api/v1/system/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let without_end = format!("{head}content-length: 100\r\n");
    let without_body = format!("{head}connection: close\r\ncontent-length: 100\r\n\r\n{{");
    let started = Instant::now();

    let (of_head, of_body) = tokio::join!(said(&app, without_end.as_bytes()), said(&app, without_body.as_bytes()));

    assert!(of_head.starts_with("HTTP/1.1 408"), "{of_head}");
    assert!(of_body.starts_with("HTTP/1.1 408") && of_body.contains("request-timeout"), "{of_body}");
    assert!(started.elapsed() < Duration::from_secs(30), "it took {:?}", started.elapsed());
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let app = TestApp::start().await;
    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(300_000));
    let many: String = (0..500).map(|number| format!("x-{number}: 1\r\n")).collect();
    let many = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");

    for request in [long, many] {
        let answer = said(&app, request.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }

    app.anonymous().get("/healthz").await.assert_status(200);
}

#[tokio::test]
async fn more_than_can_be_served_is_told_so_at_once_and_it_goes_on_afterwards() {
    let app = TestApp::builder().setting("TENANTATLAS_RATE_LIMIT", "off").start().await;
    let operator = app.operator().await;
    // Every look at a session waits for this.
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE").unwrap();

    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..400 {
        let operator = operator.clone();
        requests.spawn(async move {
            let started = Instant::now();
            let answer = operator.me().await;
            (answer.status, answer.header("retry-after").is_some(), started.elapsed())
        });
    }
    let answers = requests.join_all().await;
    holder.batch_execute("ROLLBACK").unwrap();

    assert!(answers.iter().all(|(status, is_told_when, _)| *status == 503 && *is_told_when), "some were not told");
    let at_once = answers.iter().filter(|(_, _, took)| *took < Duration::from_secs(2)).count();
    assert!(at_once > 0, "nobody was told at once");
    operator.me().await.assert_status(200);
}

#[tokio::test]
async fn an_overloaded_node_says_so_in_one_line_and_counts_the_rest() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let server = LoggedServer::start(app.database_url(), "info");
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE").unwrap();

    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let operator = operator.at(server.address);
        requests.spawn(async move { operator.me().await.status });
    }
    let answers = requests.join_all().await;
    holder.batch_execute("ROLLBACK").unwrap();
    let metrics = operator.at(server.address).metrics().await.assert_status(200).text;
    let log = server.end();

    let of_refusals = |line: &&str| line.contains("no database connection was free in time");
    let lines: Vec<&str> = log.lines().filter(of_refusals).collect();
    assert!((1..=3).contains(&lines.len()) && lines.iter().all(|line| line.contains("WARN")), "{lines:#?}");
    // Whoever got a connection and waited in vain for the table met a database that fails; the first five have a line.
    let left_out = metrics.lines().find_map(|line| line.strip_prefix("log_lines_suppressed_total ")).unwrap();
    let failures = log.lines().filter(|line| line.contains("request failed")).count() + left_out.parse::<usize>().unwrap();
    let refused = answers.iter().filter(|status| **status == 503).count() - failures;
    assert!(refused > 100 && metrics.contains(&format!("db_pool_refusals_total {refused}")), "{refused} of {metrics}");
}
