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

#[tokio::test]
async fn events_are_recorded_at_their_seams_only_and_written_in_one_place() {
    let app = TestApp::start().await;
    let tables = tables(&app, "LIKE");
    assert!(tables.len() >= 5, "the tables were not found: {tables:?}");
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
        // Settings are called product_usage_something too, so the names have to be whole words.
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let known = words.find(|word| tables.iter().any(|table| table == word));
        assert!(is_own || known.is_none(), "{name} knows {known:?}, a table of telemetry");
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
async fn a_start_that_is_recorded_leaves_no_telemetry_in_any_other_table() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    app.member(&tenant, "manager").await.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;
    app.keep_up().await;
    let telling = |table: &str| app.value(&format!("SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%product.%'"));
    assert_eq!(telling("product_usage_events"), 1);
    let others = tables(&app, "NOT LIKE");
    assert!(others.len() > 15, "the tables were not found: {others:?}");
    for table in others {
        assert_eq!(telling(&table), 0, "{table}");
    }
}

/// Tables of telemetry, which are `LIKE` it by their names, or all others.
fn tables(app: &TestApp, like: &str) -> Vec<String> {
    let rows = app.rows(&format!(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
         AND relname {like} 'product\\_usage\\_%' ORDER BY 1"
    ));
    rows.iter().map(|row| row["relname"].as_str().unwrap().to_owned()).collect()
}
