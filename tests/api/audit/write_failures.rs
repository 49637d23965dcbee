//! Audit rows that could not be written where the work went on (RB-10).

use serde_json::{Value, json};
use support::TestApp;

#[tokio::test]
async fn the_work_goes_on_and_each_missing_row_is_noted() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'platform.ops.runbooks.%') NOT VALID");

    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;

    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
    assert!(operator.list_run_audit(run, "").await.assert_status(200).items().is_empty());
    let missing = app.rows("SELECT action, run_id FROM audit_write_failures WHERE request_id IS NOT NULL ORDER BY id");
    let row = |action: &str, run: Value| json!({ "action": format!("platform.ops.runbooks.{action}"), "run_id": run });
    assert_eq!(missing, [row("preflight", Value::Null), row("start", json!(run)), row("completed", json!(run))]);
}

#[tokio::test]
async fn the_work_goes_on_where_not_even_the_note_can_be_written() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    app.pending_findings(&tenant, 1);
    for table in ["audit_logs", "audit_write_failures"] {
        app.execute(&format!(
            "ALTER TABLE {table} ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'platform.ops.runbooks.%') NOT VALID"
        ));
    }

    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;

    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
    assert_eq!(app.value("SELECT count(*) FROM audit_write_failures"), 0);
}

#[tokio::test]
async fn notes_are_removed_when_no_window_of_the_dashboard_reaches_them() {
    let app = TestApp::start().await;
    for days in [30, 32] {
        app.execute(&format!(
            "INSERT INTO audit_write_failures (action, failed_at) VALUES ('platform.ops.runbooks.start', db_now() - interval '{days} days')"
        ));
    }
    assert_eq!(app.sweep().await.pruned, 1);
    assert_eq!(app.value("SELECT count(*) FROM audit_write_failures"), 1);
}
