//! `POST /tenants/{tenant}/findings/lifecycle-backfill/preflight` of the tenant plane

use serde_json::json;
use support::TestApp;
use support::actor::ADMIN;
use support::actor::controls::global_pause;
use support::actor::runbooks::{BACKFILL, single_tenant};

#[tokio::test]
async fn a_manager_gets_the_figures_that_an_operator_gets_for_the_tenant() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    app.legacy_findings(&tenant, 40);
    app.legacy_findings(&other, 10);
    let manager = app.member(&tenant, "manager").await;

    let own = manager.preflight_lifecycle_backfill(tenant.id).await.assert_status(200).body;
    let of_operator = app.operator().await.preflight(&single_tenant(tenant.id)).await.assert_status(200).body;

    for member in
        ["affected_count", "total_count", "estimated_tenants", "overdue_after", "by_change", "by_tenant", "samples", "scope"]
    {
        assert_eq!(own[member], of_operator[member], "{member}");
    }
    assert_eq!((&own["total_count"], &own["excluded"]), (&json!(40), &json!([])));
    assert!(own["samples"].as_array().unwrap().iter().all(|sample| sample["tenant_id"] == tenant.id));
}

#[tokio::test]
async fn it_is_kept_and_audited_under_the_user_and_changes_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 5);
    let manager = app.member(&tenant, "manager").await;
    let before = app.rows("SELECT * FROM findings ORDER BY id");

    let id = manager.preflight_lifecycle_backfill(tenant.id).await.assert_status(200).id();

    let stored = app.rows("SELECT id, user_id, platform_user_id FROM runbook_preflights");
    assert_eq!(stored, [json!({ "id": id, "user_id": manager.id, "platform_user_id": null })]);
    let row = app.audited("platform.ops.runbooks.preflight").remove(0);
    assert_eq!((&row["actor_type"], &row["actor_id"]), (&json!("user"), &json!(manager.id)));
    assert_eq!((&row["metadata"]["user_id"], &row["metadata"]["operator_id"]), (&json!(manager.id), &json!(null)));
    assert_eq!((row["tenant_id"].as_i64(), app.rows("SELECT * FROM findings ORDER BY id")), (Some(tenant.id), before));
}

#[tokio::test]
async fn an_operator_with_the_same_number_cannot_confirm_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 5);
    let manager = app.member(&tenant, "manager").await;
    let operator = app.operator().await;
    let id = manager.preflight_lifecycle_backfill(tenant.id).await.assert_status(200).id();

    let body = json!({ "preflight_id": id, "scope": single_tenant(tenant.id) });
    operator.start_run(BACKFILL, &body).await.assert_problem(409, "preflight-stale");
}

#[tokio::test]
async fn a_pause_does_not_stop_it_and_is_shown() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 5);
    let manager = app.member(&tenant, "manager").await;
    app.operator().await.pause_control(BACKFILL, &global_pause()).await.assert_status(201);

    let preflight = manager.preflight_lifecycle_backfill(tenant.id).await.assert_status(200).body;

    assert_eq!(
        (&preflight["control"]["effective_state"], &preflight["control"]["reason_text"]),
        (&json!("paused"), &json!("Incident 4711"))
    );
}

#[tokio::test]
async fn who_may_not_start_it_may_not_forecast_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for role in ["operator", "readonly"] {
        let member = app.member(&tenant, role).await;
        member.preflight_lifecycle_backfill(tenant.id).await.assert_problem(403, "capability-missing");
    }
    let stranger = app.member(&app.tenant("Fabrikam"), "owner").await;
    for id in [tenant.id.to_string(), "-1".to_owned(), "99999999999999999999".to_owned(), app.platform_tenant_id().to_string()] {
        stranger.preflight_lifecycle_backfill(id).await.assert_problem(404, "not-found");
    }
    let manager = app.member(&tenant, "manager").await;
    let path = format!("{ADMIN}/tenants/{}/findings/lifecycle-backfill/preflight", tenant.id);
    let wrong = manager.post(&path, &json!({ "scope": { "mode": "all_tenants" } })).await;
    wrong.assert_problem(422, "validation-failed").assert_pointers(&["/scope"]);
}
