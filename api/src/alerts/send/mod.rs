//! Sending: one attempt over the network, limited in time and in what is taken in.

mod budget;
mod email;
mod http;
pub(super) mod signature;
mod teams;
mod webhook;

use super::destination::{DestinationKind, Settings};
use super::notice::Notice;
use super::reason::{self, Reason};
use super::{Outbox, sealing, store::work::Claimed};
use std::error::Error;
use std::time::Duration;

/// How long one attempt may take in all.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// An attempt that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub reason: Reason,
    /// Status of HTTP or SMTP; nothing else of an answer is kept.
    pub status: Option<u16>,
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self { reason, status: None }
    }
}

/// Sends it once; the status of the answer.
pub(super) async fn send(outbox: &Outbox, claimed: &Claimed) -> Result<u16, Failure> {
    tokio::time::timeout(LIMIT, dispatch(outbox, claimed)).await.unwrap_or(Err(reason::TIMED_OUT.into()))
}

async fn dispatch(outbox: &Outbox, claimed: &Claimed) -> Result<u16, Failure> {
    // What a stored row says was checked when it was written.
    let unreadable = |_| Failure::from(reason::SECRET_UNREADABLE);
    let kind = DestinationKind::parse(&claimed.destination_kind).map_err(unreadable)?;
    let settings: Settings = serde_json::from_value(claimed.settings.clone()).map_err(|_| reason::SECRET_UNREADABLE)?;
    let notice = Notice::of(claimed, &outbox.public_url).map_err(unreadable)?;
    let secret = secret(outbox, claimed)?;
    match kind {
        DestinationKind::Teams => teams::send(outbox, &secret.ok_or(reason::SECRET_UNREADABLE)?, &notice).await,
        DestinationKind::Webhook => {
            let url = settings.url.unwrap_or_default();
            let timestamp = claimed.claimed_at.unix_timestamp();
            webhook::send(outbox, &url, &secret.ok_or(reason::SECRET_UNREADABLE)?, (&notice, claimed.attempts, timestamp)).await
        }
        DestinationKind::Email => email::send(outbox, &settings, secret.as_deref(), &notice).await,
    }
}

/// Whether TLS itself found fault, as with a certificate. A connection that breaks off meanwhile is another matter.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>())
}

fn secret(outbox: &Outbox, claimed: &Claimed) -> Result<Option<String>, Failure> {
    let (Some(id), Some(key), Some(sealed)) = (claimed.destination_id, &claimed.sealing_key, &claimed.sealed_secret) else {
        return Ok(None);
    };
    match outbox.sealer.open(&sealing::context(id), key, sealed) {
        Some(text) => Ok(Some(text)),
        None => Err(reason::SECRET_UNREADABLE.into()),
    }
}
