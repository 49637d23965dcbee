//! Who acts, in which request: the first argument of every use case, for HTTP, worker and command line alike.

mod system_user;

pub use system_user::SystemUser;

use ipnet::Ipv6Net;
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;

/// By what limits know a client: its address, and of IPv6 the network of 64 bits, out of which a client takes as many addresses
/// as it likes (RFC 6177).
pub fn counted_address(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => Ipv6Net::new_assert(address, 64).trunc().to_string(),
        _ => address.to_owned(),
    }
}

/// Kinds of those who act. A number says who somebody is only together with it: operators and users have numbers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorType {
    /// An operator.
    Operator,
    /// A customer's user.
    User,
    /// The command line, for nobody but the system user who typed.
    Cli,
    /// The product itself.
    System,
    /// Somebody who is not signed in.
    Anonymous,
}

impl ActorType {
    /// As stored in `audit_logs.actor_type` and `operation_runs.initiator_type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::User => "user",
            Self::Cli => "cli",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }
}

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
    /// The command line, for nobody but the system user who typed.
    Cli {
        /// Name of the system user and of the machine.
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
    /// Tells the kind of the actor, as stored.
    pub fn kind(&self) -> &'static str {
        let kind = match self {
            Self::Operator { .. } => ActorType::Operator,
            Self::User { .. } => ActorType::User,
            Self::Cli { .. } => ActorType::Cli,
            Self::System => ActorType::System,
            Self::Anonymous { .. } => ActorType::Anonymous,
        };
        kind.as_str()
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

    /// Whether an operator acts under break-glass.
    pub fn is_break_glass(&self) -> bool {
        matches!(self, Self::Operator { is_break_glass: true, .. })
    }

    /// Names the credential under which they act. All sessions of a person are one: a bearer session lives for an hour, the answer
    /// to what it sent for a day.
    pub fn credential(&self, token: Option<&TokenRef>) -> Option<String> {
        match (token, self) {
            (Some(token), _) => Some(format!("token:{}", token.id)),
            (None, Self::Operator { id, .. }) => Some(format!("operator:{id}")),
            (None, Self::User { id, .. }) => Some(format!("user:{id}")),
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

/// An API token, as audit names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRef {
    /// `api_tokens.id`.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// Context of one request, command or worker step.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// The API token through which a program acts for them; none: the person themselves, or no person at all.
    pub token: Option<TokenRef>,
    /// The system user who typed, where a command acts, also for an operator or user; none: a request, or the product itself.
    pub command_line: Option<SystemUser>,
    /// Why, where break-glass asks for it.
    pub break_glass_reason: Option<String>,
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
        let user = SystemUser::current();
        Self { command_line: Some(user.clone()), ..Self::local(Actor::Cli { name: user.to_string() }) }
    }

    /// Context of a command that its system user typed for another: whoever has a shell acts as anybody, so that is kept too.
    pub fn on_command_line(actor: Actor) -> Self {
        Self { command_line: Some(SystemUser::current()), ..Self::local(actor) }
    }

    /// Context without a network client.
    pub fn local(actor: Actor) -> Self {
        Self {
            actor,
            token: None,
            command_line: None,
            break_glass_reason: None,
            request_id: uuid::Uuid::now_v7().to_string(),
            ip: None,
            user_agent: None,
        }
    }

    /// Whose requests may come again under one `Idempotency-Key`.
    pub fn credential(&self) -> Option<String> {
        self.actor.credential(self.token.as_ref())
    }

    /// Whether a program with an API token acts, and not the person whom the actor names.
    pub fn is_machine(&self) -> bool {
        self.token.is_some()
    }
}
