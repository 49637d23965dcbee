//! What a file says once for all its findings.

use serde_json::Value;
use time::OffsetDateTime;

use super::format::Format;
use super::moment::{self, Zone};
use super::tenant;
use super::unreadable::Unreadable;

/// The header, which may stand before or after the findings.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Directory id of the tenant.
    pub(super) tenant: Option<String>,
    /// When the scan ran.
    pub(super) scanned_at: Option<OffsetDateTime>,
    looks_like: Option<Format>,
}

impl Header {
    /// Reads tenant and time; a scan without a time cannot be put in order with others.
    pub(super) fn fill(&mut self, tenant: Option<&Value>, time: Option<&Value>, now: OffsetDateTime) -> Result<(), Unreadable> {
        self.tenant = tenant::directory_id(tenant)?;
        let text = time.and_then(Value::as_str).ok_or_else(|| "the file does not say when".to_owned());
        let scanned_at = text.and_then(|text| moment::from_text(text, Zone::OrUtc, now));
        self.scanned_at = Some(scanned_at.map_err(|reason| Unreadable::BadScanTime { reason })?);
        Ok(())
    }

    /// Remembers a key that the format does not have, for a hint.
    pub(super) fn note_key(&mut self, name: &str) {
        self.looks_like = self.looks_like.or(Format::known_by_key(name));
    }

    /// The file is not of `expected`.
    pub(super) fn wrong_format(&self, expected: Format) -> Unreadable {
        Unreadable::WrongFormat { expected, looks_like: self.looks_like.filter(|format| *format != expected) }
    }
}
