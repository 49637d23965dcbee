//! The registries: problem codes, audit actions, capabilities, runbooks. Each entry once, complete, and in use.

use std::collections::HashSet;
use std::fmt::Debug;
use support::source;
use tenantatlas::audit::ACTIONS;
use tenantatlas::auth::{Role, capability, tenant_capability};
use tenantatlas::error::CODES;
use tenantatlas::runbooks::CATALOG;

/// Registered ahead of the feature that uses them. The list only shrinks.
const NOT_YET_USED: [&str; 0] = [];

#[test]
fn every_problem_code_has_one_row_and_is_used() {
    let variants = variants("error/codes.rs", "pub enum Code {");
    assert_same(&variants, CODES.iter().map(|row| row.id));
    let source = text_of_all_but("error/codes.rs");
    for variant in &variants {
        assert_used(&source, "Code", variant);
    }
}

#[test]
fn a_problem_code_says_what_it_means_with_a_status_of_the_design() {
    const STATUSES: [u16; 14] = [400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 422, 429, 500, 503];
    let mut codes = HashSet::new();
    let mut last = 0;
    for row in CODES {
        assert!(codes.insert(row.code), "{} stands twice", row.code);
        assert!(row.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", row.code);
        assert!(STATUSES.contains(&row.status), "{} has status {}", row.code, row.status);
        assert!(!row.title.is_empty() && !row.help.is_empty(), "{} says nothing", row.code);
        assert!(row.status >= last, "{} is not in order of status", row.code);
        last = row.status;
    }
}

#[test]
fn every_audit_action_has_one_row_and_is_used() {
    let variants = variants("audit/action.rs", "pub enum Action {");
    assert_same(&variants, ACTIONS.iter().map(|row| row.action));
    let source = text_of_all_but("audit/action.rs");
    let mut ids = HashSet::new();
    for row in ACTIONS {
        assert_used(&source, "Action", &format!("{:?}", row.action));
        assert!(ids.insert(row.id) && is_dotted(row.id), "{}", row.id);
        assert!(!row.label.is_empty() && row.summary.ends_with('.'), "{} says nothing", row.id);
    }
}

#[test]
fn capabilities_are_unique_well_formed_and_found_by_name() {
    let mut names = HashSet::new();
    for entry in capability::ALL {
        assert!(names.insert(entry.name) && is_dotted(entry.name) && entry.name.starts_with("platform."), "{}", entry.name);
        assert!(entry.description.ends_with('.'), "{} says nothing", entry.name);
        assert_eq!(capability::find(entry.name), Some(*entry));
    }
    assert_eq!(capability::find("platform.no_such_capability"), None);
}

#[test]
fn every_role_may_do_in_a_tenant_what_the_requirements_say() {
    let held =
        |role: Role| tenant_capability::ALL.iter().filter(|entry| role.holds(entry)).map(|entry| entry.name).collect::<Vec<_>>();
    let readonly = vec!["tenant.view", "findings.view", "verification.view"];
    let staff = ["findings.edit", "sync.start", "review_pack.request", "support_diagnostics.open", "verification.start"];
    let leads = ["findings.import", "findings.backfill", "restore.execute", "backup.run"];
    assert_eq!(held(Role::Readonly), readonly);
    assert_eq!(held(Role::Operator), [&readonly[..], &staff].concat());
    assert_eq!(held(Role::Manager), [&readonly[..], &staff, &leads].concat());
    assert_eq!(held(Role::Owner), [&readonly[..], &staff, &leads, &["members.manage"]].concat());
    for entry in tenant_capability::ALL {
        assert!(is_dotted(entry.name) && entry.description.ends_with('.'), "{}", entry.name);
    }
}

#[test]
fn every_runbook_is_complete() {
    let mut keys = HashSet::new();
    for info in CATALOG.iter().map(|runbook| runbook.info()) {
        assert!(keys.insert(info.key) && is_dotted(info.key), "{}", info.key);
        assert!(!info.label.is_empty() && info.description.ends_with('.'), "{} says nothing", info.key);
        assert!(capability::find(info.capability.name).is_some(), "{} needs an unknown capability", info.key);
        assert!(!info.scopes.is_empty() && info.estimated_duration_seconds > 0, "{}", info.key);
        assert!(!info.typed_confirmation.is_empty() && !info.trigger.is_empty() && !info.control_key.is_empty(), "{}", info.key);
        assert!(std::ptr::eq(tenantatlas::runbooks::find(info.key).unwrap().info(), info));
    }
}

/// The members of an enum, as its source lists them.
fn variants(file: &str, opening: &str) -> Vec<String> {
    let text = std::fs::read_to_string(source::root().join("api/src").join(file)).unwrap();
    let body = text.split_once(opening).and_then(|(_, rest)| rest.split_once('}')).unwrap().0.to_owned();
    body.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn assert_same(variants: &[String], rows: impl Iterator<Item = impl Debug>) {
    let mut rows: Vec<String> = rows.map(|row| format!("{row:?}")).collect();
    let mut variants = variants.to_vec();
    rows.sort();
    variants.sort();
    assert_eq!(rows, variants);
}

fn assert_used(source: &str, kind: &str, variant: &str) {
    let is_used = source.contains(&format!("{kind}::{variant}"));
    assert_ne!(is_used, NOT_YET_USED.contains(&variant), "{kind}::{variant}: use it, or take it out of the registry or the list");
}

fn text_of_all_but(file: &str) -> String {
    let files = source::files(&source::root().join("api/src"), "rs");
    files.iter().filter(|path| !path.ends_with(file)).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

fn is_dotted(name: &str) -> bool {
    name.contains('.')
        && name.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}
