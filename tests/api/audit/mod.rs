//! The audit log.

mod append_only;
mod list_audit_actions;
mod list_audit_logs;
mod write_failures;
