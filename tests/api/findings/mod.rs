//! Findings.

mod get_finding;
mod lifecycle;
mod list_findings;
mod update_finding;
