//! Statistics that are wrong: tables that nobody has analysed since they were filled, or was when they had another size. Whatever
//! the planner believes, no statement of preflight, run and import goes through a set once for each member of another.

use crate::cluster::OwnCluster;
use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::all_tenants;
use support::fixtures::Tenant;

/// Statements before the table was filled, and after.
const STATISTICS: [(&str, &str, &str); 5] = [
    ("of this table", "SELECT 1", "ANALYZE findings"),
    ("none", "SELECT 1", "SELECT 1"),
    ("of an empty table", "ANALYZE findings", "SELECT 1"),
    ("of a table of single rows", "few", "SELECT 1"),
    ("of a larger table", "many", "SELECT 1"),
];
/// Duplicate groups of 3 to 50 rows.
const GROUPS: usize = 150;
/// Observations of each import.
const OBSERVATIONS: usize = 400;

#[tokio::test]
async fn whatever_the_statistics_say_no_plan_compares_each_with_each() {
    let cluster = OwnCluster::start(50);
    cluster.explain_all();
    let app = cluster.app().await;
    let tenants: Vec<Tenant> = (0..30).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    for (statistics, before, after) in STATISTICS {
        prepare(&app, &tenants[0], before);
        fill(&app, &tenants);
        app.execute(after);
        let (operator, owner) = (app.operator().await, app.member(&tenants[0], "owner").await);
        let begun = cluster.plans().len();

        let forecast = operator.preflight(&all_tenants()).await.assert_status(200).body;
        operator.start_backfill_of_all().await.assert_status(201);
        app.drain().await;
        // What is created by the first is known to the second.
        for day in ["2026-01-01", "2026-01-02"] {
            let observed: String = (0..OBSERVATIONS).map(|n| observation(n, day) + "\n").collect();
            owner.import_findings(tenants[0].id, "jsonl", observed).await.assert_status(200);
        }

        let closed = app.value("SELECT count(*) FROM findings WHERE consolidated_into_id IS NOT NULL");
        assert_eq!(forecast["by_change"]["duplicates_closed"], closed, "statistics {statistics}");
        let plans = cluster.plans().split_off(begun);
        for part in ["WITH kinds", "src AS MATERIALIZED", "max_id, after, upto", "import_chosen"] {
            assert!(plans.iter().any(|plan| query(plan).contains(part)), "no plan of {part}");
        }
        for plan in plans.iter().filter(|plan| query(plan).contains("findings")) {
            let found = fault(&plan["Plan"], "");
            assert_eq!(found, None, "statistics {statistics}: {}\n{plan:#}", query(plan));
        }
    }
}

/// Empties the table, takes its statistics away and makes those that the table is to have.
fn prepare(app: &TestApp, tenant: &Tenant, before: &str) {
    app.execute("TRUNCATE findings, finding_scans CASCADE");
    app.execute("DELETE FROM pg_statistic WHERE starelid = 'findings'::regclass");
    let rows = match before {
        "few" => 50,
        "many" => 60_000,
        statement => {
            app.execute(statement);
            return;
        }
    };
    insert(app, tenant, &format!("SELECT 'was ' || n AS name FROM generate_series(1, {rows}) n"));
    app.execute("ANALYZE findings");
    app.execute("TRUNCATE findings CASCADE");
}

/// Groups of 3 to 50 rows, pairs and single rows in one tenant, a few rows in the others.
fn fill(app: &TestApp, tenants: &[Tenant]) {
    let large = format!("SELECT 'c' || n AS name FROM generate_series(1, {GROUPS}) n, generate_series(1, 3 + n % 48)");
    let small = "SELECT 'c' || n AS name FROM generate_series(1001, 2000) n, generate_series(1, 1 + n % 2)";
    insert(app, &tenants[0], &format!("{large} UNION ALL {small}"));
    for tenant in &tenants[1..] {
        insert(app, tenant, "SELECT 'c' || n / 2 AS name FROM generate_series(1, 5) n");
    }
}

/// Findings as old versions wrote them, named by their checks; those of one name are duplicates.
fn insert(app: &TestApp, tenant: &Tenant, names: &str) {
    app.execute(&format!(
        "INSERT INTO findings (workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource,
                               detected_at, created_at, updated_at)
         SELECT {workspace}, {tenant}, 'drift', 'scan', name, sha256(convert_to('{tenant} ' || name, 'UTF8')), 'high', 'new', name, 'tenant',
                seen, seen, seen
         FROM (SELECT name, db_now() - make_interval(days => 2, secs => row_number() OVER ()) AS seen FROM ({names}) n) s",
        workspace = tenant.workspace_id,
        tenant = tenant.id
    ));
}

fn observation(n: usize, day: &str) -> String {
    json!({ "source": "scan", "type": "drift", "check_id": format!("c{n}"), "verdict": "open", "seen_at": format!("{day}T00:00:00Z") }).to_string()
}

fn query(plan: &Value) -> &str {
    plan["Query Text"].as_str().unwrap_or_default()
}

/// Finds what makes a plan quadratic, if anything: a nested loop that compares each with each, or whose inner side goes anew through
/// a whole set.
fn fault(node: &Value, path: &str) -> Option<String> {
    let path = format!("{path} > {}", kind(node));
    if let Some(inner) = children(node).find(|child| kind(node) == "Nested Loop" && child["Parent Relationship"] == "Inner") {
        if let Some(set) = whole_set(inner) {
            return Some(format!("{path}: {set} for each row"));
        }
        if !node["Join Filter"].is_null() && !is_lookup(inner) {
            return Some(format!("{path}: joined by {}", node["Join Filter"]));
        }
    }
    children(node).find_map(|child| fault(child, &path))
}

/// The node gives the rows that an index has for the outer row.
fn is_lookup(node: &Value) -> bool {
    match kind(node) {
        "Index Scan" | "Index Only Scan" => !node["Index Cond"].is_null(),
        "Memoize" => children(node).all(is_lookup),
        _ => false,
    }
}

/// A set below a node that is gone through from one end to the other.
fn whole_set(node: &Value) -> Option<String> {
    let relation = node["Relation Name"].as_str().unwrap_or_default();
    match kind(node) {
        set @ ("WindowAgg" | "CTE Scan") => Some(set.to_owned()),
        "Seq Scan" if ["findings", "import_chosen", "import_staged"].contains(&relation) => {
            Some(format!("Seq Scan on {relation}"))
        }
        _ => children(node).find_map(whole_set),
    }
}

fn kind(node: &Value) -> &str {
    node["Node Type"].as_str().unwrap_or_default()
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["Plans"].as_array().into_iter().flatten()
}
