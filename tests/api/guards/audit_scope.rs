//! Actions whose audit rows may have neither workspace nor tenant (AUD-01): those that the spec lists, and no others.

use serde_json::Value;
use support::source;
use tenantatlas::audit::ACTIONS;

/// Reads the patterns of the spec's list; `*` at the end stands for anything.
fn unscoped() -> Vec<String> {
    let spec = std::fs::read_to_string(source::root().join("specs/audit/spec.md")).unwrap();
    let section = spec.split("\n## Without workspace and tenant\n").nth(1).expect("the section").split("\n## ").next().unwrap();
    let lines = section.lines().filter(|line| line.starts_with("- `") || line.starts_with("  `"));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn fits(pattern: &str, action: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == action, |start| action.starts_with(start))
}

/// Asserts that a row has a workspace, if its action is none of the spec's list.
#[track_caller]
pub fn assert_scope(row: &Value) {
    let action = row["action"].as_str().unwrap();
    let may_be_unscoped = unscoped().iter().any(|pattern| fits(pattern, action));
    assert!(may_be_unscoped || row["workspace_id"].is_i64(), "{action} has neither workspace nor tenant: {row}");
}

#[test]
fn the_list_of_the_spec_is_that_of_the_actions_that_are_not_of_one_workspace() {
    let unscoped = unscoped();
    for pattern in &unscoped {
        assert!(ACTIONS.iter().any(|info| fits(pattern, info.id)), "{pattern} names no action");
    }
    let always_scoped: Vec<_> =
        ACTIONS.iter().map(|info| info.id).filter(|id| !unscoped.iter().any(|pattern| fits(pattern, id))).collect();
    assert_eq!(
        always_scoped,
        [
            "platform.workspaces.created",
            "platform.workspaces.member_added",
            "platform.workspaces.member_removed",
            "platform.tenants.created",
            "platform.tenants.member_set",
            "platform.tenants.member_removed",
            "findings.imported",
            "finding.updated",
        ]
    );
}
