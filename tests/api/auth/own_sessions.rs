//! `/auth/sessions` and `/auth/logout-everywhere`, in both planes.

use serde_json::json;
use support::TestApp;
use support::app::PASSWORD;

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in_and_ends_one_of_it() {
    let app = TestApp::start().await;
    let (browser, other) = (app.cookie_operator().await, app.operator().await);
    let program = app.anonymous().with_header("user-agent", "curl/8").signed_in(&browser.email, PASSWORD).await;

    let items = browser.list_sessions().await.assert_status(200).body["items"].clone();

    let told = |at: usize, name: &str| items[at][name].clone();
    assert_eq!(items.as_array().unwrap().len(), 2);
    assert_eq!(
        [told(0, "carrier"), told(0, "is_current"), told(0, "user_agent")],
        [json!("bearer"), json!(false), json!("curl/8")]
    );
    assert_eq!([told(1, "carrier"), told(1, "is_current"), told(1, "ip")], [json!("cookie"), json!(true), json!("127.0.0.1")]);
    let id = items[0]["id"].as_str().unwrap();
    other.revoke_session(id).await.assert_problem(404, "not-found");
    browser.revoke_session(id).await.assert_status(204);
    browser.revoke_session(id).await.assert_problem(404, "not-found");
    browser.revoke_session("none").await.assert_problem(404, "not-found");
    program.me().await.assert_problem(401, "unauthenticated");
    browser.me().await.assert_status(200);
    assert_eq!(app.audited("platform.auth.session_revoked").len(), 1);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_and_no_token_on_every_node() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let (browser, bystander) = (app.cookie_operator().await, app.operator().await);
    let elsewhere = app.anonymous().signed_in(&browser.email, PASSWORD).await.at(second.address);
    let program = browser.program(&["platform.ops.view"]).await;

    let answer = browser.logout_everywhere().await.assert_status(204);

    assert!(answer.header("set-cookie").is_some_and(|cookie| cookie.starts_with("tenantatlas_system=;")));
    browser.me().await.assert_problem(401, "unauthenticated");
    elsewhere.me().await.assert_problem(401, "unauthenticated");
    program.me().await.assert_status(200);
    bystander.me().await.assert_status(200);
}

#[tokio::test]
async fn users_have_the_same_in_their_plane() {
    let app = TestApp::start().await;
    let user = app.user().await;
    let elsewhere = app.anonymous().signed_in_as_user(&user.email, PASSWORD).await;

    let items = user.list_user_sessions().await.assert_status(200).body["items"].clone();
    user.revoke_user_session(items[0]["id"].as_str().unwrap()).await.assert_status(204);
    elsewhere.user_me().await.assert_problem(401, "unauthenticated");
    user.user_logout_everywhere().await.assert_status(204);

    user.user_me().await.assert_problem(401, "unauthenticated");
    assert_eq!((items.as_array().unwrap().len(), app.audited("tenant.auth.sessions_revoked").len()), (2, 1));
}
