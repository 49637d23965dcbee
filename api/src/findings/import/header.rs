//! What a file says once for all its findings.

use serde_json::Value;
use time::OffsetDateTime;

use super::format::Format;
use super::moment::{self, Zone};
use super::read::ReadOptions;
use super::tenant;
use super::unreadable::Unreadable;

/// One field of a header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'v> {
    /// Where it stands in the file, as `MetaData.TenantId`.
    pub(super) name: &'v str,
    /// What it says.
    pub(super) value: Option<&'v Value>,
}

/// The directory id in a header, unless the caller has chosen the tenant. The operators' own tenant is refused all the same.
fn directory_id(tenant: &Field<'_>, options: &ReadOptions) -> Result<Option<String>, Unreadable> {
    match tenant::directory_id(tenant.name, tenant.value) {
        Err(Unreadable::UnusableTenant { .. }) if options.ignore_tenants => Ok(None),
        read => read,
    }
}

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
    /// Reads tenant and time from two named fields; a scan without a time cannot be put in order with others.
    pub(super) fn fill(&mut self, tenant: Field<'_>, time: Field<'_>, options: &ReadOptions) -> Result<(), Unreadable> {
        self.tenant = directory_id(&tenant, options)?;
        let bad = |reason| Unreadable::BadScanTime { field: time.name.to_owned(), reason };
        let text = match time.value {
            None | Some(Value::Null) => return Err(bad("is missing")),
            Some(Value::String(text)) => text,
            Some(_) => return Err(bad("is no text")),
        };
        self.scanned_at = Some(moment::from_text(text, Zone::OrUtc, options.now).map_err(bad)?);
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
