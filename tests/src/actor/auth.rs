//! Signing in and out.

use super::{ADMIN, Actor, Credential, SYSTEM, with_query};
use crate::response::Response;
use reqwest::Method;
use serde_json::{Value, json};

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

    /// `user_login`
    pub async fn user_login(&self, email: &str, password: &str) -> Response {
        self.post_admin("/auth/login", &json!({ "email": email, "password": password })).await
    }

    /// `user_token`
    pub async fn user_token(&self, email: &str, password: &str) -> Response {
        self.post_admin("/auth/token", &json!({ "email": email, "password": password })).await
    }

    /// `user_logout`
    pub async fn user_logout(&self) -> Response {
        self.send_text(Method::POST, &format!("{ADMIN}/auth/logout"), None, "").await
    }

    /// `user_me`
    pub async fn user_me(&self) -> Response {
        self.get_admin("/auth/me").await
    }

    /// `create_api_token`
    pub async fn create_api_token(&self, body: &Value) -> Response {
        self.post_system("/auth/api-tokens", body).await
    }

    /// `list_api_tokens`
    pub async fn list_api_tokens(&self, query: &str) -> Response {
        self.get_system(&with_query("/auth/api-tokens", query)).await
    }

    /// `list_token_capabilities`
    pub async fn list_token_capabilities(&self) -> Response {
        self.get_system("/auth/token-capabilities").await
    }

    /// `list_user_token_capabilities`
    pub async fn list_user_token_capabilities(&self) -> Response {
        self.get_admin("/auth/token-capabilities").await
    }

    /// `revoke_api_token`
    pub async fn revoke_api_token(&self, id: i64) -> Response {
        self.send_text(Method::DELETE, &format!("{SYSTEM}/auth/api-tokens/{id}"), None, "").await
    }

    /// `list_sessions`
    pub async fn list_sessions(&self) -> Response {
        self.get_system("/auth/sessions").await
    }

    /// `revoke_session`
    pub async fn revoke_session(&self, id: &str) -> Response {
        self.send_text(Method::DELETE, &format!("{SYSTEM}/auth/sessions/{id}"), None, "").await
    }

    /// `logout_everywhere`
    pub async fn logout_everywhere(&self) -> Response {
        self.send_text(Method::POST, &format!("{SYSTEM}/auth/logout-everywhere"), None, "").await
    }

    /// `list_user_sessions`
    pub async fn list_user_sessions(&self) -> Response {
        self.get_admin("/auth/sessions").await
    }

    /// `revoke_user_session`
    pub async fn revoke_user_session(&self, id: &str) -> Response {
        self.send_text(Method::DELETE, &format!("{ADMIN}/auth/sessions/{id}"), None, "").await
    }

    /// `user_logout_everywhere`
    pub async fn user_logout_everywhere(&self) -> Response {
        self.send_text(Method::POST, &format!("{ADMIN}/auth/logout-everywhere"), None, "").await
    }

    /// `open_break_glass`
    pub async fn open_break_glass(&self, reason: &str, minutes: i64) -> Response {
        self.post_system("/auth/break-glass", &json!({ "reason": reason, "minutes": minutes })).await
    }

    /// `end_break_glass`
    pub async fn end_break_glass(&self) -> Response {
        self.send_text(Method::DELETE, &format!("{SYSTEM}/auth/break-glass"), None, "").await
    }

    /// `create_user_api_token`
    pub async fn create_user_api_token(&self, body: &Value) -> Response {
        self.post_admin("/auth/api-tokens", body).await
    }

    /// `list_user_api_tokens`
    pub async fn list_user_api_tokens(&self, query: &str) -> Response {
        self.get_admin(&with_query("/auth/api-tokens", query)).await
    }

    /// `revoke_user_api_token`
    pub async fn revoke_user_api_token(&self, id: i64) -> Response {
        self.send_text(Method::DELETE, &format!("{ADMIN}/auth/api-tokens/{id}"), None, "").await
    }

    /// A program of this caller, with an API token made for these capabilities.
    pub async fn program(&self, capabilities: &[&str]) -> Self {
        let body = json!({ "name": "Program", "capabilities": capabilities });
        let is_user = self.email.starts_with("user");
        let answer = if is_user { self.create_user_api_token(&body).await } else { self.create_api_token(&body).await };
        let secret = answer.assert_status(201).body["secret"].as_str().expect("a secret").to_owned();
        self.with_credential(Credential::Bearer(secret))
    }

    /// This caller after signing in to the tenant plane with a bearer token.
    pub async fn signed_in_as_user(&self, email: &str, password: &str) -> Self {
        self.bearing(&self.user_token(email, password).await)
    }

    /// This caller after signing in to the tenant plane with a cookie, as a browser does.
    pub async fn signed_in_as_user_with_cookie(&self, email: &str, password: &str) -> Self {
        self.keeping(&self.user_login(email, password).await)
    }

    /// This caller after signing in with a bearer token.
    pub async fn signed_in(&self, email: &str, password: &str) -> Self {
        self.bearing(&self.issue_token(email, password).await)
    }

    /// This caller after signing in with a cookie, as a browser does.
    pub async fn signed_in_with_cookie(&self, email: &str, password: &str) -> Self {
        self.keeping(&self.login(email, password).await)
    }

    /// This caller with the token of an answer.
    fn bearing(&self, answer: &Response) -> Self {
        let token = answer.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {}", answer.text));
        self.with_credential(Credential::Bearer(token.to_owned()))
    }

    /// This caller with the cookie of an answer.
    fn keeping(&self, answer: &Response) -> Self {
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.unwrap_or_else(|| panic!("no cookie: {}", answer.text));
        self.with_credential(Credential::Cookie(cookie.to_owned()))
    }
}
