//! Words that arguments take, for the check, the help and the completion of shells.

use crate::auth::capability;
use crate::auth::operator_role::OperatorRole;
use crate::controls;
use crate::runbooks::CATALOG;
use crate::runs::confirmation::ReasonCode;
use crate::runs::list_runs::Standing;
use crate::runs::state::Outcome;
use clap::builder::PossibleValuesParser;

/// Statuses that runs can be listed by.
pub fn statuses() -> PossibleValuesParser {
    Standing::WORDS.into()
}

/// Outcomes of runs.
pub fn outcomes() -> PossibleValuesParser {
    Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>().into()
}

/// Codes of reasons.
pub fn reason_codes() -> PossibleValuesParser {
    ReasonCode::WORDS.into()
}

/// Capabilities of operators.
pub fn capabilities() -> PossibleValuesParser {
    capability::ALL.iter().map(|entry| entry.name).collect::<Vec<_>>().into()
}

/// Roles of operators.
pub fn operator_roles() -> PossibleValuesParser {
    OperatorRole::ALL.map(OperatorRole::as_str).into()
}

/// Keys of runbooks.
pub fn runbooks() -> PossibleValuesParser {
    CATALOG.iter().map(|runbook| runbook.info().key).collect::<Vec<_>>().into()
}

/// Keys of operational controls.
pub fn controls() -> PossibleValuesParser {
    controls::CATALOG.iter().map(|control| control.key).collect::<Vec<_>>().into()
}
