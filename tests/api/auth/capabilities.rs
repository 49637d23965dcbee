//! Capabilities and accounts change at once for sessions that are open.

use super::administer;
use support::TestApp;
use tenantatlas::auth::operators;

const OPS_VIEW: &str = "platform.ops.view";

#[tokio::test]
async fn a_revoked_capability_is_gone_at_once_and_a_granted_one_there() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&[OPS_VIEW]).await;
    let names = [OPS_VIEW.to_owned()];
    operator.list_runs("").await.assert_status(200);

    administer(&app, |ctx, permit, conn| operators::revoke(ctx, permit, conn, &operator.email, &names));
    let refused = operator.list_runs("").await.assert_problem(403, "capability-missing");
    administer(&app, |ctx, permit, conn| operators::grant(ctx, permit, conn, &operator.email, &names));

    assert_eq!(refused.body["capability"], OPS_VIEW);
    operator.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn a_deactivated_operators_sessions_die_at_once() {
    let app = TestApp::start().await;
    let operator = app.operator().await;

    administer(&app, |ctx, permit, conn| operators::deactivate(ctx, permit, conn, &operator.email));

    operator.me().await.assert_problem(401, "unauthenticated");
    operator.list_tenants("").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_works_from_then_on() {
    let app = TestApp::start().await;
    let operator = app.operator().await;

    administer(&app, |ctx, permit, conn| operators::set_password(ctx, permit, conn, &operator.email, "another good password"));

    operator.me().await.assert_status(401);
    app.anonymous().login(&operator.email, support::app::PASSWORD).await.assert_problem(401, "invalid-credentials");
    app.anonymous().login(&operator.email, "another good password").await.assert_status(200);
}
