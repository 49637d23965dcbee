//! The database's own fence around what is stored (TEL-02, TEL-03).

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::TestApp;
use support::table::with;
use support::usage::{DIAGNOSTICS, OPERATIONS, event_row};
use tenantatlas::telemetry::catalog::CATALOG;

fn refuse(app: &TestApp, row: &Value) -> String {
    let inserted = diesel::sql_query(
        "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata)
         SELECT workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata
         FROM jsonb_populate_record(NULL::product_usage_events, $1)",
    )
    .bind::<Jsonb, _>(row)
    .execute(&mut app.db());
    inserted.err().map(|error| error.to_string()).unwrap_or_default()
}

/// A row of this name that is allowed.
fn allowed(app: &TestApp, event_name: &str) -> Value {
    let tenant = app.tenant("Contoso");
    let user = app.create_user().0;
    with(event_row(event_name), json!({ "workspace_id": tenant.workspace_id, "tenant_id": tenant.id, "user_id": user }))
}

#[tokio::test]
async fn the_five_events_are_taken_and_no_other() {
    let app = TestApp::start().await;
    for row in every_row(&app) {
        assert_eq!(refuse(&app, &row), "", "{row}");
    }
    for other in [
        json!({ "event_name": "product.page.viewed" }),
        json!({ "event_name": "product.operations.started " }),
        json!({ "feature_area": "onboarding" }),
        json!({ "subject_type": "user" }),
    ] {
        let error = refuse(&app, &with(allowed(&app, OPERATIONS), other.clone()));
        assert!(error.contains("product_usage_events_event_check"), "{other}: {error}");
    }
}

#[tokio::test]
async fn an_event_has_workspace_tenant_and_user_that_belong_together() {
    let app = TestApp::start().await;
    for column in ["workspace_id", "tenant_id", "user_id", "event_name", "feature_area", "subject_type", "subject_id"] {
        let error = refuse(&app, &with(allowed(&app, OPERATIONS), json!({ column: null })));
        assert!(error.contains("null value"), "{column}: {error}");
    }
    let elsewhere = app.workspace("north", "North").id;
    let error = refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "workspace_id": elsewhere })));
    assert!(error.contains("product_usage_events_tenant_fkey"), "{error}");
    let error = refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "user_id": 999_999 })));
    assert!(error.contains("product_usage_events_user_id_fkey"), "{error}");
}

/// What the constructors make of each event: rows that are allowed, one for each place where support bundles are opened.
fn every_row(app: &TestApp) -> Vec<Value> {
    let viewer = json!({ "source_surface": "operation_run_viewer", "operation_type": "inventory.sync" });
    let viewer = with(allowed(app, DIAGNOSTICS), json!({ "subject_type": "operation_run", "metadata": viewer }));
    CATALOG.iter().map(|info| allowed(app, info.event_name)).chain([viewer]).collect()
}

/// The row with a member of its metadata set, or removed.
fn changed(row: &Value, key: &str, value: Option<&Value>) -> Value {
    let mut row = row.clone();
    let metadata = row["metadata"].as_object_mut().unwrap();
    match value {
        Some(value) => metadata.insert(key.to_owned(), value.clone()),
        None => metadata.remove(key),
    };
    row
}

fn keys(row: &Value) -> BTreeSet<&str> {
    row["metadata"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn an_event_has_its_keys_of_the_catalog_and_no_key_of_another_event() {
    let app = TestApp::start().await;
    let rows = every_row(&app);
    let any_value: BTreeMap<&str, &Value> =
        rows.iter().flat_map(|row| row["metadata"].as_object().unwrap()).map(|(key, value)| (key.as_str(), value)).collect();
    for info in CATALOG {
        let rows: Vec<&Value> = rows.iter().filter(|row| row["event_name"] == info.event_name).collect();
        let own: BTreeSet<&str> = rows.iter().flat_map(|row| keys(row)).collect();
        assert_eq!(own, info.metadata_keys.iter().copied().collect(), "{}", info.event_name);
        for row in rows {
            assert_eq!(refuse(&app, row), "", "{row}");
            for key in keys(row) {
                let error = refuse(&app, &changed(row, key, None));
                assert!(error.contains("product_usage_events_keys_check"), "{row} without {key}: {error}");
            }
            let others = any_value.iter().filter(|(key, _)| !keys(row).contains(**key));
            for (key, value) in others.map(|(key, value)| (*key, *value)).chain([("note", &json!("x"))]) {
                let error = refuse(&app, &changed(row, key, Some(value)));
                assert!(error.contains("product_usage_events_keys_check"), "{row} with {key}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn metadata_is_one_object() {
    let app = TestApp::start().await;
    for metadata in [json!({}), json!({ "Operation_type": "x" }), json!(["operation_type"]), json!([])] {
        let error = refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "metadata": metadata })));
        assert!(error.contains("product_usage_events_keys_check"), "{metadata}: {error}");
    }
    for scalar in [json!("operation_type"), json!(1), json!(true), json!(null)] {
        assert_ne!(refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "metadata": scalar }))), "", "{scalar}");
    }
}

#[tokio::test]
async fn a_value_that_is_not_of_its_keys_kind_is_refused() {
    let app = TestApp::start().await;
    let long = "a".repeat(121);
    let of_no_kind = [
        json!("user@example.com"),
        json!("We could not sync."),
        json!("Uma User"),
        json!("Contoso Ltd"),
        json!(""),
        json!("line\nbreak"),
        json!("token\n"),
        json!("оperation"),
        json!("ｏperation"),
        json!("a\u{200b}b"),
        json!("Ünïcode"),
        json!(long),
        json!(7),
        json!(1.5),
        json!(null),
        json!(["a"]),
        json!([]),
        json!({ "a": "b" }),
        json!({}),
    ];
    let flags = [json!(true), json!(false)];
    let tokens = [json!("a".repeat(120)), json!("A-z0.9_:+/-")];
    let times = ["2026-04-27T11:00:00Z", "2026-04-27T11:00:00.123456789Z", "2026-04-27T11:00:00+05:30"].map(Value::from);
    let no_times = [
        "2026-04-27",
        "2026-04-27 11:00:00Z",
        "2026-04-27T11:00:00",
        "2026-13-27T11:00:00Z",
        "2026-04-32T11:00:00Z",
        "2026-04-27T24:00:00Z",
        "2026-04-27T11:00:00.Z",
        "2026-04-27T11:00:00Z\n",
        "at 2026-04-27T11:00:00Z",
    ]
    .map(Value::from);
    let kind = |key: &str| match key {
        "include_operations" | "include_pii" => (&flags[..], [&tokens[..], &times, &["true".into()]].concat()),
        "completed_at" => (&times[..], [&flags[..], &tokens, &no_times].concat()),
        _ => (&tokens[..], flags.to_vec()),
    };
    for row in every_row(&app) {
        for key in keys(&row).into_iter().filter(|key| *key != "source_surface") {
            let (good, bad) = kind(key);
            for value in good {
                assert_eq!(refuse(&app, &changed(&row, key, Some(value))), "", "{key}: {value}");
            }
            for value in bad.iter().chain(&of_no_kind) {
                let error = refuse(&app, &changed(&row, key, Some(value)));
                assert!(error.contains("product_usage_events_values_check"), "{key}: {value}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_surface_is_one_of_its_event() {
    let app = TestApp::start().await;
    let surfaces = ["tenant_dashboard", "operation_run_viewer", "tenant", "tenant_review", "Contoso"];
    for row in every_row(&app).iter().filter(|row| keys(row).contains("source_surface")) {
        let taken = surfaces.into_iter().filter(|surface| {
            let error = refuse(&app, &changed(row, "source_surface", Some(&json!(surface))));
            assert!(error.is_empty() || error.contains("product_usage_events_surface_check"), "{surface}: {error}");
            error.is_empty()
        });
        let own: &[&str] = match row["subject_type"].as_str().unwrap() {
            "tenant" => &["tenant_dashboard"],
            "operation_run" => &["operation_run_viewer"],
            _ => &["tenant", "tenant_review"],
        };
        assert_eq!(taken.collect::<Vec<_>>(), own, "{row}");
    }
}

#[tokio::test]
async fn an_event_happened_at_some_time() {
    let app = TestApp::start().await;
    app.usage_event(&app.tenant("Contoso"), OPERATIONS, "1 hour");
    for endless in ["infinity", "-infinity"] {
        let changed = app.db().batch_execute(&format!("UPDATE product_usage_events SET occurred_at = '{endless}'"));
        let error = changed.unwrap_err().to_string();
        assert!(error.contains("product_usage_events_occurred_at_check"), "{endless}: {error}");
    }
}
