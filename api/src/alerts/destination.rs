//! A destination: where alerts are sent to.

use super::store::destinations::DestinationRow;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// By what means it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DestinationKind {
    /// A channel of Microsoft Teams, by an incoming webhook.
    Teams,
    /// A program of one's own, by a signed request.
    Webhook,
    /// People, by mail.
    Email,
}

impl DestinationKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Teams => "teams",
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        [Self::Teams, Self::Webhook, Self::Email]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Error::internal(format!("unknown kind of destination {text}")))
    }
}

/// How the connection to a mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// From the first byte on (usually port 465).
    Implicit,
    /// By STARTTLS, without which nothing is sent (usually port 587).
    Starttls,
    /// Not at all; no password can go along.
    None,
}

/// What a destination needs beside its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_tls: Option<SmtpTls>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
}

/// A destination as it is shown: without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AlertDestination)]
pub struct Destination {
    /// Row id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// By what means it is reached.
    pub kind: DestinationKind,
    /// Whether anything is sent there.
    pub enabled: bool,
    /// Where it is, as far as that may be seen: of Teams the host; of a webhook the host, and the last four characters of a long
    /// path or query.
    #[schema(example = "https://hooks.example.com/…9f3c")]
    pub address: String,
    /// Whether a secret is kept for it; the secret itself is never shown.
    pub has_secret: bool,
    /// Host of the mail server.
    pub smtp_host: Option<String>,
    /// Its port.
    pub smtp_port: Option<u16>,
    /// How the connection is protected.
    pub smtp_tls: Option<SmtpTls>,
    /// Who signs in there.
    pub smtp_username: Option<String>,
    /// Sender of the mails.
    pub from: Option<String>,
    /// Their recipients.
    pub to: Vec<String>,
    /// Names of the rules that use it.
    pub rule_names: Vec<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Names its state, for `ETag`.
    #[serde(skip)]
    pub version: i64,
}

impl Destination {
    pub(super) fn of(row: DestinationRow) -> Result<Self> {
        let settings: Settings = serde_json::from_value(row.settings).map_err(Error::internal)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            kind: DestinationKind::parse(&row.kind)?,
            enabled: row.enabled,
            address: row.address,
            has_secret: row.sealed_secret.is_some(),
            smtp_host: settings.smtp_host,
            smtp_port: settings.smtp_port,
            smtp_tls: settings.smtp_tls,
            smtp_username: settings.smtp_username,
            from: settings.from,
            to: settings.to,
            rule_names: row.rule_names,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}
