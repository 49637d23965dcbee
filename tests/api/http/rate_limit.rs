//! How much a caller may ask of a node.

use support::app::PASSWORD;
use support::{Response, TestApp};

async fn limited(per_minute: &str) -> TestApp {
    TestApp::builder().setting("TENANTATLAS_RATE_LIMIT", per_minute).start().await
}

fn number(answer: &Response, header: &str) -> u64 {
    answer.header(header).unwrap_or_else(|| panic!("no {header}: {}", answer.text)).parse().unwrap()
}

#[tokio::test]
async fn a_program_is_told_what_is_left_and_refused_when_nothing_is() {
    let app = limited("5").await;
    let operator = app.operator().await;

    for left in (0..5).rev() {
        let answer = operator.me().await.assert_status(200);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"minute\";q=5;w=60"));
        assert_eq!(answer.header("ratelimit"), Some(format!("\"minute\";r={left};t={}", (5 - left) * 12).as_str()));
    }
    let refused = operator.me().await.assert_problem(429, "too-many-requests");

    assert!((1..=13).contains(&number(&refused, "retry-after")), "{}", refused.text);
    operator.logout().await.assert_problem(429, "too-many-requests");
    app.operator().await.me().await.assert_status(200);
}

#[tokio::test]
async fn each_token_counts_by_itself_and_a_refusal_tells_what_is_left_too() {
    let app = limited("5").await;
    let operator = app.operator().await;
    let (one, other) = (operator.program(&["platform.ops.view"]).await, operator.program(&["platform.ops.view"]).await);

    for _ in 0..5 {
        let refused = one.list_controls().await.assert_problem(403, "capability-missing");
        assert!(refused.header("ratelimit").is_some());
    }

    one.list_runs("").await.assert_problem(429, "too-many-requests");
    other.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn a_page_may_ask_ten_times_as_much() {
    let app = limited("2").await;
    let browser = app.cookie_operator().await;

    // On a slow machine one or other is given back meanwhile.
    let mut answered = 0;
    while answered < 60 && browser.me().await.status == 200 {
        answered += 1;
    }

    assert!((20..60).contains(&answered), "{answered} were answered");
}

#[tokio::test]
async fn whoever_shows_nothing_good_counts_by_their_address() {
    let app = limited("3").await;
    let (_, email) = app.create_operator(&[]);

    for _ in 0..3 {
        app.anonymous().me().await.assert_problem(401, "unauthenticated");
    }

    app.anonymous().login(&email, PASSWORD).await.assert_problem(429, "too-many-requests");
    app.anonymous().get("/healthz").await.assert_status(200);
}

#[tokio::test]
async fn without_a_limit_nothing_is_counted() {
    let app = limited("off").await;

    let answer = app.operator().await.me().await.assert_status(200);

    assert_eq!(answer.header("ratelimit"), None);
}
