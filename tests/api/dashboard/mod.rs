//! The dashboard.

mod failures;
mod get_dashboard;
mod health;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::TestApp;
use support::actor::runbooks::BACKFILL;
use support::fixtures::Tenant;
use support::table::with;

/// A worker process says that it is alive, for the next seconds.
fn heartbeat(app: &TestApp) {
    app.execute(
        "INSERT INTO worker_nodes (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'node') \
         ON CONFLICT (id) DO UPDATE SET seen_at = db_now()",
    );
}

/// A run that ended some minutes ago after a minute of work, with other columns as they are given.
fn ended_run(app: &TestApp, outcome: &str, minutes_ago: i64, columns: Value) -> i64 {
    let before_end =
        |seconds: i64| app.value(&format!("SELECT db_now() - make_interval(secs => {})", minutes_ago * 60 + seconds));
    let cancel_requested_at = if outcome == "cancelled" { before_end(1) } else { Value::Null };
    let row = json!({
        "workspace_id": app.default_workspace().id, "initiator_type": "system", "initiator_name": "TenantAtlas", "type": BACKFILL,
        "status": "completed", "outcome": outcome, "run_identity_hash": hex::encode(Sha256::digest(outcome)),
        "created_at": before_end(61), "started_at": before_end(60), "completed_at": before_end(0),
        "cancel_requested_at": cancel_requested_at,
    });
    app.insert("operation_runs", &with(row, columns))
}

/// What a run that has ended says of itself, to be shown as a run.
fn summary() -> Value {
    json!({ "summary_counts": { "total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 0, "tenants": 0 }, "context": {} })
}

/// A run over all tenants in which the targets of these tenants failed, some minutes ago.
fn run_with_failed_targets(app: &TestApp, outcome: &str, minutes_ago: i64, tenants: &[&Tenant]) -> i64 {
    let run = ended_run(app, outcome, minutes_ago, json!({}));
    for tenant in tenants {
        app.insert(
            "run_targets",
            &json!({ "run_id": run, "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "state": "failed",
                     "failure_code": "internal_error", "failure_message": "Something inside failed.",
                     "completed_at": app.value("SELECT db_now()") }),
        );
    }
    run
}
