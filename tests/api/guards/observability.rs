//! The dashboard and the alert rules that come with the product ask for metrics that there are.

use super::operations::{operations, prepare};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::{TestApp, source};

const DASHBOARD: &str = "specs/observability/grafana-dashboard.json";
const ALERTS: &str = "specs/observability/prometheus-alerts.yaml";
/// How names of our metrics begin.
const PREFIXES: [&str; 10] = ["alert_", "audit_", "database_", "db_", "http_", "log_", "run_", "runs_", "telemetry_", "workers_"];

#[tokio::test]
async fn every_metric_of_dashboard_and_alerts_exists() {
    let app = TestApp::start().await;
    let admin = app.operator().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 3);
    let run = admin.start_backfill_of(tenant.id).await.assert_status(201).id();
    app.drain().await;
    admin.get_run(run).await.assert_status(200);
    let retried = operations().into_iter().find(|operation| operation.id == "retry_failed").unwrap();
    prepare(&app, &admin, &retried).await;

    let metrics = app.anonymous().metrics().await.assert_status(200).text;

    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    let there: BTreeSet<&str> = lines.filter_map(|line| line.split(['{', ' ']).next()).collect();
    let mut asked = 0;
    for expression in expressions() {
        let names = names(&expression);
        assert!(!names.is_empty(), "no metric of ours in: {expression}");
        for name in names {
            assert!(there.contains(name.as_str()), "{name} is no metric: {expression}\n{there:?}");
            asked += 1;
        }
    }
    assert!(asked > 20, "the expressions were not found");
}

#[tokio::test]
async fn requests_are_measured_by_operation_and_nothing_else_becomes_a_label() {
    let app = TestApp::start().await;
    let admin = app.operator().await;
    // So long that no figure has these digits.
    let asked = "471147114711471";
    for path in
        [format!("/api/v1/system/ops/runs/{asked}"), format!("/api/v1/system/no-such-path-{asked}"), format!("/{asked}.html")]
    {
        admin.get(&path).await;
    }

    let metrics = app.anonymous().metrics().await.assert_status(200).text;

    let known: BTreeSet<String> = operations().into_iter().map(|operation| operation.id).chain(["none".to_owned()]).collect();
    let labels: BTreeSet<&str> = metrics.split("operation=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(labels.contains("get_run") && labels.contains("none"), "{labels:?}");
    assert!(labels.iter().all(|label| known.contains(*label)), "{labels:?}");
    assert!(!metrics.contains(asked), "{metrics}");
}

/// A broken database is told, and the rest of the metrics too.
#[tokio::test]
async fn figures_of_the_installation_are_read_at_most_once_in_ten_seconds_and_may_be_away() {
    let app = TestApp::start().await;
    let visitor = app.anonymous();
    visitor.healthz().await.assert_status(200);
    app.execute("ALTER TABLE operation_runs RENAME TO away");

    let broken = visitor.metrics().await.assert_status(200).text;
    app.execute("ALTER TABLE away RENAME TO operation_runs");
    let kept = visitor.metrics().await.assert_status(200).text;
    let second = app.second_server().await;
    let other = visitor.at(second.address).metrics().await.assert_status(200).text;

    assert!(broken.contains("database_up 0") && !broken.contains("runs_active") && broken.contains("http_requests_total"));
    assert!(kept.contains("database_up 0"), "it was read again at once");
    assert!(other.contains("database_up 1") && other.contains("runs_active 0"), "{other}");
}

/// Every query, from wherever it stands.
fn expressions() -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(source::root().join(file)).unwrap();
    let alerts = read(ALERTS);
    let of_alerts = alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(ToOwned::to_owned);
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    assert!(dashboard["title"] == json!("TenantAtlas"));
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default());
    let of_dashboard = targets.map(|target| target["expr"].as_str().unwrap().to_owned());
    of_alerts.chain(of_dashboard).collect()
}

fn names(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| PREFIXES.iter().any(|prefix| word.starts_with(prefix))).map(ToOwned::to_owned).collect()
}
