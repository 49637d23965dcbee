//! What ended, told to whoever started it (RUN-15).
//!
//! Invariants:
//! * A run that ends writes one notification at most, in the transaction that completes it, for its initiator and nobody else.
//! * A user sees those of the tenants where they may see such runs now, on the floor of the tenant plane; what they may not see
//!   is neither listed nor counted.

pub mod feed;
mod inbox;
pub mod list_notifications;
pub mod model;
pub mod read_notifications;
pub mod routes;
mod store;

pub use feed::Feed;
pub use inbox::Inbox;
pub use model::{Notification, NotificationState};
pub use store::{insert_for_initiator, prune};
