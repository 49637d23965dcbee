//! The generic webhook: a signed JSON document.

use super::signature::{DELIVERY, SIGNATURE, TIMESTAMP, sign};
use super::{Failure, http};
use crate::alerts::Outbox;
use crate::alerts::notice::Notice;
use crate::alerts::reason;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

/// Sends it; `timestamp` is the product's clock as the attempt began.
pub(super) async fn send(
    outbox: &Outbox,
    url: &str,
    secret: &str,
    (notice, attempt, timestamp): (&Notice, i32, i64),
) -> Result<u16, Failure> {
    let body = document(notice, attempt).to_string().into_bytes();
    let mut headers = HeaderMap::new();
    for (name, value) in
        [(DELIVERY, notice.uid.clone()), (TIMESTAMP, timestamp.to_string()), (SIGNATURE, sign(secret, timestamp, &body))]
    {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).map_err(|_| reason::BAD_ANSWER)?);
    }
    http::post(outbox, url, body, headers).await
}

fn document(notice: &Notice, attempt: i32) -> Value {
    json!({
        "id": notice.uid,
        "event": notice.event,
        "severity": notice.severity,
        "title": notice.title,
        "occurred_at": notice.occurred_at,
        "workspace_id": notice.workspace_id,
        "tenant_id": notice.tenant_id,
        "run_id": notice.run_id,
        "link": notice.link,
        "attempt": attempt,
        "metadata": notice.metadata,
    })
}
