//! `product-usage prune`, and the daily removal (TEL-06)

use std::time::{Duration, Instant};
use support::usage::{OPERATIONS, REPORTS};
use support::{TestApp, cli};
use tenantatlas::telemetry::upkeep::Kept;

/// Reads one row for each table that is neither telemetry nor the audit log.
fn everything_else(app: &TestApp) -> Vec<serde_json::Value> {
    let tables = app.rows(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
         AND c.relname NOT LIKE 'product\\_usage\\_%' AND c.relname <> 'audit_logs' ORDER BY 1",
    );
    assert!(tables.len() > 15, "the tables were not found");
    let content = |table: &serde_json::Value| {
        let name = table["relname"].as_str().unwrap();
        app.value(&format!("SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {name} t"))
    };
    tables.iter().map(content).collect()
}

fn prune(app: &TestApp, arguments: &[&str]) -> cli::Ended {
    cli::run(app.database_url(), &[&["product-usage", "prune"], arguments].concat(), "")
}

#[tokio::test]
async fn events_older_than_the_retention_go_and_nothing_else_does() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;
    app.execute("UPDATE operation_runs SET created_at = created_at - interval '120 days'");
    app.usage_event(&tenant, OPERATIONS, "120 days");
    let recent = app.usage_event(&tenant, OPERATIONS, "10 days");
    let before = everything_else(&app);

    let ended = prune(&app, &[]).assert_code(0);

    assert_eq!(ended.out, "Deleted 1 product usage event older than 90 days.\n");
    assert_eq!(app.value("SELECT id FROM product_usage_events"), recent);
    assert_eq!(everything_else(&app), before);
    let row = app.audited("platform.product_usage.pruned").remove(0);
    assert_eq!((&row["actor_type"], &row["actor_label"]), (&"cli".into(), &cli::system_user_name().into()));
    assert_eq!(row["summary"], "Removed 1 product usage event older than 90 days.");
    assert_eq!((&row["metadata"]["deleted"], &row["metadata"]["days"]), (&1.into(), &90.into()));
}

#[tokio::test]
async fn the_daily_removal_is_audited_where_it_removes_something_with_what_a_removal_before_it_did_not_end() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.usage_event(&tenant, REPORTS, "95 days");
    app.execute("UPDATE product_usage_upkeep SET unaudited = 5000");

    app.keep_up().await;
    app.execute("UPDATE product_usage_upkeep SET pruned_at = NULL");
    app.keep_up().await;

    let rows = app.audited("platform.product_usage.pruned");
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["actor_type"], &rows[0]["metadata"]["deleted"]), (&"system".into(), &5001.into()));
}

#[tokio::test]
async fn the_days_of_the_command_go_before_those_of_the_setting() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for age in ["35 days", "30 days", "29 days 23 hours", "10 days"] {
        app.usage_event(&tenant, REPORTS, age);
    }
    let mut by_setting = cli::command(app.database_url());
    by_setting.env("TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS", "33").args(["product-usage", "prune", "--json"]);
    let said = by_setting.output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(said, serde_json::json!({ "deleted": 1, "days": 33 }));

    assert_eq!(prune(&app, &["--days", "30"]).assert_code(0).out, "Deleted 1 product usage event older than 30 days.\n");
    assert_eq!(prune(&app, &["--days", "1"]).assert_code(0).out, "Deleted 2 product usage events older than 1 day.\n");
    assert_eq!(prune(&app, &["--days", "1"]).assert_code(0).out, "Deleted 0 product usage events older than 1 day.\n");
}

#[tokio::test]
async fn days_that_are_none_are_wrong_usage_and_nothing_is_deleted() {
    let app = TestApp::start().await;
    app.usage_event(&app.tenant("Contoso"), OPERATIONS, "120 days");
    for days in ["0", "-1", "36501", "1.5", "many", ""] {
        let ended = prune(&app, &["--days", days]).assert_code(2);
        assert!(ended.err.contains("--days"), "{days}: {}", ended.err);
    }
    assert_eq!(app.count_usage(), (1, 1));
}

#[tokio::test]
async fn it_is_done_in_batches_whether_events_are_folded_or_not() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let user = app.create_user().0;
    let add = |age: &str| {
        app.execute(&format!(
            "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, \
                                               occurred_at) \
             SELECT {}, {}, {user}, 'product.operations.started', 'operations', 'operation_run', i, \
                    '{{\"operation_type\": \"inventory.sync\"}}', db_now() - interval '{age}' - i * interval '7 seconds' \
             FROM generate_series(1, 6000) i",
            tenant.workspace_id, tenant.id
        ))
    };
    add("100 days");
    assert_eq!(app.keep_up_for(36_500).await, Kept { folded: 6_000, pruned: 0 });
    add("100 days");
    add("1 hour");

    assert_eq!(prune(&app, &["--json"]).assert_code(0).json()["deleted"], 12_000);

    assert_eq!(app.count_usage(), (6_000, 6_000));
    assert_eq!(app.value("SELECT count(*) FROM product_usage_counts"), 0);
    assert_eq!(app.value("SELECT count(*) FROM product_usage_active_workspaces"), 0);
}

#[tokio::test]
async fn it_is_done_once_a_day_by_whoever_comes_first() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.usage_event(&tenant, OPERATIONS, "91 days");
    assert_eq!(app.keep_up().await, Kept { folded: 1, pruned: 1 });

    app.usage_event(&tenant, OPERATIONS, "91 days");
    assert_eq!(app.keep_up().await, Kept { folded: 1, pruned: 0 }, "it was done today");

    app.clock().advance(Duration::from_secs(24 * 3600));
    assert_eq!(app.keep_up().await, Kept { folded: 0, pruned: 1 });
    assert_eq!(app.count_usage(), (0, 0));
}

#[tokio::test]
async fn a_worker_folds_and_prunes_by_itself() {
    let app = TestApp::builder().setting("TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS", "5").worker(1).start().await;
    let tenant = app.tenant("Contoso");
    app.usage_event(&tenant, OPERATIONS, "4 days");
    let old = app.usage_event(&tenant, OPERATIONS, "6 days");
    app.execute("UPDATE product_usage_upkeep SET pruned_at = NULL");
    let begun = Instant::now();
    while app.count_usage() != (1, 0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody kept it up: {:?}", app.count_usage());
    }
    assert_eq!(app.value(&format!("SELECT count(*) FROM product_usage_events WHERE id = {old}")), 0);
}
