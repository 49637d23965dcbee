//! TenantAtlas: the operator control plane of a multi-tenant SaaS. This is the map of the crate, in reading order.

// ── the product ──────────────────────────────────────────────
pub mod alerts;
pub mod audit;
pub mod auth;
pub mod controls;
pub mod dashboard;
pub mod demo;
pub mod findings;
pub mod idempotency;
pub mod notifications;
pub mod runbooks;
pub mod runs;
pub mod telemetry;
pub mod tenancy;
// ── the two ways in, and the work ────────────────────────────
pub mod cli;
pub mod http;
pub mod server;
pub mod worker;
// ── what everything stands on ────────────────────────────────
pub mod config;
pub mod context;
pub mod db;
pub mod error;
pub mod json;
pub mod observability;
pub mod shares;
pub mod text;
