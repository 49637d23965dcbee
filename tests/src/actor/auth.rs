//! Signing in and out.

use super::{Actor, Credential, SYSTEM};
use crate::response::Response;
use reqwest::Method;
use serde_json::json;

/// Name of the cookie of the system plane.
pub const COOKIE: &str = "tenantatlas_system";

impl Actor {
    /// `login`
    pub async fn login(&self, email: &str, password: &str) -> Response {
        self.post_system("/auth/login", &json!({ "email": email, "password": password })).await
    }

    /// `issue_token`
    pub async fn issue_token(&self, email: &str, password: &str) -> Response {
        self.post_system("/auth/token", &json!({ "email": email, "password": password })).await
    }

    /// `logout`
    pub async fn logout(&self) -> Response {
        self.send_text(Method::POST, &format!("{SYSTEM}/auth/logout"), None, "").await
    }

    /// `me`
    pub async fn me(&self) -> Response {
        self.get_system("/auth/me").await
    }

    /// This caller after signing in with a bearer token.
    pub async fn signed_in(&self, email: &str, password: &str) -> Self {
        let answer = self.issue_token(email, password).await.assert_status(200);
        let token = answer.body["access_token"].as_str().expect("a token");
        self.with_credential(Credential::Bearer(token.to_owned()))
    }

    /// This caller after signing in with a cookie, as a browser does.
    pub async fn signed_in_with_cookie(&self, email: &str, password: &str) -> Self {
        let answer = self.login(email, password).await.assert_status(200);
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        self.with_credential(Credential::Cookie(cookie.to_owned()))
    }
}
