//! The state machine of a run, as data (RUN-02).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Created; no target was claimed yet.
    Queued,
    /// A target was claimed.
    Running,
    /// Final.
    Completed,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has not ended.
    Pending,
    /// All targets succeeded.
    Succeeded,
    /// Some succeeded, some failed.
    PartiallySucceeded,
    /// None succeeded.
    Failed,
    /// A prerequisite outside is missing.
    Blocked,
    /// A cancel left targets undone.
    Cancelled,
}

/// Where a target stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    /// To be claimed.
    Queued,
    /// Another run works on the tenant.
    Waiting,
    /// A worker holds its lease.
    Running,
    /// Done and verified.
    Succeeded,
    /// Given up, with a code.
    Failed,
    /// Left undone by a cancel.
    Cancelled,
}

macro_rules! words {
    ($ty:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $ty {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As stored and on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// From what is stored.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(Status { Queued = "queued", Running = "running", Completed = "completed" });
words!(Outcome {
    Pending = "pending",
    Succeeded = "succeeded",
    PartiallySucceeded = "partially_succeeded",
    Failed = "failed",
    Blocked = "blocked",
    Cancelled = "cancelled",
});
words!(TargetState {
    Queued = "queued",
    Waiting = "waiting",
    Running = "running",
    Succeeded = "succeeded",
    Failed = "failed",
    Cancelled = "cancelled",
});

impl Outcome {
    /// Something of what the run was started for was not done, and nobody wanted that: it can be acknowledged (RUN-18).
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::PartiallySucceeded | Self::Blocked)
    }
}

/// What happens to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A worker claimed its first target.
    FirstTargetClaimed,
    /// No target is open any more.
    TargetsDone(Outcome),
}

/// Where an event leads, if it is legal.
pub fn after(status: Status, event: Event) -> Option<(Status, Outcome)> {
    match (status, event) {
        (Status::Queued, Event::FirstTargetClaimed) => Some((Status::Running, Outcome::Pending)),
        (Status::Queued, Event::TargetsDone(Outcome::Cancelled)) => Some((Status::Completed, Outcome::Cancelled)),
        (Status::Running, Event::TargetsDone(outcome)) if outcome != Outcome::Pending => Some((Status::Completed, outcome)),
        _ => None,
    }
}

/// How targets ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetCounts {
    /// Done.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Left undone.
    pub cancelled: i64,
}

impl TargetCounts {
    /// The outcome of a run whose targets ended like this.
    pub fn outcome(self) -> Outcome {
        match (self.succeeded, self.failed, self.cancelled) {
            (_, _, cancelled) if cancelled > 0 => Outcome::Cancelled,
            (_, 0, _) => Outcome::Succeeded,
            (0, _, _) => Outcome::Failed,
            _ => Outcome::PartiallySucceeded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_legal_transitions_exist() {
        let mut events = vec![Event::FirstTargetClaimed];
        events.extend(Outcome::ALL.iter().map(|outcome| Event::TargetsDone(*outcome)));
        for status in Status::ALL {
            for event in &events {
                let legal = match (status, event) {
                    (Status::Queued, Event::FirstTargetClaimed) => true,
                    (Status::Queued, Event::TargetsDone(outcome)) => *outcome == Outcome::Cancelled,
                    (Status::Running, Event::TargetsDone(outcome)) => *outcome != Outcome::Pending,
                    _ => false,
                };
                assert_eq!(after(*status, *event).is_some(), legal, "{status:?} {event:?}");
            }
        }
    }

    #[test]
    fn the_outcome_follows_the_targets() {
        let outcome = |succeeded, failed, cancelled| TargetCounts { succeeded, failed, cancelled }.outcome();
        assert_eq!(outcome(3, 0, 0), Outcome::Succeeded);
        assert_eq!(outcome(0, 3, 0), Outcome::Failed);
        assert_eq!(outcome(2, 1, 0), Outcome::PartiallySucceeded);
        assert_eq!(outcome(2, 1, 1), Outcome::Cancelled);
    }
}
