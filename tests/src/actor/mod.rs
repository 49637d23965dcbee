//! Somebody who calls the API: one method an operation, in one file a slice. The credential goes along by itself.

pub mod alerts;
mod audit;
pub mod auth;
pub mod controls;
mod dashboard;
mod events;
mod findings;
mod notifications;
mod process;
pub mod runbooks;
mod runs;
mod telemetry;
mod tenancy;

pub use events::{Event, Events};

use crate::contract;
use crate::response::Response;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// Where the system plane begins.
pub const SYSTEM: &str = "/api/v1/system";
/// Where the tenant plane begins.
pub const ADMIN: &str = "/api/v1/admin";

/// What a caller shows.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Nothing.
    None,
    /// `Authorization: Bearer`.
    Bearer(String),
    /// The cookie of a browser, as `name=value`.
    Cookie(String),
}

/// A caller of one server.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Row id; 0 for somebody without an account.
    pub id: i64,
    /// E-mail address; empty for somebody without an account.
    pub email: String,
    /// What they show.
    pub credential: Credential,
    base: String,
    client: Client,
    headers: Vec<(String, String)>,
}

impl Actor {
    /// Somebody without a credential.
    pub fn anonymous(address: SocketAddr) -> Self {
        // The product names its provider of cryptography to each client of its own; this one takes what the process has.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A server closes connections that were idle for some seconds; a test that did something else meanwhile would not notice.
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).pool_idle_timeout(Duration::from_secs(1));
        // Nothing here is encrypted, and reading the machine's certificates is most of what a client costs.
        let client = client.tls_certs_only([]).build().expect("a client");
        let base = format!("http://{address}");
        Self { id: 0, email: String::new(), credential: Credential::None, base, client, headers: Vec::new() }
    }

    pub(crate) fn known_as(self, id: i64, email: String) -> Self {
        Self { id, email, ..self }
    }

    /// The same caller with another credential.
    pub fn with_credential(&self, credential: Credential) -> Self {
        Self { credential, ..self.clone() }
    }

    /// The same caller at another server.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { base: format!("http://{address}"), ..self.clone() }
    }

    /// The same caller sending a further header, as `Idempotency-Key`.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut actor = self.clone();
        actor.headers.push((name.to_owned(), value.to_owned()));
        actor
    }

    /// The token of the credential, whichever way it is sent.
    pub fn token(&self) -> &str {
        match &self.credential {
            Credential::None => "",
            Credential::Bearer(token) => token,
            Credential::Cookie(cookie) => cookie.split_once('=').map_or("", |(_, value)| value),
        }
    }

    /// Any request at all; `path` begins at the root.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        request = match &self.credential {
            Credential::None => request,
            Credential::Bearer(token) => request.header("authorization", format!("Bearer {token}")),
            Credential::Cookie(cookie) => request.header("cookie", cookie),
        };
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// `GET` of a path below the root.
    pub async fn get(&self, path: &str) -> Response {
        send(self.request(Method::GET, path)).await
    }

    /// `POST` of JSON to a path below the root.
    pub async fn post(&self, path: &str, body: &Value) -> Response {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// A request with a body that is sent as it is.
    pub async fn send_text(&self, method: Method, path: &str, content_type: Option<&str>, body: &str) -> Response {
        let request = self.request(method, path).body(body.to_owned());
        send(content_type.iter().fold(request, |request, value| request.header("content-type", *value))).await
    }

    async fn get_system(&self, path: &str) -> Response {
        self.get(&format!("{SYSTEM}{path}")).await
    }

    async fn get_admin(&self, path: &str) -> Response {
        self.get(&format!("{ADMIN}{path}")).await
    }

    async fn post_admin(&self, path: &str, body: &Value) -> Response {
        self.post(&format!("{ADMIN}{path}"), body).await
    }

    async fn post_system(&self, path: &str, body: &Value) -> Response {
        self.post(&format!("{SYSTEM}{path}"), body).await
    }
}

async fn send(request: RequestBuilder) -> Response {
    let (client, request) = request.build_split();
    let request = request.expect("a request");
    let method = request.method().clone();
    let response = Response::read(client.execute(request).await.expect("an answer")).await;
    contract::assert_documented(&method, &response);
    response
}

/// A path with a query that may be empty.
fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
