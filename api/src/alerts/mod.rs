//! Alerts: which events are told to whom, and what became of it (ALR-01).
//!
//! Invariants:
//! * A delivery is written in the transaction of what it tells of, those of all rules together, in a savepoint: an alert that
//!   cannot be written is logged and counted, and the other rules and what it would tell of go on ([`mod@raise`]).
//! * What the sweep tells of is marked as told of in the transaction that writes the deliveries, all of them or none: what
//!   cannot be told now is told later ([`sweep`]).
//! * A delivery is sent at least once, each time with the same id, by a worker ([`deliver`]); only a worker talks to
//!   destinations, so one that hangs or lies holds up nobody else.
//! * Secrets of destinations are sealed before they are stored ([`sealing`]) and no operation answers with one.
//! * Requests go to addresses of the internet only, and to networks that a setting lists ([`network`]).

pub mod deliver;
pub mod deliveries;
pub mod delivery;
pub mod destination;
mod destination_input;
pub mod destinations;
pub mod event;
mod limit;
pub mod matching;
pub mod network;
mod notice;
mod outbox;
pub mod quiet_hours;
pub mod raise;
pub mod reason;
pub mod routes;
pub mod rule;
pub mod rules;
pub mod sealing;
mod send;
pub mod sender;
mod severity;
mod store;
pub mod sweep;
pub mod try_out;

pub use delivery::Delivery;
pub use destination::Destination;
pub use event::{Event, EventKind};
pub use outbox::Outbox;
pub use raise::raise;
pub use rule::Rule;
pub use severity::Severity;
