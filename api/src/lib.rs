//! TenantAtlas: the operator control plane of a multi-tenant SaaS. This is the map of the crate, in reading order.

// ── the product ──────────────────────────────────────────────
pub mod runbooks;
pub mod runs;
pub mod controls;
pub mod findings;
pub mod tenancy;
pub mod audit;
pub mod auth;
pub mod idempotency;
// ── the two ways in, and the work ────────────────────────────
pub mod server;
pub mod http;
pub mod worker;
pub mod cli;
// ── what everything stands on ────────────────────────────────
pub mod error;
pub mod context;
pub mod db;
pub mod config;
pub mod observability;
