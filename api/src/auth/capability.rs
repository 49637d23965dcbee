//! The registry of operator capabilities (ACC-02): the only place where their names are written.

/// A capability as a type, for [`super::Permit`].
pub trait Capability: Send + Sync + 'static {
    /// The entry in the registry.
    const ENTRY: &'static Entry;
}

/// One registered capability.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable name, as stored and shown.
    pub name: &'static str,
    /// What its holder may do.
    pub description: &'static str,
    /// Capabilities whose holders may do the same without it, if they hold all of them; empty: there is no other way.
    pub instead: &'static [&'static Self],
}

impl Entry {
    /// Whether an open break-glass session has it though its holder has not. What makes others more powerful is not lent.
    pub fn is_lent_by_break_glass(&self) -> bool {
        *self != *OperatorsManage::ENTRY
    }

    /// Whether an API token can be made with it. What makes others more powerful stays with persons.
    pub fn is_for_machines(&self) -> bool {
        *self != *OperatorsManage::ENTRY && *self != *BreakGlassOpen::ENTRY
    }
}

macro_rules! capabilities {
    ($($(#[$attribute:meta])* $ty:ident = $name:literal, $description:literal $(, or $($other:ident)and+)?;)+) => {
        $(
            $(#[$attribute])*
            #[doc = $description]
            #[derive(Debug, Clone, Copy)]
            pub struct $ty;
            impl Capability for $ty {
                const ENTRY: &'static Entry =
                    &Entry { name: $name, description: $description, instead: &[$($($other::ENTRY),+)?] };
            }
        )+
        /// Every capability, in the order of the registry.
        pub const ALL: &[&Entry] = &[$($ty::ENTRY),+];
    };
}

capabilities! {
    AccessSystemPanel = "platform.access_system_panel", "Enter the system plane; everything else needs it too.";
    ConsoleView = "platform.console.view", "See the dashboard and product telemetry.", or OpsView and RunbooksView;
    OpsView = "platform.ops.view", "See operation runs.";
    RunbooksView = "platform.runbooks.view", "See runbooks and run their read-only preflights.";
    RunbooksRun = "platform.runbooks.run", "Start runs of runbooks, beside the runbook's own capability.";
    FindingsLifecycleBackfill = "platform.runbooks.findings.lifecycle_backfill", "Run the runbook that rebuilds the findings lifecycle.";
    ControlsManage = "platform.ops.controls.manage", "See, pause and resume operational controls.";
    AuditView = "platform.audit.view", "Read the audit log.";
    OperatorsManage = "platform.operators.manage", "Administer operators.";
    AlertsManage = "platform.alerts.manage", "Administer alert rules and destinations.";
    BreakGlassOpen = "platform.break_glass.open", "Open a break-glass session.";
}

/// Finds a capability by name.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name).copied()
}
