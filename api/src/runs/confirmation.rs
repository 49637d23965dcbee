//! What a person has to type before something goes over all tenants, or is started under break-glass (RB-05).

use crate::context::Actor;
use crate::error::{Code, Error, Result};
use crate::runbooks::{RunbookInfo, Scope};
use crate::text::is_plain;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kind of reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonCode {
    /// Data has to be put right.
    DataRepair,
    /// Something broke.
    Incident,
    /// A customer asked.
    Support,
    /// A security matter.
    Security,
}

impl ReasonCode {
    /// Every code as it is written.
    pub const WORDS: [&str; 4] = ["DATA_REPAIR", "INCIDENT", "SUPPORT", "SECURITY"];

    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataRepair => "DATA_REPAIR",
            Self::Incident => "INCIDENT",
            Self::Support => "SUPPORT",
            Self::Security => "SECURITY",
        }
    }

    /// From the command line. Errors: 422.
    pub fn parse(word: &str) -> Result<Self> {
        serde_json::from_value(serde_json::Value::from(word)).map_err(|_| {
            Error::new(Code::ReasonRequired, format!("{word} is no reason code.")).with_field(
                "/reason/code",
                "value",
                "DATA_REPAIR, INCIDENT, SUPPORT or SECURITY is expected.",
            )
        })
    }
}

/// Why somebody does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Kind.
    pub code: ReasonCode,
    /// In words; 5 to 500 characters without outer white space.
    #[schema(min_length = 5, max_length = 500)]
    pub text: String,
}

impl Reason {
    /// Trims and checks the text. Errors: 422 `reason-required`.
    pub fn checked(self) -> Result<Self> {
        let text = self.text.trim().to_owned();
        if !(5..=500).contains(&text.chars().count()) || !is_plain(&text) {
            return Err(Error::new(Code::ReasonRequired, "The reason needs 5 to 500 characters.").with_field(
                "/reason/text",
                "length",
                "5 to 500 characters are expected, without outer white space and control characters.",
            ));
        }
        Ok(Self { text, ..self })
    }
}

/// Checks what was typed for a start. A run over one tenant needs no word, and a reason under break-glass only, but what is given
/// has to be right. The header that every change under break-glass needs has no code and is of the request: it does not stand in.
pub fn check(
    info: &RunbookInfo,
    scope: &Scope,
    actor: &Actor,
    typed: Option<&str>,
    reason: Option<Reason>,
) -> Result<Option<Reason>> {
    let is_over_all = scope.tenant_id().is_none();
    if (is_over_all || typed.is_some()) && typed != Some(info.typed_confirmation) {
        let expected = format!("The word {} is expected.", info.typed_confirmation);
        return Err(Error::new(Code::ConfirmationMismatch, "The typed confirmation does not match.").with_field(
            "/typed_confirmation",
            "mismatch",
            expected,
        ));
    }
    match reason {
        Some(reason) => reason.checked().map(Some),
        None if is_over_all || actor.is_break_glass() => Err(reason_required()),
        None => Ok(None),
    }
}

/// What needs a reason got none.
pub fn reason_required() -> Error {
    let error = Error::new(Code::ReasonRequired, "This needs a reason.");
    error.with_field("/reason", "required", "A reason with code and text is expected.")
}
