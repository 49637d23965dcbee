//! The words of the demo: invented organisations, and what tools could find in them.

/// Slug and name of each workspace.
pub(super) const WORKSPACES: [(&str, &str); 3] = [
    ("demo-harbour-lane", "Harbour Lane Services"),
    ("demo-quillstone", "Quillstone Managed IT"),
    ("demo-ferrowick", "Ferrowick Cloud Desk"),
];

/// First words of tenants' names.
pub(super) const FIRST: [&str; 20] = [
    "Amberfold",
    "Brindlemoor",
    "Copperquay",
    "Dunnaway",
    "Elmstrand",
    "Fallowbrook",
    "Glimmerdale",
    "Hollowmere",
    "Inkwater",
    "Juniper Bay",
    "Kestrelwood",
    "Larkspire",
    "Mossgate",
    "Nettlefield",
    "Oakhaven",
    "Pebbleton",
    "Quarrydown",
    "Rookhurst",
    "Saltmarsh",
    "Thistleford",
];

/// Second words of tenants' names.
pub(super) const SECOND: [&str; 12] = [
    "Logistics",
    "Clinics",
    "Bakeries",
    "Engineering",
    "Insurance",
    "Schools",
    "Fisheries",
    "Textiles",
    "Energy",
    "Housing",
    "Foods",
    "Instruments",
];

/// What a tool could find.
pub(super) struct Check {
    /// The tool.
    pub(super) source: &'static str,
    /// Type of the finding.
    pub(super) kind: &'static str,
    /// The check.
    pub(super) id: &'static str,
    /// Its usual severity.
    pub(super) severity: &'static str,
    /// What it looks at.
    pub(super) resource: &'static str,
    /// What is wrong.
    pub(super) title: &'static str,
}

const fn check(
    source: &'static str,
    kind: &'static str,
    id: &'static str,
    severity: &'static str,
    resource: &'static str,
    title: &'static str,
) -> Check {
    Check { source, kind, id, severity, resource, title }
}

const ATLAS: &str = "posture-atlas";
const SCOUT: &str = "drift-scout";
const ROLES: &str = "role-lens";
const GRANTS: &str = "grant-watch";
const POSTURE: &str = "posture";
const PERMISSION: &str = "permission_posture";
const ADMIN: &str = "entra_admin_roles";
const DRIFT: &str = "drift";

/// Every check of the demo.
pub(super) const CHECKS: [Check; 36] = [
    check(ATLAS, POSTURE, "ENTRA-001", "critical", "tenant", "Legacy sign-in protocols are still accepted"),
    check(ATLAS, POSTURE, "ENTRA-002", "high", "policy", "A sign-in policy lets unmanaged devices through"),
    check(ATLAS, POSTURE, "ENTRA-003", "high", "group", "Members of a privileged group sign in without a second factor"),
    check(ATLAS, POSTURE, "ENTRA-004", "medium", "tenant", "Anybody may invite guests"),
    check(ATLAS, POSTURE, "ENTRA-005", "medium", "app", "An app registration has a secret that lasts longer than a year"),
    check(ATLAS, POSTURE, "ENTRA-006", "low", "group", "A dynamic group has a rule that matches nobody"),
    check(ATLAS, POSTURE, "ENTRA-007", "informational", "policy", "A sign-in policy runs in report-only mode"),
    check(ATLAS, POSTURE, "EXO-001", "critical", "rule", "A transport rule forwards mail outside the organisation"),
    check(ATLAS, POSTURE, "EXO-002", "high", "mailbox", "A shared mailbox can be signed in to directly"),
    check(ATLAS, POSTURE, "EXO-003", "medium", "domain", "A mail domain publishes no DMARC policy that rejects"),
    check(ATLAS, POSTURE, "EXO-004", "medium", "mailbox", "Mailbox auditing is switched off"),
    check(ATLAS, POSTURE, "EXO-005", "low", "connector", "An inbound connector accepts mail without TLS"),
    check(ATLAS, POSTURE, "EXO-006", "informational", "mailbox", "A mailbox is close to its quota"),
    check(ATLAS, POSTURE, "INTUNE-001", "high", "profile", "A compliance profile does not ask for disk encryption"),
    check(ATLAS, POSTURE, "INTUNE-002", "medium", "profile", "Devices without a compliance profile count as compliant"),
    check(ATLAS, POSTURE, "INTUNE-003", "medium", "device", "A device has not checked in for 30 days"),
    check(ATLAS, POSTURE, "INTUNE-004", "low", "ring", "An update ring postpones quality updates for over two weeks"),
    check(ATLAS, POSTURE, "SPO-001", "critical", "site", "A site shares files with anyone who has the link"),
    check(ATLAS, POSTURE, "SPO-002", "high", "site", "Guests can share what they do not own"),
    check(ATLAS, POSTURE, "SPO-003", "medium", "tenant", "Sharing links do not expire"),
    check(ATLAS, POSTURE, "SPO-004", "low", "site", "A site has no second owner"),
    check(ATLAS, POSTURE, "TEAMS-001", "high", "policy", "Anonymous people can start meetings"),
    check(ATLAS, POSTURE, "TEAMS-002", "medium", "policy", "Meeting recordings are kept without limit"),
    check(ATLAS, POSTURE, "TEAMS-003", "low", "team", "A team has been without activity for a year"),
    check(SCOUT, DRIFT, "DRIFT-SIGNIN", "high", "policy", "A sign-in policy differs from its approved version"),
    check(SCOUT, DRIFT, "DRIFT-PROFILE", "medium", "profile", "A device profile differs from its approved version"),
    check(SCOUT, DRIFT, "DRIFT-SHARING", "medium", "site", "The sharing settings of a site changed since they were approved"),
    check(SCOUT, DRIFT, "DRIFT-NAME", "informational", "policy", "A policy was renamed since it was approved"),
    check(
        ROLES,
        ADMIN,
        "ROLE-STANDING",
        "critical",
        "role",
        "The highest administrator role is held permanently by more than four accounts",
    ),
    check(ROLES, ADMIN, "ROLE-GUEST", "high", "role", "A guest holds an administrator role"),
    check(ROLES, ADMIN, "ROLE-IDLE", "medium", "role", "An administrator role has not been used for 90 days"),
    check(ROLES, ADMIN, "ROLE-NOREVIEW", "low", "role", "The members of an administrator role were never reviewed"),
    check(GRANTS, PERMISSION, "GRANT-TENANTWIDE", "critical", "app", "An app may read every mailbox"),
    check(GRANTS, PERMISSION, "GRANT-WRITE", "high", "app", "An app may change the directory"),
    check(GRANTS, PERMISSION, "GRANT-UNUSED", "medium", "app", "An app holds a permission that it has never used"),
    check(GRANTS, PERMISSION, "GRANT-UNVERIFIED", "low", "app", "An app of an unverified publisher was consented to"),
];

/// Steps of a tenant's onboarding.
pub(super) const CHECKPOINTS: [&str; 4] = ["tenant_connected", "consent_granted", "first_sync_completed", "baseline_chosen"];

/// Kinds of stored reports.
pub(super) const REPORTS: [&str; 2] = ["permission_posture", "entra_admin_roles"];
