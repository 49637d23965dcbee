//! Shares of the database connections of a node: no person, tenant or address takes them from the others, and some are kept for
//! what must go through whatever others do.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use support::app::PASSWORD;
use support::fixtures::Tenant;
use support::{Actor, Response, TestApp};
use tokio::task::JoinSet;

/// Holds every look at findings back, as a slow search keeps its connection.
fn hold_findings_back(app: &TestApp) -> PgConnection {
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE findings IN ACCESS EXCLUSIVE MODE").unwrap();
    holder
}

/// Requests that are held back at the database.
fn held_back(app: &TestApp) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    app.value(sql).as_i64().unwrap()
}

/// Looks at the tenant's findings so many times at once.
fn look_at_findings(member: &Actor, tenant: &Tenant, times: usize, answers: &mut JoinSet<Response>) {
    for _ in 0..times {
        let (member, tenant) = (member.clone(), tenant.id);
        answers.spawn(async move { member.list_findings(tenant, "").await });
    }
}

#[tokio::test]
async fn one_person_uses_two_connections_and_the_rest_of_their_requests_wait() {
    let app = TestApp::builder().setting("TENANTATLAS_RATE_LIMIT", "off").start().await;
    let tenant = app.tenant("Contoso");
    let (hog, colleague) = (app.member(&tenant, "readonly").await, app.member(&tenant, "readonly").await);
    let program = hog.program(&["findings.view"]).await;
    let mut holder = hold_findings_back(&app);
    let mut answers = JoinSet::new();

    // Two are at the database and 62 wait; sessions and API tokens of a person are one.
    look_at_findings(&hog, &tenant, 40, &mut answers);
    look_at_findings(&program, &tenant, 30, &mut answers);
    for _ in 0..6 {
        let refused = answers.join_next().await.unwrap().unwrap().assert_problem(429, "too-many-requests");
        assert_eq!(refused.header("retry-after"), Some("2"));
        assert!(refused.body["detail"].as_str().unwrap().contains("your requests"), "{}", refused.text);
    }
    app.wait_for_waiters(2).await;
    colleague.get_my_tenant(tenant.id).await.assert_status(200);
    assert_eq!(held_back(&app), 2);

    holder.batch_execute("ROLLBACK").unwrap();
    for answer in answers.join_all().await {
        answer.assert_status(200);
    }
}

#[tokio::test]
async fn the_people_of_one_tenant_use_four_connections_together() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let stranger = app.member(&other, "readonly").await;
    let mut holder = hold_findings_back(&app);
    let mut answers = JoinSet::new();

    for _ in 0..4 {
        let member = app.member(&tenant, "readonly").await;
        look_at_findings(&member, &tenant, 2, &mut answers);
    }
    app.wait_for_waiters(4).await;
    // Over all their tenants counts for the first of them.
    let over_all = app.member(&tenant, "readonly").await;
    let waiting = tokio::spawn(async move { over_all.list_operations("").await });
    stranger.list_operations("").await.assert_status(200);
    stranger.get_my_tenant(other.id).await.assert_status(200);
    assert_eq!(held_back(&app), 4);
    assert!(!waiting.is_finished(), "a fifth connection was used for the tenant");

    holder.batch_execute("ROLLBACK").unwrap();
    waiting.await.unwrap().assert_status(200);
    for answer in answers.join_all().await {
        answer.assert_status(200);
    }
}

#[tokio::test]
async fn controls_sign_in_sessions_and_readiness_go_through_when_every_connection_for_requests_is_in_use() {
    let app = TestApp::builder().setting("TENANTATLAS_CONNECTIONS", "4").start().await;
    let tenant = app.tenant("Contoso");
    let operator = app.operator().await;
    let (_, email) = app.create_operator(&[]);
    let (first, second) = (app.member(&tenant, "readonly").await, app.member(&tenant, "readonly").await);
    let mut holder = hold_findings_back(&app);
    let mut answers = JoinSet::new();
    look_at_findings(&first, &tenant, 2, &mut answers);
    look_at_findings(&second, &tenant, 2, &mut answers);
    app.wait_for_waiters(4).await;

    operator.pause_backfill().await.assert_status(201);
    operator.list_controls().await.assert_status(200);
    operator.resume_backfill().await.assert_status(200);
    app.anonymous().login(&email, PASSWORD).await.assert_status(200);
    first.list_user_sessions().await.assert_status(200);
    app.anonymous().readyz().await.assert_status(200);
    let metrics = app.anonymous().metrics().await.assert_status(200).text;
    assert!(metrics.contains("\ndatabase_up 1"), "{metrics}");
    assert_eq!(held_back(&app), 4, "connections for requests came free");

    holder.batch_execute("ROLLBACK").unwrap();
    answers.join_all().await;
}

#[tokio::test]
async fn requests_of_one_address_wait_for_each_other_alone_until_it_is_known_whose_they_are() {
    let app = TestApp::builder()
        .setting("TENANTATLAS_RATE_LIMIT", "off")
        .setting("TENANTATLAS_TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await;
    let tenant = app.tenant("Contoso");
    let member = app.member(&tenant, "readonly").await.with_header("x-forwarded-for", "203.0.113.7");
    let program = app.member(&tenant, "readonly").await.program(&["findings.view"]).await;
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE api_tokens IN ACCESS EXCLUSIVE MODE").unwrap();

    let mut answers = JoinSet::new();
    for _ in 0..300 {
        let program = program.clone();
        answers.spawn(async move { program.user_me().await });
    }
    app.wait_for_waiters(8).await;
    member.get_my_tenant(tenant.id).await.assert_status(200);
    assert_eq!(held_back(&app), 8, "half of the connections are for one address");

    holder.batch_execute("ROLLBACK").unwrap();
    drop(answers);
}

#[tokio::test]
async fn one_person_uses_two_connections_of_those_for_sessions_and_controls_too() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let other = app.operator().await;
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE operational_control_activations IN ACCESS EXCLUSIVE MODE").unwrap();

    let mut answers = JoinSet::new();
    for _ in 0..20 {
        let operator = operator.clone();
        answers.spawn(async move { operator.list_controls().await });
    }
    app.wait_for_waiters(2).await;
    other.me().await.assert_status(200);
    assert_eq!(held_back(&app), 2);

    holder.batch_execute("ROLLBACK").unwrap();
    for answer in answers.join_all().await {
        answer.assert_status(200);
    }
}

#[tokio::test]
async fn readiness_looks_once_for_all_who_ask() {
    let app = TestApp::start().await;
    let mut holder = app.db();
    holder.batch_execute("BEGIN; LOCK TABLE __diesel_schema_migrations IN ACCESS EXCLUSIVE MODE").unwrap();

    let mut answers = JoinSet::new();
    for _ in 0..40 {
        let visitor = app.anonymous();
        answers.spawn(async move { visitor.readyz().await });
    }
    app.wait_for_waiters(1).await;
    app.anonymous().healthz().await.assert_status(200);
    assert_eq!(held_back(&app), 1);
    holder.batch_execute("ROLLBACK").unwrap();

    for answer in answers.join_all().await {
        answer.assert_status(200);
    }
}
