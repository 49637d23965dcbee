//! The database: connections, the one blocking bridge, the clock, the floor of the tenant plane, pages, locks, meaning of errors, migrations, rights, requirements, background jobs, private cluster.

pub mod address;
pub mod clock;
pub mod embedded;
pub mod errors;
pub mod floor;
pub mod id;
pub mod jobs;
pub mod locks;
pub mod loggable;
pub mod migrate;
mod outage;
pub mod page;
pub mod pool;
pub mod prepared;
mod refusals;
pub mod requirements;
pub mod rights;
#[allow(missing_docs, reason = "generated; described by the COMMENTs in the migrations")]
pub mod schema;
pub mod search;
pub mod session;
mod turns;

pub use address::Address;
pub use clock::Moment;
pub use errors::is_away;
pub use floor::TenantScope;
pub use pool::Db;
pub use prepared::prepared;
pub use session::{SessionLimits, allow_large_sorts, hurry, in_snapshot, may_write, wait_for_disk};
pub use turns::{Caller, ConnectionShares, Purpose, on_behalf_of};
