//! The table of error codes: code, status, title. The problem type is `/problems/<code>`.

/// Stable name of a failure; see [`CODES`] for what each means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is described in CODES")]
pub enum Code {
    MalformedRequest,
    MalformedCursor,
    Unauthenticated,
    InvalidCredentials,
    CrossOrigin,
    BreakGlassExcluded,
    CapabilityMissing,
    PersonRequired,
    NotFound,
    UploadTimedOut,
    MethodNotAllowed,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    TooManyAttempts,
    TooManyRequests,
    TooManyStreams,
    RequestTimeout,
    Internal,
    Unavailable,
    IdempotencyKeyReused,
    IdempotencyKeyInFlight,
    NothingToDo,
    TooManyTokens,
    LimitReached,
    BreakGlassOpen,
    PreflightStale,
    PreviewStale,
    PreflightUnknown,
    ConfirmationMismatch,
    ReasonRequired,
    RunStateConflict,
    IllegalTransition,
    OperationalControlPaused,
    PreconditionFailed,
    NameTaken,
    UnreadableFile,
    UnknownTenant,
    TenantMismatch,
    WrongState,
}

/// One row of the table.
#[derive(Debug)]
pub struct CodeInfo {
    /// The code in the table.
    pub id: Code,
    /// As it stands in `code` and at the end of `type`.
    pub code: &'static str,
    /// HTTP status that goes with it.
    pub status: u16,
    /// Short summary of the kind of problem.
    pub title: &'static str,
    /// What it means and what to do, for the page under `/problems/<code>`.
    pub help: &'static str,
}

impl Code {
    /// The row of this code. A guard proves that every code has one.
    pub fn info(self) -> &'static CodeInfo {
        CODES.iter().find(|row| row.id == self).unwrap_or(&FALLBACK)
    }
}

const FALLBACK: CodeInfo = row(Code::Internal, "internal-error", 500, "Internal error", "");

const fn row(id: Code, code: &'static str, status: u16, title: &'static str, help: &'static str) -> CodeInfo {
    CodeInfo { id, code, status, title, help }
}

/// Every failure that can be answered, in order of status.
pub const CODES: &[CodeInfo] = &[
    row(
        Code::MalformedRequest,
        "malformed-request",
        400,
        "Malformed request",
        "The body is not JSON, a header is unreadable, or the request breaks HTTP. Correct the request; nothing was changed.",
    ),
    row(
        Code::MalformedCursor,
        "malformed-cursor",
        400,
        "Malformed cursor",
        "Use next_cursor of the previous page as it was given, with the same filters.",
    ),
    row(Code::Unauthenticated, "unauthenticated", 401, "Not signed in", "Sign in, or send a valid bearer token of this plane."),
    row(
        Code::InvalidCredentials,
        "invalid-credentials",
        401,
        "Invalid credentials",
        "The e-mail address or the password is wrong, or the account is not active.",
    ),
    row(
        Code::CapabilityMissing,
        "capability-missing",
        403,
        "Capability missing",
        "You are signed in, but a capability that this operation needs is not yours. Ask an administrator to grant it.",
    ),
    row(
        Code::PersonRequired,
        "person-required",
        403,
        "Not for API tokens",
        "An API token cannot do this, whatever it was made with: making and revoking tokens, sessions, and break-glass belong to \
         the person. Sign in and do it yourself.",
    ),
    row(
        Code::BreakGlassExcluded,
        "break-glass-excluded",
        403,
        "Not under break-glass",
        "Break-glass lends every capability but does not let it be handed on. End it, and do this with what you hold yourself.",
    ),
    row(
        Code::CrossOrigin,
        "cross-origin",
        403,
        "Cross-origin request refused",
        "Requests that change something and carry a session cookie must come from the product's own pages. Use a bearer token elsewhere.",
    ),
    row(Code::NotFound, "not-found", 404, "Not found", "There is nothing under this address, or nothing that is yours to see."),
    row(
        Code::MethodNotAllowed,
        "method-not-allowed",
        405,
        "Method not allowed",
        "The address exists, but not for this method; the Allow header lists those that do.",
    ),
    row(
        Code::UploadTimedOut,
        "upload-timed-out",
        408,
        "Upload took too long",
        "The file stopped coming, or came too slowly. Nothing of it was imported. Send it again over a better line, or in parts.",
    ),
    row(
        Code::RequestTimeout,
        "request-timeout",
        408,
        "Request too slow",
        "The body did not arrive in time. Nothing was changed; send it again.",
    ),
    row(
        Code::TooManyTokens,
        "too-many-tokens",
        409,
        "Too many API tokens",
        "An owner has 100 live tokens at most. Revoke one that is not needed any more.",
    ),
    row(
        Code::LimitReached,
        "limit-reached",
        409,
        "Limit reached",
        "There is as much of this as the installation allows; limit and present say how much. Nothing was changed. Remove what is \
         not needed any more, or ask the operators for a higher limit.",
    ),
    row(
        Code::BreakGlassOpen,
        "break-glass-open",
        409,
        "Break-glass is open",
        "A break-glass session is open already. GET /auth/me says until when; end it to open another.",
    ),
    row(Code::NothingToDo, "nothing-to-do", 409, "Nothing to do", "No row needs this repair. No run was created."),
    row(
        Code::PreflightStale,
        "preflight-stale",
        409,
        "Preflight is stale",
        "What the preflight said no longer holds. The answer carries fresh figures: look at them and confirm again.",
    ),
    row(
        Code::PreviewStale,
        "preview-stale",
        409,
        "Preview is stale",
        "The change would concern more workspaces or tenants than the preview said. The answer carries a fresh one: look at it and \
         confirm again. Nothing was changed.",
    ),
    row(
        Code::RunStateConflict,
        "run-state-conflict",
        409,
        "The run's state forbids this",
        "The run has moved on. Read it again to see what is allowed now.",
    ),
    row(
        Code::IllegalTransition,
        "illegal-transition",
        409,
        "No such step from here",
        "The finding cannot go from its present status to the one asked for; transitions in the answer lists where it can go. \
         Nothing was changed.",
    ),
    row(
        Code::IdempotencyKeyInFlight,
        "idempotency-key-in-flight",
        409,
        "Same request still in flight",
        "A request with this Idempotency-Key is being worked on. Try again in a moment to get its answer.",
    ),
    row(Code::NameTaken, "name-taken", 409, "Already exists", "Something with this name, address or id exists already."),
    row(
        Code::WrongState,
        "wrong-state",
        409,
        "The present state forbids this",
        "The object has moved on. Read it again to see what is allowed now.",
    ),
    row(
        Code::OperationalControlPaused,
        "operational-control-paused",
        409,
        "Operational control paused",
        "An operator has paused this action; reason_text, matched_scope_type and expires_at say why, where and until when. \
         Nothing was started. Try again once it is resumed.",
    ),
    row(
        Code::PreconditionFailed,
        "precondition-failed",
        412,
        "Precondition failed",
        "The object has changed since the state that If-Match names. Read it again, decide again, and send its new ETag. \
         Nothing was changed.",
    ),
    row(Code::PayloadTooLarge, "payload-too-large", 413, "Payload too large", "Send less at once; the limit is in the detail."),
    row(
        Code::UnsupportedMediaType,
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "Send what the detail asks for: most operations take application/json, an import the file itself.",
    ),
    row(
        Code::ValidationFailed,
        "validation-failed",
        422,
        "Validation failed",
        "One or more fields are missing, unknown or wrong; errors says which and what was expected.",
    ),
    row(
        Code::PreflightUnknown,
        "preflight-unknown",
        422,
        "Preflight unknown",
        "Run a preflight of the same runbook and scope yourself, and start with its id.",
    ),
    row(
        Code::ConfirmationMismatch,
        "confirmation-mismatch",
        422,
        "Confirmation does not match",
        "Type the confirmation word of the runbook exactly as shown.",
    ),
    row(Code::ReasonRequired, "reason-required", 422, "Reason required", "Give a reason code and a text of 5 to 500 characters."),
    row(
        Code::IdempotencyKeyReused,
        "idempotency-key-reused",
        422,
        "Idempotency key reused",
        "This Idempotency-Key came with another body before. Use a new key for a new request.",
    ),
    row(
        Code::UnreadableFile,
        "unreadable-file",
        422,
        "Unreadable file",
        "The file is not what its format says. Nothing of it was imported.",
    ),
    row(
        Code::UnknownTenant,
        "unknown-tenant",
        422,
        "Unknown tenant",
        "The tenant does not exist or may not be targeted. Nothing was changed.",
    ),
    row(
        Code::TenantMismatch,
        "tenant-mismatch",
        422,
        "Another tenant",
        "The file names another tenant than the one it was sent to. Send it to the tenant it is about. Nothing was imported.",
    ),
    row(Code::TooManyAttempts, "too-many-attempts", 429, "Too many attempts", "Wait as long as Retry-After says."),
    row(
        Code::TooManyRequests,
        "too-many-requests",
        429,
        "Too many requests",
        "This credential, the person or tenant behind it, or this address without one, has used what it may ask for in a minute, or \
         too many of their requests are under way; the detail says which. Wait as long as Retry-After says.",
    ),
    row(
        Code::TooManyStreams,
        "too-many-streams",
        429,
        "Too many live streams",
        "One person may follow so many things live at once, with all their sessions and tokens (TENANTATLAS_STREAMS_PER_PERSON). \
         Close a stream, or try again after Retry-After.",
    ),
    row(Code::Internal, "internal-error", 500, "Internal error", "Something failed on our side. Tell support the request id."),
    row(
        Code::Unavailable,
        "unavailable",
        503,
        "Temporarily unavailable",
        "The database is away or busy, or the server has no room for more; the detail says which. Try again after Retry-After; \
         nothing was changed.",
    ),
];
