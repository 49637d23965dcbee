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
async fn all_credentials_of_one_person_together_may_ask_four_times_as_much_as_one() {
    let app = limited("5").await;
    let operator = app.operator().await;
    let mut programs = Vec::new();
    for _ in 0..4 {
        programs.push(operator.program(&["platform.ops.view"]).await);
    }

    // Making them took four of twenty. On a slow machine one or other is given back meanwhile.
    let (mut answered, mut refused) = (0, Vec::new());
    for program in programs.iter().flat_map(|program| [program; 5]) {
        let answer = program.list_runs("").await;
        if answer.status == 200 { answered += 1 } else { refused.push(answer) }
    }

    assert!((16..20).contains(&answered), "{answered} were answered");
    let refused = refused.remove(0).assert_problem(429, "too-many-requests");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("More than 20 requests with all your credentials in a minute."), "{detail}");
}

#[tokio::test]
async fn all_users_of_one_tenant_together_may_ask_as_much_as_two_pages() {
    let app = limited("3").await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let mut pages = Vec::new();
    for _ in 0..3 {
        pages.push(app.cookie_member(&tenant, "readonly").await);
    }
    app.set_membership(pages[2].id, &other, "readonly");

    for page in pages[..2].iter().flat_map(|page| [page; 30]) {
        page.list_findings(tenant.id, "").await.assert_status(200);
    }
    let mut answer = pages[2].list_findings(tenant.id, "").await;
    // On a slow machine one or other is given back meanwhile.
    for _ in 0..20 {
        if answer.status == 200 {
            answer = pages[2].list_findings(tenant.id, "").await;
        }
    }

    let refused = answer.assert_problem(429, "too-many-requests");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("More than 60 requests of all users of this tenant in a minute."), "{detail}");
    pages[2].list_findings(other.id, "").await.assert_status(200);
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
