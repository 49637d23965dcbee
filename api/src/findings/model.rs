//! The words a finding is described with (FND-01): pure data, no storage.

/// A word that is not a member of the closed set it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is no {set}; known: {known}")]
pub struct UnknownWord {
    /// What the word was meant to be, in plain words.
    pub set: &'static str,
    /// The word as it was given.
    pub word: String,
    /// The members of the set, comma-separated.
    pub known: String,
}

impl UnknownWord {
    /// The error for `word`, which is not among `known`.
    pub fn new(set: &'static str, word: &str, known: &[&'static str]) -> Self {
        Self { set, word: word.chars().take(60).collect(), known: known.join(", ") }
    }
}

/// Declares an enum whose members are words on the wire, in the database and on the command line alike.
macro_rules! closed_set {
    // A word is a token, not a literal: of a literal that came through a macro the API document would not see what it says.
    ($(#[$meta:meta])* $name:ident as $set:literal { $($(#[$doc:meta])* $member:ident = $word:tt),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $member),+
        }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word for this member.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::findings::model::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$member),)+
                    _ => Err($crate::findings::model::UnknownWord::new($set, word, &[$($word),+])),
                }
            }
        }
    };
}
pub(crate) use closed_set;

closed_set! {
    /// What kind of deviation a finding is about.
    FindingType as "finding type" {
        /// A setting that departs from the recommended posture.
        Posture = "posture",
        /// A permission that departs from the recommended posture.
        PermissionPosture = "permission_posture",
        /// An administrator role that departs from the recommended posture.
        EntraAdminRoles = "entra_admin_roles",
        /// A setting that changed since it was last approved.
        Drift = "drift",
    }
}

closed_set! {
    /// How bad a finding is. Ordered: the worse severity is the greater one.
    Severity as "severity" {
        /// Worth knowing; nothing to repair.
        Informational = "informational",
        /// Low.
        Low = "low",
        /// Medium; also what a tool that names no severity is taken to mean.
        Medium = "medium",
        /// High.
        High = "high",
        /// Critical.
        Critical = "critical",
    }
}

impl Severity {
    /// Days from first sight to the due date; an informational finding is never due.
    pub const fn sla_days(self) -> Option<i32> {
        match self {
            Self::Critical => Some(3),
            Self::High => Some(7),
            Self::Medium => Some(14),
            Self::Low => Some(30),
            Self::Informational => None,
        }
    }

    /// The severity a tool means by `word`, whatever its case; `None` for a word no tool is known to use.
    pub fn from_tool_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "fatal" => Some(Self::Critical),
            "high" => Some(Self::High),
            "medium" => Some(Self::Medium),
            "low" => Some(Self::Low),
            "informational" | "info" => Some(Self::Informational),
            _ => None,
        }
    }
}

closed_set! {
    /// Where a finding stands in its lifecycle.
    #[schema(as = FindingStatus)]
    Status as "status" {
        /// Seen, and not looked at by anybody.
        New = "new",
        /// Looked at and accepted as work.
        Triaged = "triaged",
        /// Being worked on.
        InProgress = "in_progress",
        /// Seen again after it had been resolved.
        Reopened = "reopened",
        /// Written by old versions; the lifecycle backfill turns it into `triaged`.
        Acknowledged = "acknowledged",
        /// A later scan found nothing wrong.
        Resolved = "resolved",
        /// Closed by a person or by consolidation.
        Closed = "closed",
        /// Somebody decided to live with it.
        RiskAccepted = "risk_accepted",
    }
}

impl Status {
    /// Whether somebody still has something to do.
    pub const fn is_open(self) -> bool {
        !self.is_terminal()
    }

    /// Whether the finding has reached an end.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed | Self::RiskAccepted)
    }
}

closed_set! {
    /// Where a due date comes from.
    DueSource as "source of a due date" {
        /// Computed from first seen and severity.
        Sla = "sla",
        /// Decided by a person; without a date, that there is none.
        Person = "person",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_its_member() {
        for kind in FindingType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(*severity));
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        assert_eq!("odd".parse::<Severity>().unwrap_err().set, "severity");
    }

    #[test]
    fn the_api_document_has_the_words_that_are_sent() {
        fn assert_documented<T: utoipa::PartialSchema>(sent: serde_json::Value) {
            assert_eq!(serde_json::to_value(T::schema()).unwrap()["enum"], sent);
        }
        assert_documented::<FindingType>(serde_json::to_value(FindingType::ALL).unwrap());
        assert_documented::<Severity>(serde_json::to_value(Severity::ALL).unwrap());
        assert_documented::<Status>(serde_json::to_value(Status::ALL).unwrap());
        assert_documented::<DueSource>(serde_json::to_value(DueSource::ALL).unwrap());
    }

    #[test]
    fn terminal_states_are_resolved_closed_and_risk_accepted() {
        let terminal: Vec<_> = Status::ALL.iter().filter(|s| s.is_terminal()).map(|s| s.as_str()).collect();
        assert_eq!(terminal, ["resolved", "closed", "risk_accepted"]);
        assert!(Status::ALL.iter().all(|s| s.is_open() != s.is_terminal()));
    }

    #[test]
    fn the_worse_severity_is_greater_and_due_sooner() {
        assert!(Severity::Critical > Severity::High && Severity::Low > Severity::Informational);
        let days: Vec<_> = Severity::ALL.iter().rev().map(|s| s.sla_days()).collect();
        assert_eq!(days, [Some(3), Some(7), Some(14), Some(30), None]);
    }

    #[test]
    fn severities_are_understood_in_any_case_and_abbreviated() {
        let read = |word| Severity::from_tool_word(word);
        assert_eq!(read("Info"), Some(Severity::Informational));
        assert_eq!(read("INFORMATIONAL"), Some(Severity::Informational));
        assert_eq!(read(" hIgH "), Some(Severity::High));
        assert_eq!(read(""), None);
    }
}
