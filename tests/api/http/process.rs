//! The process's own addresses.

use support::TestApp;
use support::postgres::TestDatabase;
use support::server::{Options, Server};
use tenantatlas::error::CODES;

#[tokio::test]
async fn a_process_that_lives_and_can_work_says_so() {
    let app = TestApp::start().await;

    let health = app.anonymous().healthz().await.assert_status(200);
    let ready = app.anonymous().readyz().await.assert_status(200);

    assert_eq!(health.body["status"], "ok");
    assert_eq!(ready.body, health.body);
}

#[tokio::test]
async fn a_database_of_another_version_makes_the_process_live_but_not_ready() {
    let app = TestApp::start().await;
    app.execute("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)");

    app.anonymous().healthz().await.assert_status(200);
    let unready = app.anonymous().readyz().await.assert_problem(503, "unavailable");

    assert!(unready.header("retry-after").is_some());
}

#[tokio::test]
async fn readiness_of_an_empty_database_is_refused_and_creates_nothing() {
    let app = TestApp::start().await;
    app.execute("DROP TABLE __diesel_schema_migrations");

    app.anonymous().readyz().await.assert_problem(503, "unavailable");

    assert!(app.value("SELECT to_regclass('__diesel_schema_migrations')::text").is_null());
}

#[tokio::test]
async fn a_database_that_went_away_is_told_without_details_and_used_again_when_it_is_back() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let terminate =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    app.execute(&format!("DO $$ BEGIN PERFORM count(*) FROM ({terminate}) t; END $$"));

    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(operator.list_tenants("").await);
    }

    for answer in &answers {
        assert!([200, 503].contains(&answer.status), "{}", answer.text);
        assert!(!answer.text.contains("terminat"), "{}", answer.text);
    }
    assert_eq!(answers.last().unwrap().status, 200);
}

#[tokio::test]
async fn metrics_are_in_prometheus_text_form() {
    let app = TestApp::start().await;

    let metrics = app.anonymous().metrics().await.assert_status(200);

    assert!(metrics.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    for name in ["db_connections_open", "audit_write_failures_total"] {
        assert!(metrics.text.lines().any(|line| line.starts_with(name)), "{name}: {}", metrics.text);
    }
}

#[tokio::test]
async fn every_problem_type_is_explained_under_its_address() {
    let app = TestApp::start().await;
    for info in CODES {
        let page = app.anonymous().explain_problem(info.code).await.assert_status(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        assert!(page.text.contains(info.help.split('"').next().unwrap()), "{}", info.code);
    }
    app.anonymous().explain_problem("no-such-problem").await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn the_document_its_pages_and_the_web_page_are_served() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();

    let document = visitor.get("/openapi.json").await.assert_status(200);
    let docs = visitor.get("/docs/").await.assert_status(200);
    let start = visitor.get("/").await.assert_status(200);

    assert_eq!(document.body, serde_json::to_value(tenantatlas::server::document()).unwrap());
    assert!(docs.text.contains("swagger-ui") && start.text.contains("TenantAtlas"));
    assert_eq!(visitor.get("/docs").await.header("location"), Some("/docs/"));
}

#[tokio::test]
async fn signing_keys_of_the_setting_are_used_and_none_is_made() {
    let database = TestDatabase::create();
    let mut options = Options::default();
    options.settings.insert("TENANTATLAS_SIGNING_KEYS".to_owned(), format!("new:{},old:{}", "ab".repeat(32), "cd".repeat(32)));

    let server = Server::start(&database.url, &options).await;

    assert_eq!(server.keys.newest().unwrap().id, "new");
    assert!(server.keys.known("old").is_some());
}
