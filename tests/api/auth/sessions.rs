//! How long sessions last.

use std::time::Duration;
use support::TestApp;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_browser_session_ends_half_an_hour_after_its_last_use() {
    let app = TestApp::start().await;
    let browser = app.cookie_operator().await;

    app.clock().advance(31 * MINUTE);

    browser.me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_browser_session_in_use_is_renewed_but_not_beyond_twelve_hours() {
    let app = TestApp::start().await;
    let browser = app.cookie_operator().await;

    for _ in 0..28 {
        app.clock().advance(25 * MINUTE);
        browser.me().await.assert_status(200);
    }
    app.clock().advance(21 * MINUTE);

    browser.me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_bearer_session_ends_after_an_hour_however_much_it_is_used() {
    let app = TestApp::start().await;
    let operator = app.operator().await;

    app.clock().advance(40 * MINUTE);
    operator.me().await.assert_status(200);
    app.clock().advance(21 * MINUTE);

    operator.me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_sweep_forgets_sessions_that_ended_long_ago_and_keeps_the_others() {
    let app = TestApp::start().await;
    let old = app.operator().await;
    app.clock().advance(26 * 60 * MINUTE);
    let new = app.operator().await;

    app.sweep().await;

    assert_eq!(app.value("SELECT array_agg(platform_user_id) FROM sessions"), serde_json::json!([new.id]));
    old.me().await.assert_status(401);
    new.me().await.assert_status(200);
}

#[tokio::test]
async fn sessions_survive_the_restart_of_the_server() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let second = app.second_server().await;
    drop(second);

    let third = app.second_server().await;

    operator.at(third.address).me().await.assert_status(200);
}
