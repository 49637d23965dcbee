//! What is told of: one event of each kind, as it happens, in the transaction in which it happens.

use super::Told;
use serde_json::{Value, json};
use std::time::Duration;
use support::actor::alerts::rule;
use support::actor::runbooks::all_tenants;
use support::table::with;

/// Works until backed-off targets have had all their attempts.
async fn drain_with_back_off(told: &Told) {
    for _ in 0..6 {
        told.app.drain().await;
        told.app.clock().advance(Duration::from_secs(20));
    }
}

#[tokio::test]
async fn every_kind_of_event_is_listed_with_what_it_is() {
    let told = Told::start().await;
    let listed = told.operator.list_alert_events().await.assert_status(200);
    let ids: Vec<&str> = listed.items().iter().map(|item| item["id"].as_str().unwrap()).collect();
    let expected = [
        "operations.run.failed",
        "operations.run.partially_succeeded",
        "operations.run.stale",
        "operational_control.paused",
        "operational_control.resumed",
        "operational_control.expired",
        "audit.write_failed",
    ];
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn a_failed_run_of_one_tenant_is_told_with_type_scope_outcome_and_first_failure() {
    let told = Told::start().await;
    let tenant = told.app.tenant("Contoso");
    told.app.finding(&tenant, &json!({ "title": "poison" }));
    told.app.poison("23514");
    let run = told.operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    drain_with_back_off(&told).await;
    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!((&delivery["event"], &delivery["severity"]), (&json!("operations.run.failed"), &json!("error")));
    assert_eq!(delivery["title"], format!("Rebuild findings lifecycle over one tenant failed (run {run})"));
    assert_eq!((&delivery["run_id"], &delivery["tenant_id"]), (&json!(run), &json!(tenant.id)));
    assert_eq!(delivery["workspace_id"], tenant.workspace_id);
    assert_eq!(
        delivery["metadata"],
        json!({ "type": "findings.lifecycle.backfill", "scope": "single_tenant", "outcome": "failed", "failure_code": "constraint_violated",
                "targets_failed": 1, "targets_total": 1, "workspace_name": "Default", "tenant_name": "Contoso" })
    );
}

#[tokio::test]
async fn a_failed_run_over_all_tenants_is_critical_and_the_platform_tenants() {
    let told = Told::start().await;
    let workspace = told.app.workspace("acme", "Acme");
    let tenant = told.app.tenant_in(&workspace, "Contoso");
    told.app.finding(&tenant, &json!({ "title": "poison" }));
    told.app.poison("23514");
    told.operator.start_backfill(&all_tenants()).await.assert_status(201);
    drain_with_back_off(&told).await;
    let delivery = told.deliveries().await.remove(0);
    assert_eq!((&delivery["event"], &delivery["severity"]), (&json!("operations.run.failed"), &json!("critical")));
    assert_eq!(delivery["tenant_id"], told.app.platform_tenant_id());
    assert_eq!(delivery["workspace_id"], told.app.default_workspace().id);
}

#[tokio::test]
async fn a_run_that_failed_for_some_is_a_warning_and_one_that_did_well_or_was_cancelled_is_not_told() {
    let told = Told::start().await;
    let (bad, good) = (told.app.tenant("Bad"), told.app.tenant("Good"));
    told.app.finding(&bad, &json!({ "title": "poison" }));
    told.app.pending_findings(&good, 2);
    told.app.poison("23514");
    told.operator.start_backfill_of(good.id).await.assert_status(201);
    told.app.drain().await;
    told.app.pending_findings(&good, 2);
    let cancelled = told.operator.start_backfill_of(good.id).await.assert_status(201).id();
    told.operator.cancel_run(cancelled).await.assert_status(202);
    told.app.sweep().await;
    assert!(told.deliveries().await.is_empty());

    told.operator.start_backfill(&all_tenants()).await.assert_status(201);
    drain_with_back_off(&told).await;
    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!((&delivery["event"], &delivery["severity"]), (&json!("operations.run.partially_succeeded"), &json!("warning")));
    assert_eq!((&delivery["metadata"]["targets_failed"], &delivery["metadata"]["targets_total"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn a_run_that_becomes_stale_is_told_once_each_time() {
    let told = Told::start().await;
    let tenant = told.app.tenant("Contoso");
    told.app.legacy_findings(&tenant, 3);
    let run = told.operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    told.app.sweep().await;
    assert!(told.deliveries().await.is_empty());
    told.app.clock().advance(Duration::from_secs(301));
    for _ in 0..3 {
        told.app.sweep().await;
    }
    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!(
        (&delivery["event"], &delivery["severity"], &delivery["run_id"]),
        (&json!("operations.run.stale"), &json!("error"), &json!(run))
    );

    told.operator.pause_run(run).await.assert_status(202);
    told.app.sweep().await;
    told.operator.resume_run(run).await.assert_status(202);
    told.app.clock().advance(Duration::from_secs(301));
    told.app.sweep().await;
    assert_eq!(told.deliveries().await.len(), 2, "it was not stale in between");
    told.app.drain().await;
}

#[tokio::test]
async fn pauses_are_told_when_they_begin_end_and_expire_and_a_changed_one_is_not() {
    let told = Told::start().await;
    let workspace = told.app.workspace("acme", "Acme");
    told.operator.pause_backfill().await.assert_status(201);
    told.operator.pause_backfill().await.assert_status(200);
    told.operator.resume_backfill().await.assert_status(200);
    told.operator.resume_backfill().await.assert_status(200);
    let ends =
        told.app.value("SELECT to_char((db_now() + interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    let body = json!({ "scope_type": "workspace", "workspace_id": workspace.id, "reason_text": "Asked by Jane Doe", "expires_at": ends });
    told.operator.pause_control("findings.lifecycle.backfill", &body).await.assert_status(201);
    told.app.clock().advance(Duration::from_secs(90));
    told.app.sweep().await;

    let deliveries = told.deliveries().await;
    let told_of: Vec<(&str, &str)> =
        deliveries.iter().map(|one| (one["event"].as_str().unwrap(), one["severity"].as_str().unwrap())).collect();
    let expected = [
        ("operational_control.paused", "warning"),
        ("operational_control.resumed", "info"),
        ("operational_control.paused", "warning"),
        ("operational_control.expired", "info"),
    ];
    assert_eq!(told_of, expected);
    assert_eq!((&deliveries[3]["workspace_id"], &deliveries[3]["tenant_id"]), (&json!(workspace.id), &Value::Null));
    assert!(!json!(deliveries).to_string().contains("Jane"), "reasons are for the audit log");
}

#[tokio::test]
async fn a_pause_that_moves_is_told_where_it_holds_now_and_where_no_more() {
    let told = Told::start().await;
    let workspace = told.app.workspace("acme", "Acme");
    told.operator.pause_backfill().await.assert_status(201);
    let (global, of_workspace) =
        (json!({ "scope_type": "global" }), json!({ "scope_type": "workspace", "workspace_id": workspace.id }));
    for (scope, moved_from) in [(&of_workspace, &global), (&global, &of_workspace)] {
        let moved = with(scope.clone(), json!({ "moved_from": moved_from, "reason_text": "Narrowed and widened" }));
        told.operator.pause_control("findings.lifecycle.backfill", &moved).await.assert_status(200);
    }
    let told_of: Vec<(String, Value)> = told
        .deliveries()
        .await
        .iter()
        .map(|one| (one["event"].as_str().unwrap().to_owned(), one["workspace_id"].clone()))
        .collect();
    let of = |event: &str, workspace: Value| (format!("operational_control.{event}"), workspace);
    assert_eq!(
        told_of,
        [
            of("paused", Value::Null),
            of("paused", json!(workspace.id)),
            of("resumed", Value::Null),
            // It covers the workspace that was left, and is the same pause as before within the cooldown.
            of("paused", Value::Null),
        ]
    );
}

#[tokio::test]
async fn audit_rows_that_could_not_be_written_are_told_together() {
    let told = Told::start().await;
    let tenant = told.app.tenant("Contoso");
    told.app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'");
    told.app.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.action = 'platform.ops.runbooks.preflight') EXECUTE FUNCTION refuse()",
    );
    for _ in 0..2 {
        told.operator.preflight(&support::actor::runbooks::single_tenant(tenant.id)).await.assert_status(200);
    }
    told.app.sweep().await;
    told.app.sweep().await;
    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!((&delivery["event"], &delivery["severity"]), (&json!("audit.write_failed"), &json!("critical")));
    assert_eq!(delivery["title"], "2 audit rows of platform.ops.runbooks.preflight could not be written");
}

#[tokio::test]
async fn a_missing_audit_row_of_a_run_is_told_with_the_run_and_is_the_whole_installations() {
    let told = Told::start().await;
    let tenant = told.app.tenant("Contoso");
    told.app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'");
    told.app.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.action = 'platform.ops.runbooks.completed') EXECUTE FUNCTION refuse()",
    );
    told.app.pending_findings(&tenant, 2);
    let run = told.operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    told.app.drain().await;
    told.app.sweep().await;
    let deliveries = told.deliveries().await;
    let delivery = Told::only(&deliveries);
    assert_eq!((&delivery["event"], &delivery["run_id"]), (&json!("audit.write_failed"), &json!(run)));
    assert_eq!((&delivery["workspace_id"], &delivery["tenant_id"]), (&Value::Null, &Value::Null));
    assert_eq!(delivery["metadata"].get("tenant_name"), None);
}

#[tokio::test]
async fn an_alert_that_cannot_be_written_keeps_no_run_from_ending() {
    let told = Told::start().await;
    let tenant = told.app.tenant("Contoso");
    told.app.finding(&tenant, &json!({ "title": "poison" }));
    told.app.poison("23514");
    told.app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'");
    told.app.execute("CREATE TRIGGER refuse BEFORE INSERT ON alert_deliveries FOR EACH ROW EXECUTE FUNCTION refuse()");
    let run = told.operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    drain_with_back_off(&told).await;
    let body = told.operator.get_run(run).await.assert_status(200).body;
    assert_eq!((&body["status"], &body["outcome"]), (&json!("completed"), &json!("failed")));
    assert!(told.deliveries().await.is_empty());
    told.operator.pause_backfill().await.assert_status(201);
    told.operator.resume_backfill().await.assert_status(200);
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told() {
    let told = Told::start().await;
    told.app.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'");
    told.app.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON audit_logs FOR EACH ROW WHEN (NEW.action = 'operational_control.paused') EXECUTE FUNCTION refuse()",
    );
    told.operator.pause_backfill().await.assert_status(500);
    assert!(told.deliveries().await.is_empty());
    assert_eq!(told.app.value("SELECT count(*) FROM graphile_worker._private_jobs"), 0);
}

#[tokio::test]
async fn deliveries_are_found_by_state_event_rule_destination_and_run() {
    let told = Told::start().await;
    let other = told.operator.made_rule(&rule("Other", told.destination)).await;
    told.pause_and_resume().await;
    told.app.deliver().await;
    told.operator.pause_backfill().await.assert_status(201);
    for (query, expected) in [
        ("", 6),
        ("state=sent", 4),
        ("state=pending", 2),
        ("state=failed", 0),
        ("event=operational_control.resumed", 2),
        (format!("rule_id={other}").as_str(), 3),
        (format!("rule_id={other}&state=pending").as_str(), 1),
        (format!("destination_id={}", told.destination).as_str(), 6),
        ("destination_id=4711", 0),
        ("run_id=4711", 0),
    ] {
        assert_eq!(told.operator.list_alert_deliveries(query).await.assert_status(200).items().len(), expected, "{query}");
    }
    let first = told.operator.list_alert_deliveries("limit=4").await.assert_status(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = told.operator.list_alert_deliveries(&format!("limit=4&cursor={cursor}")).await.assert_status(200);
    let ids = [first.ids(), second.ids()].concat();
    assert!(ids.len() == 6 && ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    told.operator.list_alert_deliveries("state=lost").await.assert_problem(422, "validation-failed");
}
