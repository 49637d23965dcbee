//! Writes with a cookie come from the product's own pages only.

use support::{Actor, TestApp};

async fn refused(caller: &Actor) {
    caller.logout().await.assert_problem(403, "cross-origin");
}

#[tokio::test]
async fn a_write_with_a_cookie_from_another_origin_is_refused() {
    let app = TestApp::start().await;
    let browser = app.cookie_operator().await;

    refused(&browser.with_header("sec-fetch-site", "cross-site")).await;
    refused(&browser.with_header("sec-fetch-site", "same-site")).await;
    refused(&browser.with_header("origin", "https://evil.example.com")).await;
    refused(&browser.with_header("origin", "null")).await;

    browser.me().await.assert_status(200);
}

#[tokio::test]
async fn a_write_with_a_cookie_from_the_same_origin_is_done() {
    let app = TestApp::start().await;
    let origin = format!("http://{}", app.server().address);
    for (name, value) in [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", origin.as_str())] {
        let browser = app.cookie_operator().await.with_header(name, value);
        browser.logout().await.assert_status(204);
    }
}

#[tokio::test]
async fn reading_and_bearer_tokens_are_not_asked_where_they_come_from() {
    let app = TestApp::start().await;
    let browser = app.cookie_operator().await.with_header("sec-fetch-site", "cross-site");
    let integrator = app.operator().await.with_header("sec-fetch-site", "cross-site");

    browser.me().await.assert_status(200);
    integrator.logout().await.assert_status(204);
}

#[tokio::test]
async fn signing_in_from_another_origin_is_refused() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous().with_header("sec-fetch-site", "cross-site");

    visitor.login(&email, support::app::PASSWORD).await.assert_problem(403, "cross-origin");
}
