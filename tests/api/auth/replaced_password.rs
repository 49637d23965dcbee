//! What ends when a password is replaced, in both planes (ACC-08).

use super::administer;
use diesel::connection::SimpleConnection;
use serde_json::json;
use support::TestApp;
use support::actor::Credential;
use support::app::PASSWORD;
use support::cli::run;
use tenantatlas::auth::{Permit, operators, users};
use tenantatlas::context::Ctx;
use tokio::task::JoinSet;

const NEW_PASSWORD: &str = "another password altogether";

#[tokio::test]
async fn sessions_and_api_tokens_of_the_account_end_and_nobody_elses() {
    let app = TestApp::start().await;
    let (operator, bystander) = (app.operator().await, app.operator().await);
    let (program, other_program) =
        (operator.program(&["platform.ops.view"]).await, bystander.program(&["platform.ops.view"]).await);
    let user = app.member(&app.tenant("Contoso"), "readonly").await;
    let user_program = user.program(&["tenant.view"]).await;

    administer(&app, |ctx, permit, conn| operators::set_password(ctx, permit, conn, &operator.email, NEW_PASSWORD));
    administer(&app, |ctx, permit, conn| users::set_password(ctx, permit, conn, &user.email, NEW_PASSWORD));

    operator.me().await.assert_problem(401, "unauthenticated");
    program.me().await.assert_problem(401, "unauthenticated");
    user.user_me().await.assert_problem(401, "unauthenticated");
    user_program.user_me().await.assert_problem(401, "unauthenticated");
    bystander.me().await.assert_status(200);
    other_program.me().await.assert_status(200);
}

/// On the command line, beside whatever else goes on.
async fn replace_password(app: &TestApp, email: &str) {
    let (database_url, email) = (app.database_url().to_owned(), email.to_owned());
    let work = move || run(&database_url, &["operator", "set-password", "--password-stdin", "--email", &email], NEW_PASSWORD);
    tokio::task::spawn_blocking(work).await.unwrap().assert_code(0);
}

#[tokio::test]
async fn who_signs_in_with_the_old_password_meanwhile_is_not_in_afterwards() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        let (_, email) = app.create_operator(&[]);
        let mut attempts = JoinSet::new();
        for _ in 0..8 {
            let (visitor, email) = (app.anonymous(), email.clone());
            attempts.spawn(async move { visitor.issue_token(&email, PASSWORD).await });
        }

        replace_password(&app, &email).await;

        for answer in attempts.join_all().await {
            if answer.status == 200 {
                let token = answer.body["access_token"].as_str().unwrap().to_owned();
                app.anonymous().with_credential(Credential::Bearer(token)).me().await.assert_problem(401, "unauthenticated");
            } else {
                answer.assert_problem(401, "invalid-credentials");
            }
        }
    }
}

#[tokio::test]
async fn who_is_making_a_token_meanwhile_gets_none() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut holder = app.db();
    holder.batch_execute("BEGIN; SELECT FROM platform_users FOR UPDATE").unwrap();
    let maker = operator.clone();
    let body = json!({ "name": "Later", "capabilities": ["platform.ops.view"] });
    let made = tokio::spawn(async move { maker.create_api_token(&body).await });
    app.wait_for_waiters(1).await;

    operators::set_password(&Ctx::system(), &Permit::system("test"), &mut holder, &operator.email, NEW_PASSWORD).unwrap();
    holder.batch_execute("COMMIT").unwrap();

    made.await.unwrap().assert_problem(401, "unauthenticated");
    assert_eq!(app.value("SELECT count(*) FROM api_tokens"), 0);
}
