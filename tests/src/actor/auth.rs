//! Signing in and out.

use super::{ADMIN, Actor, Credential, SYSTEM};
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
