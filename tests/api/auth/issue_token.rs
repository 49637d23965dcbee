//! `POST /auth/token`

use support::TestApp;
use support::actor::Credential;
use support::app::PASSWORD;

#[tokio::test]
async fn a_token_is_good_for_an_hour_and_sets_no_cookie() {
    let app = TestApp::start().await;
    let (id, email) = app.create_operator(&["platform.access_system_panel"]);

    let answer = app.anonymous().issue_token(&email, PASSWORD).await.assert_status(200);

    assert_eq!((&answer.body["token_type"], &answer.body["expires_in"]), (&"Bearer".into(), &3600.into()));
    assert_eq!(answer.header("set-cookie"), None);
    let token = answer.body["access_token"].as_str().unwrap().to_owned();
    let me = app.anonymous().with_credential(Credential::Bearer(token)).me().await.assert_status(200);
    assert_eq!(me.body["operator"]["id"], id);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_way_to_sign_in_is_named() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&[]);

    let answer = app.anonymous().issue_token(&email, "not the password").await.assert_problem(401, "invalid-credentials");

    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"tenantatlas\""));
}

#[tokio::test]
async fn a_forged_or_foreign_token_is_no_credential() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut forged = operator.token().to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    let elsewhere = TestApp::start().await;
    let foreign = elsewhere.operator().await.token().to_owned();
    for token in [forged.as_str(), foreign.as_str(), "", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
        let caller = operator.with_credential(Credential::Bearer(token.to_owned()));
        caller.me().await.assert_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_token_works_at_every_server_of_the_database() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let second = app.second_server().await;

    operator.at(second.address).me().await.assert_status(200);
}
