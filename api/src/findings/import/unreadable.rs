//! Why a file is refused whole.

use std::io;

use super::format::Format;

/// A file of which nothing can be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// Bytes that are no UTF-8.
    #[error("the file is not UTF-8 (byte {offset})")]
    NotUtf8 {
        /// Where the first such byte stands, counted from 0.
        offset: u64,
    },
    /// UTF-16, as Windows PowerShell writes it by default.
    #[error("the file is UTF-16; save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)")]
    Utf16,
    /// Not JSON from the first byte to the last.
    #[error("the file is not valid JSON: {message} at line {line}, column {column}{hint}")]
    Syntax {
        /// What is wrong.
        message: String,
        /// The line, counted from 1.
        line: u64,
        /// The byte in the line, counted from 1.
        column: u64,
        /// What may have happened, or nothing.
        hint: &'static str,
    },
    /// JSON of another shape.
    #[error("the file is not {}{}", .expected.expectation(), hint(.looks_like))]
    WrongFormat {
        /// What it was said to be.
        expected: Format,
        /// What it may be instead.
        looks_like: Option<Format>,
    },
    /// JSON nested, or with names so long, that no tool writes it.
    #[error("the file holds {what} at line {line}")]
    Excessive {
        /// What there is too much of.
        what: &'static str,
        /// The line, counted from 1.
        line: u64,
    },
    /// A value of another kind than the format has there.
    #[error("{path} is not {expected}")]
    Misplaced {
        /// Where it stands, as `Results.AAD[0].Controls`.
        path: String,
        /// The kind that was expected.
        expected: &'static str,
    },
    /// A compressed file.
    #[error("the file is compressed ({0}); unpack it first")]
    Compressed(&'static str),
    /// A page for people, as a sign-in page that was saved in place of the report.
    #[error("the file is a web page, perhaps a sign-in page that was saved in place of the report")]
    WebPage,
    /// Test results of several tenants that cannot be told apart, or that one tenant was chosen for.
    #[error("{0}")]
    SeveralTenants(String),
    /// The file names a tenant that cannot be one. What it says there may be somebody's name, so it is not repeated.
    #[error("{field} is no directory id: a GUID is expected. Choose the tenant (on the command line: --tenant)")]
    UnusableTenant {
        /// Where the tenant is named, as `MetaData.TenantId`.
        field: String,
    },
    /// The file names the operators' own tenant.
    #[error("the tenant \"platform\" is reserved and takes no findings")]
    ReservedTenant,
    /// The file does not say when the scan ran, or says something implausible.
    #[error("{field} {reason}; expected is the time of the scan as in 2026-06-04T12:13:39.072Z")]
    BadScanTime {
        /// Where the time stands, as `MetaData.TimestampZulu`.
        field: String,
        /// What is wrong with it; never what the file says there, which may be somebody's name.
        reason: &'static str,
    },
    /// No finding says whether something is wrong.
    #[error("nothing in the file can be imported: {0}")]
    NothingUsable(String),
}

fn hint(format: &Option<Format>) -> String {
    format.map_or_else(String::new, |format| format!(" (it looks like {format})"))
}

impl Unreadable {
    /// A stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotUtf8 { .. } | Self::Utf16 => "not-utf8",
            Self::Compressed(_) => "compressed",
            Self::Syntax { .. } | Self::WebPage => "not-json",
            Self::WrongFormat { .. } | Self::Misplaced { .. } => "wrong-format",
            Self::SeveralTenants(_) => "several-tenants",
            Self::NothingUsable(_) => "nothing-usable",
            Self::Excessive { .. } => "excessive",
            Self::UnusableTenant { .. } => "unusable-tenant",
            Self::ReservedTenant => "reserved-tenant",
            Self::BadScanTime { .. } => "bad-scan-time",
        }
    }
}

/// Why a read ended early. Nothing that the sink has taken counts.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The file is refused.
    #[error(transparent)]
    Refused(#[from] Unreadable),
    /// The bytes stopped coming: a broken connection, a broken disk.
    #[error("the file could not be read to its end")]
    Input(#[source] io::Error),
    /// The sink could not take what it was given.
    #[error("what was read could not be stored")]
    Sink(#[source] E),
}
