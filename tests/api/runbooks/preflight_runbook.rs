//! `POST /ops/runbooks/{key}/preflight`: who may ask what, and what is kept of it.

use serde_json::json;
use support::TestApp;
use support::actor::Actor;
use support::actor::SYSTEM;
use support::actor::runbooks::{BACKFILL, all_tenants, single_tenant};

#[tokio::test]
async fn viewing_runbooks_is_enough_for_a_preflight_and_needed_for_it() {
    let app = TestApp::start().await;
    app.operator_with(&["platform.runbooks.view"]).await.preflight(&all_tenants()).await.assert_status(200);
    let runner = app.operator_with(&["platform.runbooks.run", "platform.runbooks.findings.lifecycle_backfill"]).await;
    runner.preflight(&all_tenants()).await.assert_problem(403, "capability-missing");
    app.anonymous().preflight(&all_tenants()).await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_preflight_is_audited_with_its_figures_and_the_client() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let operator = app.operator().await.with_header("user-agent", "preflight-test");

    let all = operator.preflight(&all_tenants()).await.assert_status(200).id();
    operator.preflight(&single_tenant(tenant.id)).await.assert_status(200);

    let rows = app.audited("platform.ops.runbooks.preflight");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["actor_type"], "operator");
    assert_eq!(rows[0]["actor_id"], operator.id);
    assert_eq!(rows[0]["actor_label"], operator.email);
    assert_eq!(rows[0]["outcome"], "success");
    assert_eq!(rows[0]["metadata"]["runbook_key"], BACKFILL);
    assert_eq!(rows[0]["metadata"]["scope"], all_tenants());
    assert_eq!(rows[0]["metadata"]["preflight_id"], all);
    assert_eq!(rows[0]["metadata"]["affected_count"], 3);
    assert_eq!(rows[0]["ip"], "127.0.0.1");
    assert_eq!(rows[0]["user_agent"], "preflight-test");
    assert_eq!((&rows[0]["workspace_id"], &rows[0]["tenant_id"]), (&json!(null), &json!(null)));
    assert_eq!((&rows[1]["workspace_id"], &rows[1]["tenant_id"]), (&json!(tenant.workspace_id), &json!(tenant.id)));
}

#[tokio::test]
async fn a_failing_audit_write_does_not_stop_a_preflight() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action <> 'platform.ops.runbooks.preflight')");

    operator.preflight(&all_tenants()).await.assert_status(200);

    assert!(app.audited("platform.ops.runbooks.preflight").is_empty());
}

#[tokio::test]
async fn a_tenant_that_may_not_be_targeted_is_unknown() {
    let app = TestApp::start().await;
    let deleted = app.tenant("Gone");
    app.delete_tenant(&deleted);
    let operator = app.operator().await;
    for id in [deleted.id, app.platform_tenant_id(), 999_999, 0, -1, i64::MAX] {
        operator.preflight(&single_tenant(id)).await.assert_problem(422, "unknown-tenant").assert_pointers(&["/scope/tenant_id"]);
    }
    assert!(app.audited("platform.ops.runbooks.preflight").is_empty());
}

async fn refuse(operator: &Actor, body: &str, pointer: &str) {
    let path = format!("{SYSTEM}/ops/runbooks/{BACKFILL}/preflight");
    let answer = operator.send_text(reqwest::Method::POST, &path, Some("application/json"), body).await;
    answer.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
}

#[tokio::test]
async fn each_field_missing_wrong_or_unknown_is_named() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    refuse(&operator, "{}", "/scope").await;
    refuse(&operator, r#"{"scope":null}"#, "/scope").await;
    refuse(&operator, r#"{"scope":"all_tenants"}"#, "/scope").await;
    refuse(&operator, r#"{"scope":{}}"#, "/scope/mode").await;
    refuse(&operator, r#"{"scope":{"mode":"some_tenants"}}"#, "/scope/mode").await;
    refuse(&operator, r#"{"scope":{"mode":"failed_targets","run_id":1}}"#, "/scope/mode").await;
    refuse(&operator, r#"{"scope":{"mode":"all_tenants","tenant_id":1}}"#, "/scope/tenant_id").await;
    refuse(&operator, r#"{"scope":{"mode":"single_tenant"}}"#, "/scope/tenant_id").await;
    refuse(&operator, r#"{"scope":{"mode":"single_tenant","tenant_id":"1"}}"#, "/scope/tenant_id").await;
    refuse(&operator, r#"{"scope":{"mode":"single_tenant","tenant_id":1.5}}"#, "/scope/tenant_id").await;
    refuse(&operator, r#"{"scope":{"mode":"single_tenant","tenant_id":99999999999999999999}}"#, "/scope/tenant_id").await;
    refuse(&operator, r#"{"scope":{"mode":"all_tenants"},"force":true}"#, "/force").await;
}

#[tokio::test]
async fn what_is_no_json_is_refused_as_such() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let path = format!("{SYSTEM}/ops/runbooks/{BACKFILL}/preflight");
    let post = |kind: Option<&'static str>, body: &'static str| operator.send_text(reqwest::Method::POST, &path, kind, body);
    for body in ["", "{", "[1,]", "\u{feff}{}", "{\"scope\":{\"mode\":\"all_tenants\"}} x"] {
        post(Some("application/json"), body).await.assert_problem(400, "malformed-request");
    }
    post(Some("text/plain"), "{}").await.assert_problem(415, "unsupported-media-type");
    post(Some("application/json"), "[]").await.assert_status(422);
}
