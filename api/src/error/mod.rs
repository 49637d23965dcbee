//! What can go wrong, without HTTP: a stable code, a sentence for the caller, field errors, and a source for the log.
//!
//! Invariant: what a caller reads ([`Error::detail`], [`Error::fields`], [`Error::extra`]) never holds SQL, a stack trace,
//! a secret or the address of a person. The source goes to the log only.

mod codes;

pub use codes::{CODES, Code, CodeInfo};

use serde_json::{Map, Value};
use std::borrow::Cow;

/// Result of everything in this crate that answers to a caller.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// Stable code, as `required`, `unknown`, `length`, `value`.
    pub code: String,
    /// What was expected, for a person.
    pub message: String,
}

/// A failure that can be shown to the caller.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    title: Option<String>,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    extra: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a sentence of its own.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            title: None,
            detail: detail.into(),
            fields: Vec::new(),
            extra: Map::new(),
            retry_after_seconds: None,
            source: None,
        }))
    }

    /// Something inside failed: the caller learns nothing but the request id.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal, "Something went wrong on our side.").with_source(source)
    }

    /// Nobody, or nobody any more, stands behind the request.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "Sign in, or send a valid bearer token.")
    }

    /// What was asked for does not exist, or is not the caller's to know of.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here under this address.")
    }

    /// The same failure for somebody in the tenant plane, where a tenant that cannot be targeted is not there (ACC-03).
    pub fn hiding_tenant(self) -> Self {
        if self.code() == Code::UnknownTenant { Self::not_found().with_source(self) } else { self }
    }

    /// There is as much as the installation allows: `present` of at most `limit`.
    pub fn limit_reached(detail: impl Into<Cow<'static, str>>, limit: i64, present: i64) -> Self {
        Self::new(Code::LimitReached, detail).with("limit", limit).with("present", present)
    }

    /// Fields of a request are wrong.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let mut error = Self::new(Code::ValidationFailed, "Some fields are missing or wrong; see errors.");
        error.0.fields = fields;
        error
    }

    /// One field of a request is wrong.
    pub fn invalid_field(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }

    /// Adds field errors to an error with a code of its own.
    pub fn with_field(mut self, pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.fields.push(FieldError { pointer: pointer.into(), code: code.into(), message: message.into() });
        self
    }

    /// Adds a member to the problem body.
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.0.extra.insert(name.to_owned(), value);
        }
        self
    }

    /// Replaces the title of the code by one that names the object.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Says after how many seconds another try makes sense.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Keeps the cause for the log.
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Short summary of the kind of problem.
    pub fn title(&self) -> &str {
        self.0.title.as_deref().unwrap_or(self.0.code.info().title)
    }

    /// What happened, for the caller.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with which field.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Further members of the problem body.
    pub fn extra(&self) -> &Map<String, Value> {
        &self.0.extra
    }

    /// Seconds after which another try makes sense.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after_seconds
    }

    /// The database failed underneath: the kind, when it did.
    pub fn database(&self) -> Option<&diesel::result::Error> {
        self.0.source.as_deref().and_then(|source| source.downcast_ref())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code.info().code, self.0.detail)?;
        for field in &self.0.fields {
            write!(f, " [{} {}]", field.pointer, field.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
