//! Operational controls (242): pausing risky actions, and what that stops.

mod blocked_starts;
mod changed_at_once;
mod excluded_workspaces;
mod expiry;
mod gate;
mod get_control;
mod list_control_history;
mod list_controls;
mod move_pause;
mod pause_control;
mod preview_control;
mod resume_control;
mod schedule;
mod shown_elsewhere;

use serde_json::{Value, json};
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// Three workspaces with one tenant each, two findings to repair in each, and an operator who may do everything.
async fn three_workspaces() -> (TestApp, Actor, [Tenant; 3]) {
    let app = TestApp::start().await;
    let tenants = ["Contoso", "Fabrikam", "Northwind"].map(|name| {
        let workspace = app.workspace(&name.to_lowercase(), &format!("{name} Group"));
        let tenant = app.tenant_in(&workspace, name);
        app.pending_findings(&tenant, 2);
        tenant
    });
    let operator = app.operator().await;
    (app, operator, tenants)
}

/// Rows of the audit log about controls, oldest first.
fn control_rows(app: &TestApp) -> Vec<Value> {
    app.rows("SELECT * FROM audit_logs WHERE action LIKE 'operational_control.%' ORDER BY id")
}

/// The actions of those rows.
fn control_actions(app: &TestApp) -> Vec<String> {
    let action = |row: Value| row["action"].as_str().unwrap().trim_start_matches("operational_control.").to_owned();
    control_rows(app).into_iter().map(action).collect()
}

/// Neither run nor target is there, and nothing was kept for replay.
fn assert_nothing_started(app: &TestApp) {
    let count = |table: &str| app.value(&format!("SELECT count(*) FROM {table}"));
    for table in ["operation_runs", "run_targets", "idempotency_keys"] {
        assert_eq!(count(table), json!(0), "{table}");
    }
}

/// Everything that a table holds.
fn contents(app: &TestApp, condition: &str) -> Vec<Value> {
    app.rows(&format!("SELECT * FROM findings WHERE {condition} ORDER BY id"))
}
