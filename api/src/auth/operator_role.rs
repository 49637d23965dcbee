//! Roles of operators: names for sets of capabilities, so that nobody has to type a dozen (WEB-05). A role is expanded when it is
//! given; what is stored and checked are capabilities.

use super::capability;
use super::capability::{
    AccessSystemPanel, AuditView, BreakGlassOpen, Capability, ConsoleView, ControlsManage, Entry, FindingsLifecycleBackfill,
    OpsView, RunbooksRun, RunbooksView,
};

/// A set of capabilities with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorRole {
    /// Looks at everything that concerns runs, and changes nothing.
    Viewer,
    /// Runs runbooks and pauses controls as well.
    Operator,
    /// Has every capability but that of opening a break-glass session.
    Admin,
}

impl OperatorRole {
    /// Every role, from the least powerful to the most.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// Finds a role by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Returns its capabilities.
    pub fn capabilities(self) -> Vec<&'static Entry> {
        let viewer = [AccessSystemPanel::ENTRY, ConsoleView::ENTRY, OpsView::ENTRY, RunbooksView::ENTRY, AuditView::ENTRY];
        let operator = [RunbooksRun::ENTRY, FindingsLifecycleBackfill::ENTRY, ControlsManage::ENTRY];
        match self {
            Self::Viewer => viewer.to_vec(),
            Self::Operator => viewer.into_iter().chain(operator).collect(),
            Self::Admin => capability::ALL.iter().copied().filter(|entry| *entry != BreakGlassOpen::ENTRY).collect(),
        }
    }
}
