//! One request: to the address that was judged, no further, and without a look at the body of the answer.

use super::{Failure, is_of_tls};
use crate::alerts::Outbox;
use crate::alerts::reason::{self, Reason};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, Url};
use std::error::Error as _;

/// Posts JSON; the status of an answer that accepts it.
pub(super) async fn post(outbox: &Outbox, url: &str, body: Vec<u8>, mut headers: HeaderMap) -> Result<u16, Failure> {
    let url = Url::parse(url).map_err(|_| reason::NAME_NOT_FOUND)?;
    let host = url.host_str().ok_or(reason::NAME_NOT_FOUND)?;
    let addresses = outbox.policy.resolve(host, url.port_or_known_default().unwrap_or(443)).await?;
    let client = Client::builder()
        .tls_backend_preconfigured((*outbox.tls).clone())
        .resolve_to_addrs(host, &addresses)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .user_agent(concat!("TenantAtlas/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| reason::TLS_FAILED)?;
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let answer = client.post(url).headers(headers).body(body).send().await.map_err(|error| sort(&error))?;
    // The body is never read: the connection ends with the answer.
    judge(answer.status().as_u16())
}

fn judge(status: u16) -> Result<u16, Failure> {
    let reason = match status {
        200..=299 => return Ok(status),
        300..=399 => reason::REDIRECTED,
        408 | 425 | 429 | 500..=599 => reason::HTTP_BUSY,
        400..=499 => reason::HTTP_REFUSED,
        _ => reason::BAD_ANSWER,
    };
    Err(Failure { reason, status: Some(status) })
}

/// What kept an answer away, by the kinds of the causes; nothing of their text is kept.
fn sort(error: &reqwest::Error) -> Reason {
    if error.is_timeout() {
        return reason::TIMED_OUT;
    }
    let mut reason = reason::CONNECTION_FAILED;
    let mut cause = error.source();
    while let Some(inner) = cause {
        if is_of_tls(inner) {
            return reason::TLS_FAILED;
        }
        // The receiver spoke, and not HTTP.
        if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            reason = reason::BAD_ANSWER;
        }
        cause = inner.source();
    }
    reason
}
