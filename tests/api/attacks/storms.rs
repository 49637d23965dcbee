//! Very many at once.

use support::TestApp;

/// Guessing at one account is slowed down; guessing at many keeps nobody else out, and tells nothing.
#[tokio::test]
async fn a_storm_of_sign_ins_gets_refusals_only_and_keeps_nobody_out() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);
    let visitor = app.anonymous();
    let one = (0..40).map(|_| {
        let (visitor, email) = (visitor.clone(), email.clone());
        tokio::spawn(async move { visitor.login(&email, "guess").await.status })
    });
    let many = (0..40).map(|number| {
        let visitor = visitor.clone();
        tokio::spawn(async move { visitor.login(&format!("nobody{number}@example.com"), "guess").await.status })
    });
    let storm: Vec<_> = one.chain(many).collect();

    app.operator().await.get("/api/v1/system/auth/me").await.assert_status(200);

    let mut of_one = Vec::new();
    for (number, attempt) in storm.into_iter().enumerate() {
        let status = attempt.await.unwrap();
        // Who waits for a connection for two seconds is told to come back.
        assert!([401, 429, 503].contains(&status), "{status}");
        if number < 40 {
            of_one.push(status);
        } else {
            assert_ne!(status, 429, "an account was kept out by others");
        }
    }
    assert!(of_one.iter().filter(|status| **status == 401).count() <= 10, "{of_one:?}");
    assert!(of_one.contains(&429), "{of_one:?}");
}
