//! `tenantatlas user`

use serde_json::json;
use support::TestApp;
use support::cli::{Ended, run};

const PASSWORD: &str = "a password of a user";

fn create(app: &TestApp, email: &str, password: &str) -> Ended {
    let arguments = ["user", "create", "--json", "--password-stdin", "--email", email, "--name", "Uma User"];
    run(app.database_url(), &arguments, password)
}

#[tokio::test]
async fn a_created_user_can_sign_in_to_the_tenant_plane_alone() {
    let app = TestApp::start().await;

    let created = create(&app, "  Uma@Example.COM ", &format!("{PASSWORD}\n")).assert_code(0).json();

    assert_eq!((&created["email"], &created["active"]), (&json!("uma@example.com"), &json!(true)));
    app.anonymous().user_login("uma@example.com", PASSWORD).await.assert_status(200);
    app.anonymous().login("uma@example.com", PASSWORD).await.assert_problem(401, "invalid-credentials");
    let rows = app.audited("platform.users.created");
    assert_eq!((&rows[0]["actor_type"], &rows[0]["target_label"]), (&json!("cli"), &json!("uma@example.com")));
    assert!(!rows[0].to_string().contains(PASSWORD));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_user_is_wrong_usage_and_the_same_address_twice_fails() {
    let app = TestApp::start().await;

    create(&app, "a@example.com", "short").assert_code(2);
    create(&app, "nobody", PASSWORD).assert_code(2);
    create(&app, "a@example.com", PASSWORD).assert_code(0);
    let twice = create(&app, "A@example.com", PASSWORD).assert_code(1);

    assert!(twice.err.contains("exists already"), "{}", twice.err);
    assert_eq!(app.value("SELECT count(*) FROM users"), 1);
}

#[tokio::test]
async fn a_deactivated_users_sessions_die_at_once_and_the_list_shows_it() {
    let app = TestApp::start().await;
    let user = app.user().await;

    run(app.database_url(), &["user", "deactivate", "--email", &user.email], "").assert_code(0);
    let list = run(app.database_url(), &["user", "list"], "").assert_code(0);

    user.user_me().await.assert_problem(401, "unauthenticated");
    app.anonymous().user_login(&user.email, support::app::PASSWORD).await.assert_problem(401, "invalid-credentials");
    assert!(list.out.contains(&user.email) && list.out.contains("deactivated"), "{}", list.out);
    assert_eq!(app.audited("platform.users.deactivated").len(), 1);
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_works_from_then_on() {
    let app = TestApp::start().await;
    let user = app.user().await;

    let arguments = ["user", "set-password", "--password-stdin", "--email", &user.email];
    run(app.database_url(), &arguments, "another good password").assert_code(0);

    user.user_me().await.assert_status(401);
    app.anonymous().user_login(&user.email, support::app::PASSWORD).await.assert_status(401);
    app.anonymous().user_login(&user.email, "another good password").await.assert_status(200);
    assert_eq!(app.audited("platform.users.password_set").len(), 1);
}

#[tokio::test]
async fn a_user_who_is_not_there_is_told() {
    let app = TestApp::start().await;

    let missing = run(app.database_url(), &["user", "deactivate", "--email", "nobody@example.com"], "").assert_code(1);

    assert!(missing.err.contains("There is no user nobody@example.com."), "{}", missing.err);
}
