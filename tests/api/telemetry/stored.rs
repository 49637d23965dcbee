//! The database's own fence around what is stored (TEL-02, TEL-03).

use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use serde_json::{Value, json};
use support::TestApp;
use support::table::with;
use support::usage::{DIAGNOSTICS, ONBOARDING, OPERATIONS, PACKS, REPORTS, event_row};

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
    for name in [ONBOARDING, DIAGNOSTICS, OPERATIONS, REPORTS, PACKS] {
        assert_eq!(refuse(&app, &allowed(&app, name)), "", "{name}");
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

#[tokio::test]
async fn a_value_that_is_not_safe_is_refused_under_every_key() {
    let app = TestApp::start().await;
    let long = "a".repeat(121);
    let values = [
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
        json!(1.5),
        json!(null),
        json!(["a"]),
        json!([]),
        json!({ "a": "b" }),
        json!({}),
    ];
    for (name, key) in
        [(OPERATIONS, "operation_type"), (REPORTS, "report_type"), (ONBOARDING, "checkpoint_key"), (PACKS, "include_pii")]
    {
        for value in &values {
            let error = refuse(&app, &with(allowed(&app, name), json!({ "metadata": { key: value } })));
            assert!(error.contains("product_usage_events_values_check"), "{key}: {value}: {error}");
        }
        for value in [json!(true), json!(7), json!("a".repeat(120)), json!("A-z0.9_:+/-")] {
            assert_eq!(refuse(&app, &with(allowed(&app, name), json!({ "metadata": { key: value } }))), "", "{key}");
        }
    }
}

#[tokio::test]
async fn a_key_that_the_catalog_does_not_name_is_refused() {
    let app = TestApp::start().await;
    for metadata in [
        json!({ "note": "x" }),
        json!({ "operation_type": "inventory.sync", "report_type": "x" }),
        json!({ "Operation_type": "x" }),
        json!(["operation_type"]),
        json!([]),
    ] {
        let error = refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "metadata": metadata })));
        assert!(error.contains("product_usage_events_keys_check"), "{metadata}: {error}");
    }
    for scalar in [json!("operation_type"), json!(1), json!(true)] {
        assert_ne!(refuse(&app, &with(allowed(&app, OPERATIONS), json!({ "metadata": scalar }))), "", "{scalar}");
    }
    let error = refuse(&app, &with(allowed(&app, PACKS), json!({ "metadata": { "source_surface": "Contoso" } })));
    assert!(error.contains("product_usage_events_surface_check"), "{error}");
}
