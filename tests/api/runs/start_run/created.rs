//! A start that creates a run: its row, context, targets, audit (RUN-01, 03, 04, 08).

use super::{preflight_of_all, start, start_of_all};
use serde_json::json;
use sha2::{Digest, Sha256};
use support::TestApp;
use support::actor::runbooks::{BACKFILL, single_tenant};

fn identity(workspace_id: i64, tenant_id: Option<i64>) -> String {
    let tenant = tenant_id.map_or("null".to_owned(), |id| id.to_string());
    let json = format!(
        r#"{{"inputs":{{"trigger":"backfill"}},"tenant_id":{tenant},"type":"{BACKFILL}","workspace_id":{workspace_id}}}"#
    );
    hex::encode(Sha256::digest(json))
}

#[tokio::test]
async fn a_start_over_all_tenants_is_one_run_of_the_default_workspace_with_a_target_a_tenant() {
    let mut app = TestApp::start().await;
    let other = app.workspace("acme", "Acme");
    let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant_in(&other, "Fabrikam"));
    let deleted = app.tenant("Gone");
    app.pending_findings(&contoso, 2);
    app.delete_tenant(&deleted);
    let operator = app.operator().await;
    let preflight = preflight_of_all(&operator).await;

    let answer = start(&operator, &start_of_all(preflight)).await.assert_status(201);

    let run = &answer.body;
    assert_eq!(answer.header("location"), Some(format!("/api/v1/system/ops/runs/{}", answer.id()).as_str()));
    assert_eq!(run["deduplicated"], false);
    assert_eq!((&run["status"], &run["outcome"]), (&json!("queued"), &json!("pending")));
    assert_eq!(run["workspace"]["id"], app.default_workspace().id);
    assert_eq!(run["tenant"], json!(null));
    assert_eq!(run["initiator"], json!({ "type": "operator", "id": operator.id, "name": "Olga Operator" }));
    assert_eq!(
        run["summary_counts"],
        json!({ "total": 0, "processed": 0, "updated": 0, "skipped": 0, "failed": 0, "tenants": 2 })
    );
    assert_eq!((&run["started_at"], &run["completed_at"]), (&json!(null), &json!(null)));
    let stored = app.rows("SELECT * FROM operation_runs").remove(0);
    assert_eq!(stored["run_identity_hash"], identity(app.default_workspace().id, None));
    assert_eq!((&stored["platform_user_id"], &stored["user_id"]), (&json!(operator.id), &json!(null)));
    assert_eq!(stored["summary_counts"], json!({}));
    let targets = app.rows("SELECT tenant_id, workspace_id, state, attempt FROM run_targets ORDER BY id");
    assert_eq!(
        targets,
        [
            json!({ "tenant_id": contoso.id, "workspace_id": contoso.workspace_id, "state": "queued", "attempt": 0 }),
            json!({ "tenant_id": fabrikam.id, "workspace_id": other.id, "state": "queued", "attempt": 0 }),
        ]
    );
    app.allow_pending();
}

#[tokio::test]
async fn the_context_says_exactly_under_which_circumstances_it_was_started() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let preflight = preflight_of_all(&operator).await;

    let run = start(&operator, &start_of_all(preflight)).await.assert_status(201);

    assert_eq!(
        run.body["context"],
        json!({
            "runbook": { "key": BACKFILL, "scope": "all_tenants", "target_tenant_id": null, "source": "api" },
            "preflight": { "id": preflight, "affected_count": 2, "total_count": 2, "estimated_tenants": 1 },
            "excluded": [],
            "reason": { "reason_code": "DATA_REPAIR", "reason_text": "Old rows lack their lifecycle." },
            "platform_initiator": {
                "platform_user_id": operator.id, "email": operator.email, "name": "Olga Operator", "is_break_glass": false,
            },
        })
    );
    app.drain().await;
}

#[tokio::test]
async fn a_single_tenant_run_belongs_to_the_tenant_and_needs_neither_word_nor_reason() {
    let app = TestApp::start().await;
    let other = app.workspace("acme", "Acme");
    let tenant = app.tenant_in(&other, "Contoso");
    app.pending_findings(&tenant, 1);
    // Signed in with a cookie, as the product's own page is.
    let operator = app.cookie_operator().await.with_header("sec-fetch-site", "same-origin");
    let scope = single_tenant(tenant.id);
    let preflight = operator.preflight(&scope).await.assert_status(200).id();

    let run = start(&operator, &json!({ "preflight_id": preflight, "scope": scope })).await.assert_status(201);

    assert_eq!(run.body["tenant"], json!({ "id": tenant.id, "name": "Contoso" }));
    assert_eq!(run.body["workspace"]["id"], other.id);
    assert_eq!(run.body["context"]["runbook"]["target_tenant_id"], tenant.id);
    assert_eq!(run.body["context"]["runbook"]["scope"], "single_tenant");
    assert_eq!(run.body["context"]["runbook"]["source"], "system_ui");
    assert_eq!(run.body["context"].get("reason"), None);
    assert_eq!(app.value("SELECT run_identity_hash FROM operation_runs"), identity(other.id, Some(tenant.id)));
    app.drain().await;
}

#[tokio::test]
async fn start_and_end_are_audited_with_everything_rb_10_names() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await.with_header("user-agent", "start-test");
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    for (action, actor) in [("platform.ops.runbooks.start", "operator"), ("platform.ops.runbooks.completed", "system")] {
        let row = app.audited(action).remove(0);
        assert_eq!(row["run_id"], run, "{action}");
        assert_eq!(row["actor_type"], actor);
        assert_eq!(row["outcome"], "success");
        assert_eq!(row["metadata"]["runbook_key"], BACKFILL);
        assert_eq!(row["metadata"]["scope"], "all_tenants");
        assert_eq!(row["metadata"]["affected_count"], 2);
        assert_eq!(row["metadata"]["operator_id"], operator.id);
        assert_eq!(row["metadata"]["operator_email"], operator.email);
        assert_eq!((&row["ip"], &row["user_agent"]), (&json!("127.0.0.1"), &json!("start-test")), "{action}");
    }
    let shown = operator.get_run(run).await.body.to_string();
    assert!(!shown.contains("start-test") && !shown.contains("127.0.0.1"), "{shown}");
    assert!(app.audited("platform.ops.runbooks.failed").is_empty());
}

#[tokio::test]
async fn a_failing_audit_write_stops_neither_start_nor_end() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'platform.ops.runbooks.%')");

    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.drain().await;

    assert_eq!(operator.get_run(run).await.body["outcome"], "succeeded");
}

#[tokio::test]
async fn when_no_finding_needs_the_repair_no_run_is_created() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.finding(&tenant, &app.repaired());
    let operator = app.operator().await;

    operator.start_backfill_of_all().await.assert_problem(409, "nothing-to-do");
    operator.start_backfill_of(tenant.id).await.assert_problem(409, "nothing-to-do");

    assert_eq!(app.count_runs(), 0);
    assert!(app.audited("platform.ops.runbooks.start").is_empty());
}
