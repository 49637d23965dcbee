//! Folding events into buckets, and `product-usage rebuild` (TEL-07)

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use serde_json::json;
use support::usage::{OPERATIONS, PACKS, counts};
use support::{TestApp, cli};
use tenantatlas::context::Ctx;
use tenantatlas::db::locks::{self, LockClass};
use tenantatlas::telemetry::{rollup, upkeep};

const MARCH: &str = "from=2026-03-01T00:30:00Z&to=2026-03-04T01:15:00Z";

#[tokio::test]
async fn folding_changes_no_figure() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for hour in 0..48 {
        app.usage_event_at(&tenant, OPERATIONS, &json!(format!("2026-03-0{}T{:02}:20:00Z", 1 + hour / 24, hour % 24)));
    }
    let operator = app.operator().await;
    let before = operator.summarize_telemetry(MARCH).await.assert_status(200).body;
    assert_eq!((before["total_events"].clone(), app.count_usage()), (json!(47), (48, 48)));

    assert_eq!(app.keep_up_for(36_500).await.folded, 48);
    assert_eq!(app.keep_up_for(36_500).await.folded, 0);

    assert_eq!(app.count_usage(), (48, 0));
    assert_eq!(operator.summarize_telemetry(MARCH).await.body, before);
}

#[tokio::test]
async fn an_event_that_commits_late_is_folded_late_and_never_missed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let user = app.create_user().0;
    let operator = app.operator().await;
    let mut late = app.db();
    AnsiTransactionManager::begin_transaction(&mut late).unwrap();
    late.batch_execute(&format!(
        "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, \
                                           occurred_at) \
         VALUES ({}, {}, {user}, 'product.operations.started', 'operations', 'operation_run', 1, \
                 '{{\"operation_type\": \"inventory.sync\"}}', '2026-03-02T10:20:00Z')",
        tenant.workspace_id, tenant.id
    ))
    .unwrap();
    // Given out later, of the same hour, committed and folded first.
    app.usage_event_at(&tenant, OPERATIONS, &json!("2026-03-02T10:40:00Z"));
    app.keep_up_for(36_500).await;
    let count = async || counts(&operator.summarize_telemetry(MARCH).await.body, "count")[OPERATIONS];
    assert_eq!(count().await, 1);

    AnsiTransactionManager::commit_transaction(&mut late).unwrap();

    assert_eq!((count().await, app.keep_up_for(36_500).await.folded, count().await), (2, 1, 2));
}

#[tokio::test]
async fn a_fold_that_is_cut_off_is_done_again() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.usage_event_at(&tenant, PACKS, &json!("2026-03-02T10:20:00Z"));
    let operator = app.operator().await;
    let before = operator.summarize_telemetry(MARCH).await.body;

    let mut conn = app.db();
    conn.test_transaction(rollup::fold);

    assert_eq!((app.count_usage(), operator.summarize_telemetry(MARCH).await.body), ((1, 1), before.clone()));
    assert_eq!(app.keep_up_for(36_500).await.folded, 1);
    assert_eq!(operator.summarize_telemetry(MARCH).await.body, before);
}

#[tokio::test]
async fn of_many_nodes_one_is_at_the_buckets() {
    let app = TestApp::start().await;
    app.usage_event(&app.tenant("Contoso"), OPERATIONS, "100 days");
    let (mut one, mut other) = (app.db(), app.db());
    AnsiTransactionManager::begin_transaction(&mut one).unwrap();
    locks::lock(&mut one, LockClass::Singleton, "product usage buckets").unwrap();

    assert_eq!(upkeep::keep_up(&mut other, 90).unwrap(), upkeep::Kept::default());
    AnsiTransactionManager::rollback_transaction(&mut one).unwrap();

    assert_eq!(upkeep::keep_up(&mut other, 90).unwrap(), upkeep::Kept { folded: 1, pruned: 1 });
}

#[tokio::test]
async fn a_rebuild_finds_nothing_to_correct_and_corrects_what_somebody_spoiled() {
    let app = TestApp::start().await;
    let (north, south) = (app.workspace("north", "North"), app.workspace("south", "South"));
    for (workspace, at) in [(&north, "2026-03-02T10:20:00Z"), (&south, "2026-03-02T11:20:00Z"), (&south, "2026-03-03T11:20:00Z")]
    {
        app.usage_event_at(&app.tenant_in(workspace, "Contoso"), OPERATIONS, &json!(at));
    }
    app.keep_up_for(36_500).await;
    let unfolded = app.usage_event_at(&app.tenant("Late"), OPERATIONS, &json!("2026-03-02T10:50:00Z"));
    let operator = app.operator().await;
    let before = operator.summarize_telemetry(MARCH).await.body;
    let rebuild = || cli::run(app.database_url(), &["product-usage", "rebuild", "--json"], "").assert_code(0).json();
    let sound = json!({ "events": 3, "buckets": 16, "differed": 0 });
    assert_eq!(rebuild(), sound);
    let text = cli::run(app.database_url(), &["product-usage", "rebuild"], "").assert_code(0).out;
    assert_eq!(text, "Compared 16 buckets with 3 events: 0 differed.\n");

    app.execute(
        "UPDATE product_usage_counts SET count = count + 1 WHERE (width_seconds, start_at) = (300, '2026-03-02T10:20:00Z')",
    );
    app.execute("DELETE FROM product_usage_counts WHERE (width_seconds, start_at) = (3600, '2026-03-03T11:00:00Z')");
    app.execute("UPDATE product_usage_active_workspaces SET workspace_ids = '{7}' WHERE (width_seconds, start_at) = (86400, '2026-03-02T00:00:00Z')");
    app.execute("INSERT INTO product_usage_active_workspaces (width_seconds, start_at, workspace_ids) VALUES (300, '2026-03-01T01:00:00Z', '{7}')");

    assert_eq!(rebuild()["differed"], 4);
    assert_eq!(rebuild(), sound);
    assert_eq!(operator.summarize_telemetry(MARCH).await.body, before);
    let left = app.value("SELECT event_id FROM product_usage_unfolded");
    assert_eq!(left, unfolded, "what is unfolded stays so");
}

#[tokio::test]
async fn a_rebuild_is_done_day_by_day_and_lets_others_at_the_buckets_in_between() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for day in 2..=4 {
        app.usage_event_at(&tenant, OPERATIONS, &json!(format!("2026-03-0{day}T10:20:00Z")));
    }
    app.keep_up_for(36_500).await;
    app.execute("UPDATE product_usage_counts SET count = 9 WHERE width_seconds = 300");
    app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$");
    app.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON product_usage_counts
         FOR EACH ROW WHEN (OLD.start_at >= '2026-03-04') EXECUTE FUNCTION refuse()",
    );
    assert!(rollup::rebuild(&Ctx::system(), &mut app.db()).is_err());
    let wrong = app.rows("SELECT start_at FROM product_usage_counts WHERE count = 9");
    assert_eq!(wrong.len(), 1, "the days before were done: {wrong:?}");
}
