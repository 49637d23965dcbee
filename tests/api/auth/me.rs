//! `GET /auth/me`

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn somebody_signed_in_sees_who_they_are_and_what_they_may() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&["platform.ops.view", "platform.audit.view"]).await;

    let answer = operator.me().await.assert_status(200);

    assert_eq!(
        answer.body["operator"],
        json!({ "id": operator.id, "email": operator.email, "name": "Olga Operator",
                "capabilities": ["platform.access_system_panel", "platform.audit.view", "platform.ops.view"],
                "is_break_glass": false, "break_glass_expires_at": null })
    );
}

#[tokio::test]
async fn a_cookie_and_a_token_are_the_same_to_me() {
    let app = TestApp::start().await;

    let browser = app.cookie_operator().await;

    assert_eq!(browser.me().await.assert_status(200).body["operator"]["email"], browser.email);
}

#[tokio::test]
async fn without_a_credential_there_is_nobody() {
    let app = TestApp::start().await;

    app.anonymous().me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn that_nobody_is_signed_in_is_an_answer_where_it_is_asked_for_in_either_plane() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let user = app.member(&app.tenant("Contoso"), "readonly").await;
    for (path, holder, other) in [("/api/v1/system/auth/me", &operator, &user), ("/api/v1/admin/auth/me", &user, &operator)] {
        let optional = format!("{path}?optional=true");
        let nobody = app.anonymous().get(&optional).await.assert_status(204);
        assert_eq!(nobody.text, "");
        assert_eq!(holder.get(&optional).await.assert_status(200).body, holder.get(path).await.body);
        other.get(&optional).await.assert_problem(404, "not-found");
        app.anonymous().get(&format!("{path}?optional=false")).await.assert_problem(401, "unauthenticated");
        app.anonymous().get(&format!("{path}?optional=maybe")).await.assert_problem(422, "validation-failed");
    }
}
