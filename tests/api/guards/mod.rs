//! Rules that hold for everything, and are proven for everything: what is added later is covered without being told.

mod architecture;
mod audit_coverage;
mod audit_scope;
mod authorization;
mod command_audit;
mod controls;
mod examples;
mod leftovers;
mod migrations;
mod observability;
mod openapi;
pub mod operations;
mod operators_unseen;
mod registries;
mod request_headers;
mod specs;
mod telemetry;
