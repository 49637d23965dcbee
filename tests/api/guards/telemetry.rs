//! What leaves no trace: looking, operators, commands, the product itself; and where no trace is ever left (TEL-02, TEL-04).

use super::operations::{self, Operation};
use support::{TestApp, cli, source};
use tenantatlas::telemetry::catalog::CATALOG;

/// Who may record: each seam of a feature gets its line here when it arrives. Pages and reads have none.
const SEAMS: [&str; 1] = ["runs/create_run.rs"];
/// Who writes events: the recorder, and the demo's past.
const WRITERS: [&str; 2] = ["demo/store.rs", "telemetry/store/events.rs"];

#[tokio::test]
async fn no_look_of_anybody_is_recorded() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    let is_look = |operation: &Operation| operation.method == "GET" && operation.id != "watch_run";
    let looks: Vec<Operation> = operations::operations().into_iter().filter(is_look).collect();
    assert!(looks.len() > 20, "the operations were not found");
    for operation in looks {
        let call = operations::prepare(&app, &admin, &operation).await;
        let caller = call.caller(&app, &admin).await;
        app.execute("DELETE FROM product_usage_events");
        let (audited, answer) = (app.value("SELECT count(*) FROM audit_logs"), call.send(&caller).await);
        assert!(answer.status < 400, "{}: {}", operation.id, answer.status);
        assert_eq!(app.count_usage(), (0, 0), "{} is recorded", operation.id);
        assert_eq!(app.value("SELECT count(*) FROM audit_logs"), audited, "{} is audited", operation.id);
    }
}

#[tokio::test]
async fn starts_of_operators_commands_and_deployments_are_not_recorded() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;
    app.pending_findings(&tenant, 1);
    cli::run(app.database_url(), &["findings", "backfill-lifecycle", "--tenant", &tenant.id.to_string()], "").assert_code(0);
    app.drain().await;
    app.pending_findings(&tenant, 1);
    cli::run(app.database_url(), &["deploy-runbooks"], "").assert_code(0);
    app.drain().await;
    assert_eq!((app.count_runs(), app.count_usage()), (3, (0, 0)));
}

#[test]
fn events_are_recorded_at_their_seams_only_and_written_in_one_place() {
    let root = source::root().join("api/src");
    let (mut seams, mut writers) = (Vec::new(), Vec::new());
    for path in source::files(&root, "rs") {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("telemetry::record(") {
            seams.push(name.clone());
        }
        if text.contains("INTO product_usage_events") {
            writers.push(name.clone());
        }
        let is_own = name.starts_with("telemetry/") || name.starts_with("demo/") || name == "db/schema.rs";
        let tables = ["events", "unfolded", "counts", "activity", "upkeep"].map(|table| format!("product_usage_{table}"));
        assert!(is_own || !tables.iter().any(|table| text.contains(table)), "{name} knows the tables of telemetry");
        let is_catalog = name == "telemetry/catalog.rs" || name.starts_with("demo/");
        for info in CATALOG {
            let examples = text.lines().filter(|line| !line.trim_start().starts_with("#[schema(example"));
            let is_named = examples.into_iter().any(|line| line.contains(info.event_name));
            assert!(is_catalog || !is_named, "{name} writes {} itself", info.event_name);
        }
    }
    assert_eq!(seams, SEAMS);
    assert_eq!(writers, WRITERS);
}

#[tokio::test]
async fn neither_audit_nor_runs_have_room_for_telemetry() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.usage_event(&tenant, support::usage::OPERATIONS, "1 hour");
    app.keep_up().await;
    for table in ["audit_logs", "operation_runs", "run_targets"] {
        let holding = app.value(&format!("SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%product.%'"));
        assert_eq!(holding, 0, "{table}");
    }
}
