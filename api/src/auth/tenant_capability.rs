//! The registry of what roles may do in a tenant (ACC-04): the only place where the names stand, and who holds what.

use serde::Serialize;
use utoipa::ToSchema;

/// What a user is in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Also says who else is a member.
    Owner,
    /// Also imports, repairs and restores.
    Manager,
    /// Works with findings.
    Operator,
    /// Looks.
    Readonly,
}

impl Role {
    /// Every role, the one that may most first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Operator, Self::Readonly];

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Readonly => "readonly",
        }
    }

    /// The role with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether the role may do this.
    pub fn holds(self, capability: &TenantEntry) -> bool {
        capability.roles.contains(&self)
    }
}

/// A capability in a tenant as a type, for [`super::TenantPermit`].
pub trait TenantCapability: Send + Sync + 'static {
    /// The entry in the registry.
    const ENTRY: &'static TenantEntry;
}

/// One registered capability in a tenant.
#[derive(Debug, PartialEq, Eq)]
pub struct TenantEntry {
    /// Stable name, as shown.
    pub name: &'static str,
    /// What its holder may do.
    pub description: &'static str,
    /// Roles that hold it.
    pub roles: &'static [Role],
}

impl TenantEntry {
    /// Whether an API token can be made with it. What makes others more powerful stays with persons.
    pub fn is_for_machines(&self) -> bool {
        *self != *MembersManage::ENTRY
    }
}

/// Finds a capability by name.
pub fn find(name: &str) -> Option<&'static TenantEntry> {
    ALL.iter().find(|entry| entry.name == name).copied()
}

const EVERYBODY: &[Role] = &Role::ALL;
const STAFF: &[Role] = &[Role::Owner, Role::Manager, Role::Operator];
const LEADS: &[Role] = &[Role::Owner, Role::Manager];
const OWNERS: &[Role] = &[Role::Owner];

macro_rules! tenant_capabilities {
    ($($ty:ident = $name:literal, $roles:ident, $description:literal;)+) => {
        $(
            #[doc = $description]
            #[derive(Debug, Clone, Copy)]
            pub struct $ty;
            impl TenantCapability for $ty {
                const ENTRY: &'static TenantEntry = &TenantEntry { name: $name, description: $description, roles: $roles };
            }
        )+
        /// Every capability, in the order of the registry.
        pub const ALL: &[&TenantEntry] = &[$($ty::ENTRY),+];
    };
}

tenant_capabilities! {
    TenantView = "tenant.view", EVERYBODY, "See the tenant.";
    FindingsView = "findings.view", EVERYBODY, "See findings.";
    VerificationView = "verification.view", EVERYBODY, "See verifications of the connection.";
    FindingsEdit = "findings.edit", STAFF, "Change status, due date and closing reason of findings.";
    SyncStart = "sync.start", STAFF, "Start a synchronisation.";
    ReviewPackRequest = "review_pack.request", STAFF, "Request a review pack.";
    SupportDiagnosticsOpen = "support_diagnostics.open", STAFF, "Open support diagnostics.";
    VerificationStart = "verification.start", STAFF, "Verify the connection.";
    FindingsImport = "findings.import", LEADS, "Import what a tool found.";
    FindingsBackfill = "findings.backfill", LEADS, "Rebuild the lifecycle of findings.";
    RestoreExecute = "restore.execute", LEADS, "Restore from a backup.";
    BackupRun = "backup.run", LEADS, "Make a backup.";
    MembersManage = "members.manage", OWNERS, "Say who is a member.";
}
