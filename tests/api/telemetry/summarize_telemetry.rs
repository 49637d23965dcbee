//! `GET /telemetry/summary` (TEL-05, TEL-08), and the same in the dashboard

use serde_json::{Value, json};
use std::time::Duration;
use support::usage::{DIAGNOSTICS, ONBOARDING, OPERATIONS, PACKS, REPORTS, counts};
use support::{Actor, TestApp, cli};
use tenantatlas::telemetry::catalog::CATALOG;

/// What the source describes: two workspaces, four events of the last day and one of two days ago.
fn seed(app: &TestApp) {
    let (first, second) = (app.workspace("north", "North"), app.workspace("south", "South"));
    let (a, b) = (app.tenant_in(&first, "NoLeak Tenant Name"), app.tenant_in(&second, "Contoso"));
    app.usage_event(&a, ONBOARDING, "1 hour");
    app.usage_event(&a, DIAGNOSTICS, "90 minutes");
    app.usage_event(&b, OPERATIONS, "2 hours");
    app.usage_event(&b, PACKS, "3 hours");
    app.usage_event(&b, REPORTS, "2 days");
}

fn in_order(summary: &Value) -> Vec<i64> {
    let counts = counts(summary, "count");
    CATALOG.iter().map(|info| counts[info.event_name]).collect()
}

#[tokio::test]
async fn five_families_and_active_workspaces_are_counted_for_each_window() {
    let app = TestApp::start().await;
    seed(&app);
    let operator = app.operator_with(&["platform.console.view"]).await;
    for folded in [false, true] {
        if folded {
            assert_eq!(app.keep_up().await.folded, 5);
        }
        for (window, expected, active) in
            [("1h", [0, 0, 0, 0, 0], 0), ("24h", [1, 1, 1, 0, 1], 2), ("7d", [1, 1, 1, 1, 1], 2), ("30d", [1, 1, 1, 1, 1], 2)]
        {
            let body = operator.summarize_telemetry(&format!("window={window}")).await.assert_status(200).body;
            assert_eq!(in_order(&body), expected, "{window}, folded: {folded}");
            assert_eq!(body["active_workspaces"], active, "{window}, folded: {folded}");
            assert_eq!(body["total_events"], expected.iter().sum::<i64>(), "{window}, folded: {folded}");
        }
        assert_eq!(in_order(&operator.summarize_telemetry("").await.body), [1, 1, 1, 0, 1], "a day when left out");
    }
}

#[tokio::test]
async fn where_nothing_happened_every_family_says_so() {
    let app = TestApp::start().await;
    let body = app.operator().await.summarize_telemetry("").await.assert_status(200).body;
    let families: Vec<Value> = CATALOG
        .iter()
        .map(|info| {
            json!({ "event_name": info.event_name, "feature_area": info.feature_area, "label": info.label, "count": 0, "previous_count": 0 })
        })
        .collect();
    assert_eq!(body["families"], json!(families));
    for name in ["active_workspaces", "previous_active_workspaces", "total_events"] {
        assert_eq!(body[name], 0, "{name}");
    }
    let labels: Vec<&str> = CATALOG.iter().map(|info| info.label).collect();
    assert_eq!(
        labels,
        ["Onboarding checkpoints", "Support diagnostics", "Operations started", "Stored reports", "Review packs requested"]
    );
}

#[tokio::test]
async fn the_period_before_is_as_long_and_ends_where_this_begins() {
    let app = TestApp::start().await;
    let (acme, globex) = (app.workspace("acme", "Acme"), app.workspace("globex", "Globex"));
    let (one, other) = (app.tenant_in(&acme, "One"), app.tenant_in(&globex, "Other"));
    for (tenant, at) in [
        (&one, "2026-03-01T12:00:00Z"),
        (&one, "2026-03-01T23:59:59.999999Z"),
        (&one, "2026-03-02T00:00:00Z"),
        (&other, "2026-03-02T11:59:59.999999Z"),
        (&other, "2026-03-02T12:00:00Z"),
        (&other, "2026-03-01T11:59:59.999999Z"),
    ] {
        app.usage_event_at(tenant, OPERATIONS, &json!(at));
    }
    let operator = app.operator().await;
    for _ in 0..2 {
        let query = "from=2026-03-02T00:00:00Z&to=2026-03-02T12:00:00Z";
        let body = operator.summarize_telemetry(query).await.assert_status(200).body;
        assert_eq!(body["window"], json!({ "start_at": "2026-03-02T00:00:00Z", "end_at": "2026-03-02T12:00:00Z" }));
        assert_eq!((&body["families"][2]["count"], &body["families"][2]["previous_count"]), (&json!(2), &json!(2)));
        assert_eq!((&body["active_workspaces"], &body["previous_active_workspaces"]), (&json!(2), &json!(1)));
        app.keep_up_for(36_500).await;
    }
}

/// Whether the previous window is complete, as the summary and the dashboard say.
async fn is_complete(operator: &Actor, window: &str) -> bool {
    let summary = operator.summarize_telemetry(&format!("window={window}")).await.assert_status(200).body;
    let dashboard = operator.get_dashboard(&format!("window={window}")).await.assert_status(200).body;
    let [summary, dashboard] =
        [&summary, &dashboard["telemetry"]].map(|telemetry| telemetry["previous_window"]["is_complete"].clone());
    assert_eq!(summary, dashboard, "{window}");
    summary.as_bool().unwrap()
}

#[tokio::test]
async fn the_period_before_is_not_complete_where_its_events_were_removed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let operator = app.operator().await;
    let prune = |days: &str| cli::run(app.database_url(), &["product-usage", "prune", "--days", days], "").assert_code(0);
    for age in ["80 days", "40 days", "10 days"] {
        app.usage_event(&tenant, OPERATIONS, age);
    }
    assert!(is_complete(&operator, "30d").await);
    prune("85");
    assert!(is_complete(&operator, "30d").await, "nothing was removed");
    prune("61");
    assert!(is_complete(&operator, "30d").await, "nothing of it was removed");

    prune("30");

    let body = operator.summarize_telemetry("window=30d").await.body;
    assert_eq!((&body["families"][2]["count"], &body["families"][2]["previous_count"]), (&json!(1), &json!(0)));
    assert_eq!(body["previous_window"]["end_at"], body["window"]["start_at"]);
    assert!(!is_complete(&operator, "30d").await);
    assert!(is_complete(&operator, "7d").await);
    prune("61");
    assert!(!is_complete(&operator, "30d").await, "what was removed does not come back");
    app.clock().advance(Duration::from_secs(31 * 24 * 3600));
    let later = app.operator().await;
    assert!(is_complete(&later, "30d").await, "what was removed lies before it");
}

#[tokio::test]
async fn the_period_before_is_not_complete_where_it_begins_before_the_retention() {
    for (days, expected) in [("13", false), ("14", true)] {
        let app = TestApp::builder().setting("TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS", days).start().await;
        let operator = app.operator().await;
        assert_eq!(is_complete(&operator, "7d").await, expected, "{days}");
        assert!(is_complete(&operator, "24h").await, "{days}");
        let long_ago = operator.summarize_telemetry("from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z").await.body;
        assert_eq!(long_ago["previous_window"]["is_complete"], false, "{days}");
    }
}

#[tokio::test]
async fn a_trend_covers_the_period_point_by_point_and_adds_up() {
    let app = TestApp::start().await;
    seed(&app);
    app.keep_up().await;
    let operator = app.operator().await;
    for (window, step, points) in [("1h", 300, 12..=13), ("24h", 3600, 24..=25), ("7d", 86_400, 7..=8), ("30d", 86_400, 30..=31)]
    {
        let body = operator.summarize_telemetry(&format!("window={window}")).await.body;
        let trend = body["trend"].as_array().unwrap();
        assert!(points.contains(&trend.len()), "{window}: {}", trend.len());
        let at = |point: &Value| {
            app.value(&format!("SELECT extract(epoch FROM '{}'::timestamptz)::bigint", point["bucket_start"].as_str().unwrap()))
        };
        assert_eq!(at(&trend[1]).as_i64().unwrap() - at(&trend[0]).as_i64().unwrap(), step, "{window}");
        assert_eq!(at(&trend[0]).as_i64().unwrap() % step, 0, "{window}");
        for (place, info) in CATALOG.iter().enumerate() {
            let sum: i64 = trend.iter().map(|point| point["counts"][info.event_name].as_i64().unwrap()).sum();
            assert_eq!(sum, body["families"][place]["count"], "{window} {}", info.event_name);
        }
        let busiest = trend.iter().map(|point| point["active_workspaces"].as_i64().unwrap()).max().unwrap();
        assert!(busiest <= body["active_workspaces"].as_i64().unwrap(), "{window}");
    }
}

#[tokio::test]
async fn it_needs_the_consoles_capability_or_that_of_operations_and_that_of_runbooks() {
    let app = TestApp::start().await;
    for enough in [&["platform.console.view"][..], &["platform.ops.view", "platform.runbooks.view"]] {
        app.operator_with(enough).await.summarize_telemetry("").await.assert_status(200);
        app.operator_holding(enough).await.summarize_telemetry("").await.assert_problem(403, "capability-missing");
    }
    for too_little in [&[][..], &["platform.ops.view"], &["platform.runbooks.view", "platform.audit.view"]] {
        let refused = app.operator_with(too_little).await.summarize_telemetry("").await.assert_problem(403, "capability-missing");
        assert_eq!(refused.body["capability"], "platform.console.view");
    }
    app.anonymous().summarize_telemetry("").await.assert_status(401);
    let tenant = app.tenant("Contoso");
    app.member(&tenant, "owner").await.summarize_telemetry("").await.assert_status(404);
}

#[tokio::test]
async fn neither_answer_names_anybody_or_shows_an_event() {
    let app = TestApp::start().await;
    seed(&app);
    app.execute("UPDATE users SET name = 'NoLeak User Name'");
    app.insert("product_usage_events", &{
        let mut row = support::usage::event_row(PACKS);
        let tenant = app.rows("SELECT id, workspace_id FROM tenants WHERE name = 'Contoso'").remove(0);
        for (name, value) in
            [("workspace_id", &tenant["workspace_id"]), ("tenant_id", &tenant["id"]), ("user_id", &json!(app.create_user().0))]
        {
            row[name] = value.clone();
        }
        row["subject_id"] = json!(424_242_424_242_i64);
        row
    });
    let reader = app.operator_with(&["platform.console.view"]).await;
    let dashboard = reader.get_dashboard("").await.assert_status(200).body;
    let summary = reader.summarize_telemetry("").await.assert_status(200).body;
    for (of, text) in [("dashboard", dashboard["telemetry"].to_string()), ("summary", summary.to_string())] {
        assert!(text.contains("Review packs requested"), "{of}: {text}");
        for word in ["NoLeak", "Contoso", "@", "424242", "tenant_id", "user", "subject", "metadata", "North", "source_surface"] {
            assert!(!text.contains(word), "{of} says {word}: {text}");
        }
    }
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&dashboard["telemetry"]), names(&summary));
}

#[tokio::test]
async fn the_dashboard_shows_the_telemetry_of_its_own_window() {
    let app = TestApp::start().await;
    seed(&app);
    let operator = app.operator().await;
    for (window, total) in [("1h", 0), ("24h", 4), ("7d", 5)] {
        let body = operator.get_dashboard(&format!("window={window}")).await.assert_status(200).body;
        assert_eq!(body["telemetry"]["total_events"], total, "{window}");
        assert_eq!(body["telemetry"]["window"], json!({ "start_at": body["since"], "end_at": body["computed_at"] }));
    }
}

#[tokio::test]
async fn a_period_that_is_none_is_refused_at_its_parameter() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let (early, late) = ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
    for (query, pointer) in [
        (format!("from={early}"), "?to"),
        (format!("to={late}"), "?from"),
        (format!("from={early}&to={late}&window=1h"), "?window"),
        (format!("from={late}&to={early}"), "?to"),
        (format!("from={early}&to={early}"), "?to"),
        ("from=2024-01-01T00:00:00Z&to=2025-01-02T00:00:01Z".to_owned(), "?to"),
        ("from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z".to_owned(), "?from"),
        (format!("from={early}&to=9999-01-01T00:00:00Z"), "?to"),
        (format!("from={early}&to=9999-12-31T23:59:59-01:00"), "?to"),
        ("from=9999-12-31T23:59:59-01:00&to=9999-12-31T23:59:59-02:00".to_owned(), "?from"),
        (format!("from=0000-01-01T00:00:00%2B01:00&to={late}"), "?from"),
        (format!("from=yesterday&to={late}"), "?from"),
        ("window=2h".to_owned(), "?window"),
        ("since=1h".to_owned(), "?since"),
    ] {
        let refused = operator.summarize_telemetry(&query).await.assert_problem(422, "validation-failed");
        refused.assert_pointers(&[pointer]);
    }
    let year = "from=2024-01-01T00:00:00%2B02:00&to=2025-01-01T00:00:00%2B02:00";
    let body = operator.summarize_telemetry(year).await.assert_status(200).body;
    assert_eq!(body["window"]["start_at"], "2023-12-31T22:00:00Z");
}
