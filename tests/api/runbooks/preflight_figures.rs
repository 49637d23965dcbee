//! `POST /ops/runbooks/{key}/preflight`: the figures (RB-03, RB-04).

use serde_json::{Value, json};
use support::TestApp;
use support::actor::runbooks::{all_tenants, single_tenant};
use support::fixtures::Tenant;
use support::table::with;

/// One row of each kind that counts differently; the platform tenant and a deleted one have rows too.
fn hand_made(app: &TestApp) -> (Tenant, Tenant) {
    let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let good = app.repaired();
    // Overdue at once.
    app.finding(&contoso, &json!({ "severity": "high" }));
    // Nothing to do.
    app.finding(&contoso, &good);
    let ten_days = app.days_ago(10);
    app.finding(
        &contoso,
        &json!({ "severity": "low", "status": "acknowledged", "detected_at": ten_days, "created_at": ten_days }),
    );
    // Terminal with a computed due date.
    app.finding(&contoso, &with(good.clone(), json!({ "status": "resolved" })));
    // Two complete rows that are one finding.
    for (seen, times) in [(app.days_ago(5), 1), (app.days_ago(3), 2)] {
        let columns = json!({ "check_id": "DUP", "severity": "medium", "sla_days": 14, "first_seen_at": seen, "last_seen_at": seen,
            "times_seen": times, "due_at": app.days_ago(-9) });
        app.finding(&contoso, &with(good.clone(), columns));
    }
    app.finding(&contoso, &json!({ "severity": "informational" }));
    // A person decided when it is due.
    app.finding(&fabrikam, &json!({ "severity": "critical", "due_at": app.days_ago(-1), "due_source": "person" }));
    app.finding(&app.platform_tenant(), &json!({}));
    let deleted = app.tenant("Gone");
    app.finding(&deleted, &json!({}));
    app.delete_tenant(&deleted);
    (contoso, fabrikam)
}

#[tokio::test]
async fn the_figures_are_exact_and_leave_platform_and_deleted_tenants_out() {
    let app = TestApp::start().await;
    let (contoso, fabrikam) = hand_made(&app);
    let operator = app.operator().await;

    let body = operator.preflight(&all_tenants()).await.assert_status(200).body;

    assert_eq!(body["total_count"], 8);
    assert_eq!(body["affected_count"], 7);
    assert_eq!(body["estimated_tenants"], 2);
    assert_eq!(body["affected_tenants"], 2);
    assert_eq!(body["overdue_after"], 1);
    assert_eq!(
        body["by_change"],
        json!({
            "first_seen_at": 4, "last_seen_at": 5, "times_seen": 5, "status": 1, "sla_days": 3, "due_at_set": 2,
            "due_at_moved": 0, "due_at_cleared": 2, "duplicates_merged": 1, "duplicates_closed": 1,
        })
    );
    assert_eq!(
        body["by_tenant"],
        json!([
            { "tenant_id": contoso.id, "name": "Contoso", "affected_count": 6 },
            { "tenant_id": fabrikam.id, "name": "Fabrikam", "affected_count": 1 },
        ])
    );
    assert_eq!(body["excluded"], json!([]));
    assert_eq!(body["control"]["effective_state"], "enabled");
    assert_eq!(body["scope"], all_tenants());
    assert_eq!(body["runbook_key"], "findings.lifecycle.backfill");
    let valid = app.value(&format!("SELECT expires_at - computed_at FROM runbook_preflights WHERE id = {}", body["id"]));
    assert_eq!(valid, "00:15:00");
}

#[tokio::test]
async fn the_figures_of_one_tenant_are_its_share() {
    let app = TestApp::start().await;
    let (_, fabrikam) = hand_made(&app);

    let body = app.operator().await.preflight(&single_tenant(fabrikam.id)).await.assert_status(200).body;

    assert_eq!((&body["total_count"], &body["affected_count"], &body["estimated_tenants"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(body["by_change"]["sla_days"], 1);
    assert_eq!(body["by_change"]["due_at_set"], 0);
}

#[tokio::test]
async fn after_the_run_a_preflight_finds_nothing_and_the_same_findings_are_overdue() {
    let app = TestApp::start().await;
    hand_made(&app);
    let operator = app.operator().await;
    let before = operator.preflight(&all_tenants()).await.body;

    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    let run = operator.get_run(run).await.body;
    assert_eq!(run["summary_counts"]["updated"], before["affected_count"]);
    let after = operator.preflight(&all_tenants()).await.body;
    assert_eq!(after["affected_count"], 0);
    assert_eq!(after["affected_tenants"], 0);
    assert_eq!(after["by_tenant"], json!([]));
    assert_eq!(after["samples"], json!([]));
    assert_eq!(after["overdue_after"], before["overdue_after"]);
    assert!(after["by_change"].as_object().unwrap().values().all(|count| count == 0), "{}", after["by_change"]);
}

#[tokio::test]
async fn a_preflight_changes_no_finding_and_creates_no_run() {
    let app = TestApp::start().await;
    hand_made(&app);
    let operator = app.operator().await;
    let before = app.digest();

    operator.preflight(&all_tenants()).await.assert_status(200);

    assert_eq!(app.digest(), before);
    assert_eq!(app.count_runs(), 0);
}

#[tokio::test]
async fn the_two_hundred_tenants_with_the_most_affected_findings_are_named() {
    let app = TestApp::start().await;
    let tenants: Vec<Tenant> = (0..205).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    // The first has none, the last ones have the most.
    for (n, tenant) in tenants.iter().enumerate().skip(1) {
        app.pending_findings(tenant, 1 + n.saturating_sub(200));
    }

    let body = app.operator().await.preflight(&all_tenants()).await.assert_status(200).body;

    let named: Vec<i64> = body["by_tenant"].as_array().unwrap().iter().map(|t| t["tenant_id"].as_i64().unwrap()).collect();
    let most: Vec<i64> = tenants.iter().rev().take(4).map(|tenant| tenant.id).collect();
    assert_eq!((named.len(), &named[..4]), (200, &most[..]));
    assert_eq!(body["affected_tenants"], 204);
    assert_eq!(body["estimated_tenants"], 205);
    assert_eq!(body["affected_count"], 204 + 1 + 2 + 3 + 4);
}

#[tokio::test]
async fn samples_show_at_most_twenty_findings_and_only_what_differs() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 30);
    let operator = app.operator().await;

    let samples = operator.preflight(&single_tenant(tenant.id)).await.body["samples"].clone();
    operator.start_backfill_of(tenant.id).await.assert_status(201);
    app.drain().await;

    let samples = samples.as_array().unwrap();
    assert_eq!(samples.len(), 20);
    for sample in samples {
        let names: Vec<&String> = sample["after"].as_object().unwrap().keys().collect();
        assert_eq!(sample["before"].as_object().unwrap().keys().collect::<Vec<_>>(), names);
        assert_eq!(names, ["due_at", "due_source", "first_seen_at", "last_seen_at", "sla_days", "times_seen"]);
        let actual = app.find_finding(sample["finding_id"].as_i64().unwrap());
        for name in names {
            assert_eq!(sample["before"][name], Value::Null);
            assert_eq!(sample["after"][name], actual[name], "{name}");
        }
    }
}

#[tokio::test]
async fn samples_show_the_whole_of_a_duplicate_group_first() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 30);
    let (seen, again) = (app.days_ago(9), app.days_ago(4));
    let survivor = app.finding(&tenant, &json!({ "check_id": "DUP", "detected_at": seen, "created_at": seen }));
    let duplicate = app.finding(&tenant, &json!({ "check_id": "DUP", "detected_at": again, "created_at": again }));

    let body = app.operator().await.preflight(&all_tenants()).await.assert_status(200).body;

    let samples = &body["samples"];
    assert_eq!(samples[0]["finding_id"], survivor);
    assert_eq!(samples[0]["after"]["times_seen"], 2);
    assert_eq!(samples[1]["finding_id"], duplicate);
    assert_eq!(samples[1]["before"]["status"], "new");
    assert_eq!(samples[1]["after"]["status"], "closed");
    assert_eq!(samples[1]["after"]["closed_reason"], "consolidated_duplicate");
    assert_eq!(samples[1]["after"]["consolidated_into_id"], survivor);
}

#[tokio::test]
async fn a_due_date_that_a_person_set_is_forecast_where_it_goes() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (computed, decided) = (app.days_ago(2), app.days_ago(-20));
    let add = |check: &str, days: i64, columns: Value| {
        let seen = app.days_ago(days);
        app.finding(&tenant, &with(json!({ "check_id": check, "detected_at": seen, "created_at": seen }), columns))
    };
    let moved = add("A", 9, json!({ "due_at": computed, "due_source": "sla" }));
    add("A", 4, json!({ "due_at": decided, "due_source": "person" }));
    add("B", 9, json!({ "due_at": computed, "due_source": "sla" }));
    add("B", 4, json!({ "due_source": "person" }));
    add("C", 9, json!({}));
    add("C", 4, json!({ "due_at": decided, "due_source": "person" }));
    let operator = app.operator().await;

    let before = operator.preflight(&all_tenants()).await.assert_status(200).body;
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;

    let changes = &before["by_change"];
    assert_eq!((&changes["due_at_moved"], &changes["due_at_cleared"], &changes["due_at_set"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(before["overdue_after"], 0, "computed dates would have passed");
    let sample = before["samples"].as_array().unwrap().iter().find(|sample| sample["finding_id"] == moved).unwrap();
    assert_eq!((&sample["before"]["due_source"], &sample["after"]["due_source"]), (&json!("sla"), &json!("person")));
    assert_eq!((&sample["before"]["due_at"], &sample["after"]["due_at"]), (&json!(computed), &json!(decided)));
    assert_eq!(app.find_finding(moved)["due_at"], decided);
    assert_eq!(operator.preflight(&all_tenants()).await.body["affected_count"], 0);
}
