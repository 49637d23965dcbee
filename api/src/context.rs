//! Who acts, in which request: the first argument of every use case, for HTTP, worker and command line alike.

/// The one who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in to the system plane.
    Operator {
        /// `platform_users.id`.
        id: i64,
        /// Normalised e-mail address.
        email: String,
        /// Display name.
        name: String,
        /// Acts under an open break-glass session (ACC-06).
        is_break_glass: bool,
    },
    /// Somebody signed in to the tenant plane.
    User {
        /// `users.id`.
        id: i64,
        /// Normalised e-mail address.
        email: String,
        /// Display name.
        name: String,
    },
    /// The command line, with the name of the system user who typed.
    Cli {
        /// Name of the system user.
        name: String,
    },
    /// The product itself: worker, sweep, deploy hook.
    System,
    /// Nobody yet: a sign-in attempt under the address given.
    Anonymous {
        /// What was typed as e-mail address, normalised and cut.
        label: String,
    },
}

impl Actor {
    /// As stored in `audit_logs.actor_type` and `operation_runs.initiator_type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Operator { .. } => "operator",
            Self::User { .. } => "user",
            Self::Cli { .. } => "cli",
            Self::System => "system",
            Self::Anonymous { .. } => "anonymous",
        }
    }

    /// Row id, where the actor has a row.
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Operator { id, .. } | Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// `platform_users.id`, of an operator.
    pub fn operator_id(&self) -> Option<i64> {
        match self {
            Self::Operator { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// `users.id`, of a customer's user.
    pub fn user_id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Name for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Operator { name, .. } | Self::User { name, .. } | Self::Cli { name } => name,
            Self::System => "TenantAtlas",
            Self::Anonymous { label } => label,
        }
    }

    /// What audit keeps as the label: a person's address, else the name.
    pub fn label(&self) -> &str {
        match self {
            Self::Operator { email, .. } | Self::User { email, .. } => email,
            other => other.name(),
        }
    }
}

/// Context of one request, command or worker step.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// Ties answer, log and audit together.
    pub request_id: String,
    /// Client address, when there is a client.
    pub ip: Option<String>,
    /// Client's own name, cut to 300 characters.
    pub user_agent: Option<String>,
}

impl Ctx {
    /// Context of the product's own work.
    pub fn system() -> Self {
        Self::local(Actor::System)
    }

    /// Context of a command typed on this machine by its system user.
    pub fn cli() -> Self {
        let name = ["SUDO_USER", "USER", "LOGNAME"]
            .iter()
            .find_map(|variable| std::env::var(variable).ok().filter(|name| !name.is_empty()))
            .unwrap_or_else(|| "unknown".to_owned());
        Self::local(Actor::Cli { name })
    }

    /// Context without a network client.
    pub fn local(actor: Actor) -> Self {
        Self { actor, request_id: uuid::Uuid::now_v7().to_string(), ip: None, user_agent: None }
    }
}
