//! `tenantatlas deploy-runbooks` (RB-09)

use serde_json::json;
use support::{TestApp, cli};

fn deploy(app: &TestApp) -> serde_json::Value {
    cli::run(app.database_url(), &["deploy-runbooks", "--json"], "").assert_code(0).json()
}

#[tokio::test]
async fn a_deployment_starts_the_backfill_once_and_then_has_nothing_to_do() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);

    let started = deploy(&app);
    assert_eq!((&started[0]["runbook"], &started[0]["result"]), (&json!("findings.lifecycle.backfill"), &json!("started")));
    let run = started[0]["run_id"].clone();
    assert_eq!(deploy(&app)[0]["result"], "deduplicated");
    assert_eq!(deploy(&app)[0]["run_id"], run);
    app.drain().await;

    let idle = deploy(&app);
    assert_eq!((&idle[0]["result"], &idle[0]["run_id"]), (&json!("nothing_to_do"), &json!(null)));
    assert_eq!(app.count_runs(), 1);
    let row = app.rows("SELECT initiator_type, initiator_name, platform_user_id, user_id, context FROM operation_runs").remove(0);
    assert_eq!(
        (&row["initiator_type"], &row["platform_user_id"], &row["user_id"]),
        (&json!("system"), &json!(null), &json!(null))
    );
    assert_eq!(row["context"]["runbook"]["source"], "deploy_hook");
    assert_eq!(row["context"]["reason"], json!({ "reason_code": "DATA_REPAIR", "reason_text": "Deploy hook" }));
    assert_eq!(row["context"]["preflight"]["affected_count"], 2);
    let text = cli::run(app.database_url(), &["deploy-runbooks"], "").assert_code(0).out;
    assert_eq!(text, "findings.lifecycle.backfill: nothing to do. No finding needs this repair. No run was created.\n");
}
