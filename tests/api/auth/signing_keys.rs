//! `tenantatlas keys`: rotation signs nobody out, and what is taken away is worthless.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use std::time::Duration;
use support::TestApp;
use support::app::PASSWORD;
use support::cli::{command, run};

const HOUR: Duration = Duration::from_secs(3600);

fn keys(app: &TestApp) -> Value {
    run(app.database_url(), &["keys", "list", "--json"], "").assert_code(0).json()
}

fn rotate(app: &TestApp) -> Value {
    run(app.database_url(), &["keys", "rotate", "--json"], "").assert_code(0).json()
}

/// The part of a session's token that names its key.
fn header_of(token: &str) -> String {
    token.split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_key_signs_at_once_on_every_node_and_nobody_is_signed_out() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let (before, program) = (app.operator().await, app.operator().await.program(&["platform.ops.view"]).await);

    assert_eq!(rotate(&app)["signs"], true);

    let after = app.anonymous().signed_in(&before.email, PASSWORD).await;
    let other = app.anonymous().at(second.address).signed_in(&before.email, PASSWORD).await;
    assert_ne!(header_of(before.token()), header_of(after.token()));
    assert_eq!(header_of(after.token()), header_of(other.token()));
    for at in [app.server().address, second.address] {
        for caller in [&before, &after, &other, &program] {
            caller.at(at).me().await.assert_status(200);
        }
    }
    assert_eq!(app.audited("platform.signing_keys.rotated").len(), 1);
}

#[tokio::test]
async fn rotations_under_load_refuse_nobody() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let operator = app.operator().await;
    let program = operator.program(&["platform.ops.view"]).await;
    let nodes = [app.server().address, second.address];
    for _ in 0..3 {
        let mut visits = tokio::task::JoinSet::new();
        let (anonymous, email) = (app.anonymous(), operator.email.clone());
        for visit in 0..8 {
            let (operator, program, anonymous, email) = (operator.clone(), program.clone(), anonymous.clone(), email.clone());
            visits.spawn(async move {
                // Sign-ins are limited; the other visitors use what they have.
                let signed_in = if visit < 2 { anonymous.at(nodes[visit]).signed_in(&email, PASSWORD).await } else { operator };
                for caller in [&signed_in, &program] {
                    for node in nodes {
                        caller.at(node).me().await.assert_status(200);
                    }
                }
            });
        }
        rotate(&app);
        visits.join_all().await;
        // After a minute the next use of a token hashes it under the newest key.
        app.clock().advance(Duration::from_secs(61));
    }
    assert_eq!(keys(&app).as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn old_keys_go_when_nothing_hangs_on_them() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let (used, unused) = (owner.program(&["platform.ops.view"]).await, owner.program(&["platform.ops.view"]).await);
    rotate(&app);

    app.clock().advance(14 * HOUR);
    app.anonymous().signed_in(&owner.email, PASSWORD).await;
    used.list_runs("").await.assert_status(200);
    app.sweep().await;
    assert_eq!((&keys(&app)[0]["api_tokens"], &keys(&app)[1]["api_tokens"]), (&json!(1), &json!(1)));
    unused.list_runs("").await.assert_status(200);
    app.sweep().await;

    assert_eq!(keys(&app).as_array().unwrap().len(), 1);
    used.list_runs("").await.assert_status(200);
    unused.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn a_key_taken_away_ends_what_it_signed() {
    let app = TestApp::start().await;
    let (signed, owner) = (app.operator().await, app.operator().await);
    let program = owner.program(&["platform.ops.view"]).await;
    let old = keys(&app)[0]["id"].as_str().unwrap().to_owned();
    run(app.database_url(), &["keys", "retire", &old], "").assert_code(2);
    run(app.database_url(), &["keys", "retire", "none"], "").assert_code(1);
    rotate(&app);

    run(app.database_url(), &["keys", "retire", &old], "").assert_code(0);
    program.me().await.assert_problem(401, "unauthenticated");

    // A node that signs looks at the keys; one that does not looks within a minute.
    let again = app.anonymous().signed_in(&signed.email, PASSWORD).await;
    signed.me().await.assert_problem(401, "unauthenticated");
    again.me().await.assert_status(200);
    assert_eq!(app.audited("platform.signing_keys.retired")[0]["metadata"]["api_tokens"], json!(1));
}

#[tokio::test]
async fn a_node_that_does_not_know_yet_that_a_key_was_taken_away_hashes_nothing_under_it() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let owner = app.operator().await;
    let program = owner.program(&["platform.ops.view"]).await;
    let between = rotate(&app)["id"].as_str().unwrap().to_owned();
    // From here on the second node takes this key for the one that signs.
    app.anonymous().at(second.address).signed_in(&owner.email, PASSWORD).await;
    rotate(&app);
    run(app.database_url(), &["keys", "retire", &between], "").assert_code(0);

    program.at(second.address).me().await.assert_status(200);

    app.anonymous().signed_in(&owner.email, PASSWORD).await;
    program.me().await.assert_status(200);
}

#[tokio::test]
async fn a_token_that_is_made_while_its_key_is_taken_away_is_told_to_be_revoked() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let old = keys(&app)[0]["id"].as_str().unwrap().to_owned();
    let mut holder = app.db();
    holder.batch_execute("BEGIN; SELECT FROM platform_users FOR UPDATE").unwrap();
    let maker = owner.clone();
    let body = json!({ "name": "Program", "capabilities": ["platform.ops.view"] });
    let made = tokio::spawn(async move { maker.create_api_token(&body).await });
    app.wait_for_waiters(1).await;
    rotate(&app);

    let (url, key) = (app.database_url().to_owned(), old.clone());
    let retired = tokio::task::spawn_blocking(move || run(&url, &["keys", "retire", &key], ""));
    app.wait_for_waiters(2).await;
    holder.batch_execute("COMMIT").unwrap();

    made.await.unwrap().assert_status(201);
    retired.await.unwrap().assert_code(0);
    let token = owner.list_api_tokens("").await.assert_status(200).body["items"][0].clone();
    assert_eq!(token["state"], "revoked", "{token}");
    assert_eq!(app.audited("platform.signing_keys.retired")[0]["metadata"]["api_tokens"], json!(1));
}

#[tokio::test]
async fn keys_of_the_setting_are_not_rotated_here() {
    let app = TestApp::start().await;
    let setting = format!("one:{}", "ab".repeat(32));
    let ended = command(app.database_url()).env("TENANTATLAS_SIGNING_KEYS", setting).args(["keys", "rotate"]).output().unwrap();

    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("restart every node"));
}
