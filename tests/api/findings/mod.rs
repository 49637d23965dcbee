//! Findings.

mod get_finding;
mod import_findings;
mod lifecycle;
mod list_findings;
mod slow_uploads;
mod update_finding;
