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

    from(&behind, "203.0.113.1:4711").login("a@example.com", PASSWORD).await.assert_problem(429, "too-many-attempts");
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
    let audited = app.rows("SELECT ip FROM audit_logs ORDER BY id");
    let audited: Vec<&str> = audited.iter().map(|row| row["ip"].as_str().unwrap()).collect();
    assert_eq!(audited, ["2001:db8:1:2::1", "2001:db8:1:2:ffff::1", "2001:db8:1:3::1"], "the first of each, by its own address");
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

/// Outcome, account, address and count of each audit row, the oldest first.
fn audited(app: &TestApp) -> Vec<(String, String, Option<String>, i64)> {
    let rows = app.rows("SELECT outcome, actor_label, ip, metadata FROM audit_logs ORDER BY id");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let of = |row: &serde_json::Value| {
        let count = row["metadata"]["count"].as_i64().unwrap();
        (text(&row["outcome"]), text(&row["actor_label"]), row["ip"].as_str().map(ToOwned::to_owned), count)
    };
    rows.iter().map(of).collect()
}

/// Puts the clock on the beginning of a minute, so that no test is cut in two by its end.
fn on_the_minute(app: &TestApp) {
    app.clock().set("2027-01-10T12:00:00Z");
}

#[tokio::test]
async fn refusals_of_a_minute_are_audited_at_once_and_the_others_together_when_it_is_over() {
    let app = TestApp::start().await;
    on_the_minute(&app);
    let visitor = app.anonymous();
    let (email, here) = ("nobody@example.com", Some("127.0.0.1".to_owned()));
    let row = |outcome: &str, count: i64| (outcome.to_owned(), email.to_owned(), here.clone(), count);

    attempt(&visitor, email, 10).await;
    for _ in 0..25 {
        visitor.login(email, PASSWORD).await.assert_status(429);
    }
    app.sweep().await;
    assert_eq!(audited(&app), [row("failed", 1), row("blocked", 1)], "the minute is not over");

    app.clock().advance(Duration::from_secs(60));
    app.sweep().await;
    app.sweep().await;

    assert_eq!(audited(&app), [row("failed", 1), row("blocked", 1), row("failed", 9), row("blocked", 24)]);
    let summary = "Sign-in refused 24 more times within a minute: too many attempts.";
    assert_eq!(app.value("SELECT summary FROM audit_logs ORDER BY id DESC LIMIT 1"), summary);
    assert_eq!(app.value("SELECT count(*) FROM sign_in_refusals"), 0);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_has_ten_in_audit_and_the_others_as_one() {
    let app = TestApp::start().await;
    on_the_minute(&app);
    let visitor = app.anonymous();
    for number in 0..25 {
        visitor.login(&format!("user{number}@example.com"), "x").await.assert_status(401);
    }
    // An account that has a row goes on to be counted there.
    visitor.login("user0@example.com", "x").await.assert_status(401);

    app.clock().advance(Duration::from_secs(60));
    app.sweep().await;

    let rows = audited(&app);
    let here = Some("127.0.0.1".to_owned());
    assert_eq!(rows.len(), 13, "{rows:?}");
    let named = (0..10).map(|number| format!("user{number}@example.com")).chain(["user10@example.com".to_owned()]);
    assert!(named.eq(rows[..11].iter().map(|row| row.1.clone())), "the first of those who share a row is named: {rows:?}");
    let mut counted = rows[11..].to_vec();
    counted.sort();
    let row = |label: &str, count: i64| ("failed".to_owned(), label.to_owned(), here.clone(), count);
    assert_eq!(counted, [row("other accounts", 14), row("user0@example.com", 1)]);
}

#[tokio::test]
async fn many_addresses_cannot_hide_an_attack_on_an_account_that_exists() {
    let app = TestApp::builder().setting("TENANTATLAS_TRUSTED_PROXIES", "127.0.0.0/8").start().await;
    on_the_minute(&app);
    let (_, email) = app.create_operator(&[]);
    let from = |number: usize| app.anonymous().with_header("x-forwarded-for", &format!("203.0.113.{number}"));
    app.execute(
        "INSERT INTO sign_in_refusals (plane, kind, minute, address, account) \
         SELECT 'admin', 'failed', date_trunc('minute', db_now()), '198.51.100.' || n, '' FROM generate_series(1, 100) n",
    );
    for number in 0..3 {
        from(number).login("nobody@example.com", "x").await.assert_status(401);
        from(number).login(&email, "x").await.assert_status(401);
    }

    app.clock().advance(Duration::from_secs(60));
    app.sweep().await;

    let mut counted = audited(&app).split_off(2);
    counted.sort();
    let row = |label: &str| ("failed".to_owned(), label.to_owned(), None, 2);
    assert_eq!(counted, [row(&email), row("other accounts")]);
}
