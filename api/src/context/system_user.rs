//! Under whom a command runs: told by the operating system, since the environment says whatever whoever types wants it to.

use nix::unistd::{self, Uid, User};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A user of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SystemUser {
    /// Name in the machine's list of users, or `uid` and the number where it has none.
    #[schema(example = "alice")]
    pub user: String,
    /// Name of the machine.
    #[schema(example = "ops-1")]
    pub host: String,
}

impl SystemUser {
    /// Asks for the user of this process: the real one, whom a set-user-id bit does not change.
    pub fn current() -> Self {
        let host = unistd::gethostname().map_or_else(|_| "unknown host".to_owned(), |name| name.to_string_lossy().into_owned());
        Self { user: name_of(Uid::current()), host }
    }
}

impl fmt::Display for SystemUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.user, self.host)
    }
}

fn name_of(uid: Uid) -> String {
    User::from_uid(uid).ok().flatten().map_or_else(|| format!("uid {uid}"), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_without_an_entry_is_named_by_number() {
        assert_eq!(name_of(Uid::from_raw(3_999_999_999)), "uid 3999999999");
        assert_eq!(name_of(Uid::from_raw(0)), "root");
    }
}
