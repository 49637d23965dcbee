//! Why a delivery failed, was suppressed or waits: stable codes with sentences that hold nothing of what a receiver said.

use serde::Serialize;
use utoipa::ToSchema;

/// A reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Stable code.
    pub code: &'static str,
    /// For people.
    pub message: &'static str,
    /// Whether another try can make sense.
    pub is_passing: bool,
}

const fn passing(code: &'static str, message: &'static str) -> Reason {
    Reason { code, message, is_passing: true }
}

const fn lasting(code: &'static str, message: &'static str) -> Reason {
    Reason { code, message, is_passing: false }
}

/// Nobody answered in time.
pub const TIMED_OUT: Reason = passing("timed_out", "The receiver did not answer in time.");
/// The connection could not be made, or broke.
pub const CONNECTION_FAILED: Reason = passing("connection_failed", "The connection could not be made, or broke off.");
/// The name has no address.
pub const NAME_NOT_FOUND: Reason = passing("name_not_found", "The name of the receiver has no address.");
/// Its address is not one to send to.
pub const ADDRESS_REFUSED: Reason = lasting(
    "address_refused",
    "The address of the receiver belongs to a private or reserved network, which the settings do not allow.",
);
/// No trustworthy encryption.
pub const TLS_FAILED: Reason = lasting("tls_failed", "The receiver cannot prove who it is, or does not offer TLS.");
/// It answered with a passing error.
pub const HTTP_BUSY: Reason = passing("http_busy", "The receiver cannot take it now; see the status.");
/// It answered with a lasting error.
pub const HTTP_REFUSED: Reason = lasting("http_refused", "The receiver refuses it; see the status.");
/// It sends on to elsewhere.
pub const REDIRECTED: Reason =
    lasting("redirected", "The receiver sends on to another address, which is not followed. Set the address that it names.");
/// It says more than anybody wants to know, or what nobody understands.
pub const BAD_ANSWER: Reason = passing("bad_answer", "The receiver's answer is not one that its protocol knows, or too long.");
/// The mail server has a passing error.
pub const SMTP_BUSY: Reason = passing("smtp_busy", "The mail server cannot take it now; see the status.");
/// The mail server has a lasting error.
pub const SMTP_REFUSED: Reason = lasting("smtp_refused", "The mail server refuses it; see the status.");
/// It does not know us.
pub const SMTP_SIGN_IN_FAILED: Reason =
    lasting("smtp_sign_in_failed", "The mail server does not accept the user name and password.");
/// It cannot be opened. While keys are changed one process after the other has them all.
pub const SECRET_UNREADABLE: Reason = passing(
    "secret_unreadable",
    "The secret of the destination was sealed with a key that the worker does not have. If it stays so, set the secret anew.",
);
/// Nothing may be sent there.
pub const DESTINATION_DISABLED: Reason = lasting("destination_disabled", "The destination is disabled.");
/// It is gone.
pub const DESTINATION_DELETED: Reason = lasting("destination_deleted", "The destination has been deleted.");
/// Workers die of it.
pub const WORKER_LOST: Reason =
    lasting("worker_lost", "Workers stopped again and again while they sent it, or could not write down what became of it.");
/// Told of just before.
pub const COOLDOWN: Reason = lasting("cooldown", "The same was told of just before; the rule's cooldown keeps this back.");
/// Not now.
pub const QUIET_HOURS: Reason = passing("quiet_hours", "Held back until the rule's quiet hours end.");
/// Told of together with others.
pub const SUMMARISED: Reason =
    lasting("summarised", "Told of in the summary that was sent when the rule's quiet hours had ended.");

/// Every reason.
pub const REASONS: &[Reason] = &[
    TIMED_OUT,
    CONNECTION_FAILED,
    NAME_NOT_FOUND,
    ADDRESS_REFUSED,
    TLS_FAILED,
    HTTP_BUSY,
    HTTP_REFUSED,
    REDIRECTED,
    BAD_ANSWER,
    SMTP_BUSY,
    SMTP_REFUSED,
    SMTP_SIGN_IN_FAILED,
    SECRET_UNREADABLE,
    DESTINATION_DISABLED,
    DESTINATION_DELETED,
    WORKER_LOST,
    COOLDOWN,
    QUIET_HOURS,
    SUMMARISED,
];

/// A reason as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryReason {
    /// Stable code.
    #[schema(example = "timed_out")]
    pub code: String,
    /// For people.
    pub message: &'static str,
}

impl DeliveryReason {
    pub(super) fn of(code: String) -> Self {
        let message = REASONS.iter().find(|reason| reason.code == code).map_or("", |reason| reason.message);
        Self { code, message }
    }
}
