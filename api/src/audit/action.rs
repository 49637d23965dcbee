//! The registry of audit actions (AUD-02): the only place where their ids are written.

/// An action that audit knows; see [`ACTIONS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is described in ACTIONS")]
pub enum Action {
    SignIn,
    SignInThrottled,
    SignOut,
    UserSignIn,
    UserSignInThrottled,
    UserSignOut,
    ApiTokenCreated,
    ApiTokenRevoked,
    UserApiTokenCreated,
    UserApiTokenRevoked,
    BreakGlassOpened,
    BreakGlassEnded,
    SessionRevoked,
    SessionsRevoked,
    UserSessionRevoked,
    UserSessionsRevoked,
    SigningKeyRotated,
    SigningKeyRetired,
    OperatorCreated,
    OperatorDeactivated,
    CapabilityGranted,
    CapabilityRevoked,
    PasswordSet,
    UserCreated,
    UserDeactivated,
    UserPasswordSet,
    WorkspaceCreated,
    WorkspaceMemberAdded,
    WorkspaceMemberRemoved,
    TenantCreated,
    TenantMemberSet,
    TenantMemberRemoved,
    RunbookPreflight,
    RunbookStart,
    RunbookCompleted,
    RunbookFailed,
    RunCancelRequested,
    RunPaused,
    RunResumed,
    RunAcknowledged,
    ControlPaused,
    ControlUpdated,
    ControlResumed,
    ControlExpired,
    ControlExecutionBlocked,
    FindingsImported,
    FindingUpdated,
    AlertRuleCreated,
    AlertRuleUpdated,
    AlertRuleDeleted,
    AlertRuleTested,
    AlertDestinationCreated,
    AlertDestinationUpdated,
    AlertDestinationDeleted,
    AlertDestinationTested,
    AlertDeliveryRetried,
    DemoSeeded,
    ProductUsagePruned,
    ProductUsageRebuilt,
    DatabaseRightsGranted,
}

/// One row of the registry.
#[derive(Debug)]
pub struct ActionInfo {
    /// The action described.
    pub action: Action,
    /// Stable id, as stored.
    pub id: &'static str,
    /// Short name for lists.
    pub label: &'static str,
    /// Sentence that is stored when the caller has none of its own.
    pub summary: &'static str,
}

const fn row(action: Action, id: &'static str, label: &'static str, summary: &'static str) -> ActionInfo {
    ActionInfo { action, id, label, summary }
}

/// Every action.
pub const ACTIONS: &[ActionInfo] = &[
    row(Action::SignIn, "platform.auth.sign_in", "Sign-in", "Signed in."),
    row(Action::SignInThrottled, "platform.auth.sign_in_throttled", "Sign-in throttled", "Sign-in refused: too many attempts."),
    row(Action::SignOut, "platform.auth.sign_out", "Sign-out", "Signed out."),
    row(Action::UserSignIn, "tenant.auth.sign_in", "User sign-in", "A user signed in."),
    row(
        Action::UserSignInThrottled,
        "tenant.auth.sign_in_throttled",
        "User sign-in throttled",
        "A user's sign-in was refused: too many attempts.",
    ),
    row(Action::UserSignOut, "tenant.auth.sign_out", "User sign-out", "A user signed out."),
    row(Action::ApiTokenCreated, "platform.api_tokens.created", "API token created", "Made an API token."),
    row(Action::ApiTokenRevoked, "platform.api_tokens.revoked", "API token revoked", "Revoked an API token."),
    row(Action::UserApiTokenCreated, "tenant.api_tokens.created", "User's API token created", "A user made an API token."),
    row(Action::UserApiTokenRevoked, "tenant.api_tokens.revoked", "User's API token revoked", "A user revoked an API token."),
    row(Action::BreakGlassOpened, "platform.break_glass.opened", "Break-glass opened", "Opened a break-glass session."),
    row(
        Action::BreakGlassEnded,
        "platform.break_glass.ended",
        "Break-glass ended",
        "Ended a break-glass session before its time.",
    ),
    row(Action::SessionRevoked, "platform.auth.session_revoked", "Session revoked", "Ended a session of their own."),
    row(Action::SessionsRevoked, "platform.auth.sessions_revoked", "Signed out everywhere", "Ended all sessions of their own."),
    row(
        Action::UserSessionRevoked,
        "tenant.auth.session_revoked",
        "User's session revoked",
        "A user ended a session of their own.",
    ),
    row(
        Action::UserSessionsRevoked,
        "tenant.auth.sessions_revoked",
        "User signed out everywhere",
        "A user ended all sessions of their own.",
    ),
    row(Action::SigningKeyRotated, "platform.signing_keys.rotated", "Signing key rotated", "Made a new signing key."),
    row(Action::SigningKeyRetired, "platform.signing_keys.retired", "Signing key retired", "Took a signing key away."),
    row(Action::OperatorCreated, "platform.operators.created", "Operator created", "Created an operator."),
    row(
        Action::OperatorDeactivated,
        "platform.operators.deactivated",
        "Operator deactivated",
        "Deactivated an operator and ended their sessions.",
    ),
    row(Action::CapabilityGranted, "platform.operators.capability_granted", "Capability granted", "Granted a capability."),
    row(Action::CapabilityRevoked, "platform.operators.capability_revoked", "Capability revoked", "Revoked a capability."),
    row(
        Action::PasswordSet,
        "platform.operators.password_set",
        "Password set",
        "Set an operator's password and ended their sessions.",
    ),
    row(Action::UserCreated, "platform.users.created", "User created", "Created a user."),
    row(
        Action::UserDeactivated,
        "platform.users.deactivated",
        "User deactivated",
        "Deactivated a user and ended their sessions.",
    ),
    row(
        Action::UserPasswordSet,
        "platform.users.password_set",
        "User's password set",
        "Set a user's password and ended their sessions.",
    ),
    row(Action::WorkspaceCreated, "platform.workspaces.created", "Workspace created", "Created a workspace."),
    row(
        Action::WorkspaceMemberAdded,
        "platform.workspaces.member_added",
        "Workspace member added",
        "Made a user a member of a workspace.",
    ),
    row(
        Action::WorkspaceMemberRemoved,
        "platform.workspaces.member_removed",
        "Workspace member removed",
        "Took a user out of a workspace.",
    ),
    row(Action::TenantCreated, "platform.tenants.created", "Tenant created", "Created a tenant."),
    row(Action::TenantMemberSet, "platform.tenants.member_set", "Tenant member set", "Gave a user a role in a tenant."),
    row(
        Action::TenantMemberRemoved,
        "platform.tenants.member_removed",
        "Tenant member removed",
        "Took a user's role in a tenant away.",
    ),
    row(Action::RunbookPreflight, "platform.ops.runbooks.preflight", "Runbook preflight", "Ran a preflight."),
    row(Action::RunbookStart, "platform.ops.runbooks.start", "Runbook start", "Started a runbook."),
    row(Action::RunbookCompleted, "platform.ops.runbooks.completed", "Runbook completed", "A runbook's run completed."),
    row(Action::RunbookFailed, "platform.ops.runbooks.failed", "Runbook failed", "A runbook's run failed."),
    row(Action::RunCancelRequested, "platform.ops.runs.cancel_requested", "Run cancel requested", "Asked a run to stop."),
    row(Action::RunPaused, "platform.ops.runs.paused", "Run paused", "Paused a run."),
    row(Action::RunResumed, "platform.ops.runs.resumed", "Run resumed", "Resumed a run."),
    row(Action::RunAcknowledged, "platform.ops.runs.acknowledged", "Failure acknowledged", "Acknowledged the failure of a run."),
    row(Action::ControlPaused, "operational_control.paused", "Control paused", "Paused a control."),
    row(Action::ControlUpdated, "operational_control.updated", "Pause changed", "Changed the pause of a control."),
    row(Action::ControlResumed, "operational_control.resumed", "Control resumed", "Ended the pause of a control."),
    row(Action::ControlExpired, "operational_control.expired", "Pause expired", "A pause has ended by itself."),
    row(
        Action::ControlExecutionBlocked,
        "operational_control.execution_blocked",
        "Execution blocked",
        "A paused control stopped a start.",
    ),
    row(Action::FindingsImported, "findings.imported", "Findings imported", "Imported a scan."),
    row(Action::FindingUpdated, "finding.updated", "Finding changed", "Changed a finding."),
    row(Action::AlertRuleCreated, "platform.alerts.rule_created", "Alert rule made", "Made an alert rule."),
    row(Action::AlertRuleUpdated, "platform.alerts.rule_updated", "Alert rule changed", "Changed an alert rule."),
    row(Action::AlertRuleDeleted, "platform.alerts.rule_deleted", "Alert rule removed", "Removed an alert rule."),
    row(Action::AlertRuleTested, "platform.alerts.rule_tested", "Alert rule tested", "Sent a test by an alert rule."),
    row(
        Action::AlertDestinationCreated,
        "platform.alerts.destination_created",
        "Alert destination made",
        "Made an alert destination.",
    ),
    row(
        Action::AlertDestinationUpdated,
        "platform.alerts.destination_updated",
        "Alert destination changed",
        "Changed an alert destination.",
    ),
    row(
        Action::AlertDestinationDeleted,
        "platform.alerts.destination_deleted",
        "Alert destination removed",
        "Removed an alert destination.",
    ),
    row(
        Action::AlertDestinationTested,
        "platform.alerts.destination_tested",
        "Alert destination tested",
        "Sent a test to an alert destination.",
    ),
    row(Action::AlertDeliveryRetried, "platform.alerts.delivery_retried", "Alert delivery retried", "Retried an alert delivery."),
    row(Action::DemoSeeded, "platform.demo.seeded", "Demo data made", "Made demo data."),
    row(
        Action::ProductUsagePruned,
        "platform.product_usage.pruned",
        "Product usage removed",
        "Removed old product usage events.",
    ),
    row(
        Action::ProductUsageRebuilt,
        "platform.product_usage.rebuilt",
        "Product usage counted anew",
        "Computed the counts of product usage anew.",
    ),
    row(
        Action::DatabaseRightsGranted,
        "platform.database.rights_granted",
        "Database rights granted",
        "Let a database role run the product.",
    ),
];

impl Action {
    /// The row of this action. A guard proves that every action has one.
    pub fn info(self) -> &'static ActionInfo {
        const FALLBACK: ActionInfo = row(Action::SignIn, "unregistered", "Unregistered", "");
        ACTIONS.iter().find(|row| row.action == self).unwrap_or(&FALLBACK)
    }
}
