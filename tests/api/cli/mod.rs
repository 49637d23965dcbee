//! The command line, through the real binary.

mod completions;
mod controls;
mod deploy_runbooks;
mod findings_backfill;
mod logs;
mod membership;
mod migrate;
mod openapi;
mod operator;
mod runbooks;
mod runs;
mod settings;
mod tenant;
mod token;
mod user;
mod workspace;
