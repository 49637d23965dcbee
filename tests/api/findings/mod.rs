//! Findings.

mod get_finding;
mod import_findings;
mod lifecycle;
mod list_findings;
mod update_finding;
