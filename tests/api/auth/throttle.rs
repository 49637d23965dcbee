//! Ten attempts a minute for one client address and account (ACC-05).

use std::time::Duration;
use support::app::PASSWORD;
use support::{Actor, TestApp};

async fn attempt(actor: &Actor, email: &str, times: usize) {
    for _ in 0..times {
        actor.login(email, "not the password").await.assert_problem(401, "invalid-credentials");
    }
}

#[tokio::test]
async fn the_eleventh_attempt_in_a_minute_is_refused_even_with_the_right_password() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();
    attempt(&visitor, &email, 10).await;

    let refused = visitor.login(&email, PASSWORD).await.assert_problem(429, "too-many-attempts");

    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn waiting_as_long_as_it_says_is_enough() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();
    attempt(&visitor, &email, 10).await;
    let refused = visitor.login(&email, PASSWORD).await.assert_status(429);
    let seconds = refused.header("retry-after").unwrap().parse().unwrap();

    app.clock().advance(Duration::from_secs(seconds));

    visitor.login(&email, PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn the_count_is_one_for_both_ways_to_sign_in_and_all_servers_and_spellings() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let second = app.second_server().await;
    let (here, there) = (app.anonymous(), app.anonymous().at(second.address));
    attempt(&here, &email, 4).await;
    attempt(&there, &email.to_uppercase(), 3).await;
    for _ in 0..3 {
        there.issue_token(&format!(" {email}"), "not the password").await.assert_status(401);
    }

    here.login(&email, PASSWORD).await.assert_problem(429, "too-many-attempts");
    there.issue_token(&email, PASSWORD).await.assert_problem(429, "too-many-attempts");
}

#[tokio::test]
async fn many_attempts_at_once_do_not_slip_through() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();

    let attempts: Vec<_> = (0..15)
        .map(|_| {
            let (visitor, email) = (visitor.clone(), email.clone());
            tokio::spawn(async move { visitor.login(&email, "not the password").await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap());
    }

    statuses.sort_unstable();
    assert_eq!(statuses, [[401; 10].as_slice(), [429; 5].as_slice()].concat());
}

#[tokio::test]
async fn another_account_is_counted_for_itself_whether_it_exists_or_not() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();

    attempt(&visitor, "nobody@example.com", 10).await;

    visitor.login("nobody@example.com", PASSWORD).await.assert_problem(429, "too-many-attempts");
    visitor.login(&email, PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn successful_attempts_count_too() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();
    for _ in 0..10 {
        visitor.login(&email, PASSWORD).await.assert_status(200);
    }

    visitor.login(&email, PASSWORD).await.assert_problem(429, "too-many-attempts");
}

#[tokio::test]
async fn a_throttled_attempt_is_audited_without_the_password() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    attempt(&visitor, "nobody@example.com", 10).await;

    visitor.login("nobody@example.com", "the secret that was typed").await.assert_status(429);

    let rows = app.rows("SELECT * FROM audit_logs WHERE action = 'platform.auth.sign_in_throttled'");
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["outcome"], &rows[0]["actor_label"]), (&"blocked".into(), &"nobody@example.com".into()));
    assert!(!rows[0].to_string().contains("the secret that was typed"), "{}", rows[0]);
}

#[tokio::test]
async fn a_forwarded_address_counts_only_when_a_trusted_proxy_says_it() {
    let app = TestApp::start().await;
    let behind = TestApp::builder().setting("TENANTATLAS_TRUSTED_PROXIES", "127.0.0.0/8").start().await;
    let from = |app: &TestApp, address: &str| app.anonymous().with_header("x-forwarded-for", address);

    attempt(&from(&app, "203.0.113.1"), "a@example.com", 10).await;
    attempt(&from(&behind, "203.0.113.1"), "a@example.com", 10).await;

    from(&app, "203.0.113.2").login("a@example.com", PASSWORD).await.assert_problem(429, "too-many-attempts");
    from(&behind, "203.0.113.1").login("a@example.com", PASSWORD).await.assert_problem(429, "too-many-attempts");
    from(&behind, "203.0.113.2").login("a@example.com", PASSWORD).await.assert_problem(401, "invalid-credentials");
}

#[tokio::test]
async fn all_addresses_of_one_ipv6_network_count_as_one() {
    let app = TestApp::builder().setting("TENANTATLAS_TRUSTED_PROXIES", "127.0.0.0/8").start().await;
    let from = |address: &str| app.anonymous().with_header("x-forwarded-for", address);

    for number in 0..10 {
        from(&format!("2001:db8:1:2:{number}::1")).login("a@example.com", "x").await.assert_status(401);
    }

    from("2001:db8:1:2:ffff::1").login("a@example.com", PASSWORD).await.assert_problem(429, "too-many-attempts");
    from("2001:db8:1:3::1").login("a@example.com", PASSWORD).await.assert_problem(401, "invalid-credentials");
    assert_eq!(app.value("SELECT count(DISTINCT ip) FROM audit_logs"), 12, "each is audited with its own address");
}

#[tokio::test]
async fn what_a_client_writes_left_of_the_proxys_word_is_not_believed() {
    let app = TestApp::builder().setting("TENANTATLAS_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8").start().await;
    let forging = |address: &str| app.anonymous().with_header("x-forwarded-for", &format!("{address}, 203.0.113.9, 10.1.2.3"));

    for number in 0..10 {
        forging(&format!("198.51.100.{number}")).login("a@example.com", "x").await.assert_status(401);
    }

    forging("198.51.100.99").login("a@example.com", "x").await.assert_problem(429, "too-many-attempts");
    assert_eq!(app.value("SELECT DISTINCT ip FROM audit_logs"), "203.0.113.9");
}
