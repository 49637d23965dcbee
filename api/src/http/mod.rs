//! HTTP vocabulary: what every route is written in. No route and no rule of the product lives here.

pub mod break_glass_reason;
pub mod client_address;
pub mod descriptors;
pub mod documentation;
mod documented_headers;
mod documented_problems;
pub mod envelope;
mod examples;
pub mod extract;
pub mod fallback;
pub mod fixed_file;
pub mod idempotency;
pub mod if_match;
pub mod installation_figures;
mod links;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod process;
pub mod rate_limit;
pub mod readiness;
pub mod sse;
pub mod state;
pub mod streams;
pub mod under_way;
pub mod web_page;

pub use state::State;
