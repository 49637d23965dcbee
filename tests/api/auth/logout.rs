//! `POST /auth/logout`

use support::TestApp;
use support::app::PASSWORD;

#[tokio::test]
async fn signing_out_ends_the_session_at_once_on_every_server() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let second = app.second_server().await;
    operator.at(second.address).me().await.assert_status(200);

    operator.logout().await.assert_status(204);

    operator.me().await.assert_problem(401, "unauthenticated");
    operator.at(second.address).me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn signing_out_removes_the_cookie() {
    let app = TestApp::start().await;
    let browser = app.cookie_operator().await;

    let answer = browser.logout().await.assert_status(204);

    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("tenantatlas_system=;") && cookie.contains("Max-Age=0"), "{cookie}");
    browser.me().await.assert_status(401);
}

#[tokio::test]
async fn signing_out_leaves_other_sessions_of_the_operator_alone() {
    let app = TestApp::start().await;
    let first = app.operator().await;
    let second = app.anonymous().signed_in(&first.email, PASSWORD).await;

    first.logout().await.assert_status(204);

    second.me().await.assert_status(200);
}
