//! The typed word and the reason (RB-05).

use super::{preflight_of_all, start, start_of_all};
use serde_json::{Value, json};
use support::actor::runbooks::single_tenant;
use support::table::with;
use support::{Actor, TestApp};

async fn app_with_work() -> (TestApp, Actor, Value) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let body = start_of_all(preflight_of_all(&operator).await);
    (app, operator, body)
}

#[tokio::test]
async fn the_word_must_be_typed_exactly() {
    let (app, operator, body) = app_with_work().await;
    for typed in [json!(null), json!(""), json!("backfill"), json!(" BACKFILL"), json!("BACKFILL "), json!("ＢＡＣＫＦＩＬＬ")]
    {
        let refused = start(&operator, &with(body.clone(), json!({ "typed_confirmation": typed }))).await;
        refused.assert_problem(422, "confirmation-mismatch").assert_pointers(&["/typed_confirmation"]);
    }
    assert_eq!(app.count_runs(), 0);
    start(&operator, &body).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn a_reason_is_needed_for_all_tenants() {
    let (app, operator, mut body) = app_with_work().await;
    body.as_object_mut().unwrap().remove("reason");
    start(&operator, &body).await.assert_problem(422, "reason-required").assert_pointers(&["/reason"]);
    assert_eq!(app.count_runs(), 0);
}

#[tokio::test]
async fn a_reason_has_5_to_500_characters_without_outer_white_space() {
    let (app, operator, body) = app_with_work().await;
    let reason = |text: &str| with(body.clone(), json!({ "reason": { "code": "INCIDENT", "text": text } }));
    for text in ["", "four", " four ", "\t\n    \n", &"x".repeat(501), &"é".repeat(501)] {
        start(&operator, &reason(text)).await.assert_problem(422, "reason-required").assert_pointers(&["/reason/text"]);
    }
    start(&operator, &reason("null \u{0} byte"))
        .await
        .assert_problem(422, "validation-failed")
        .assert_pointers(&["/reason/text"]);
    assert_eq!(app.count_runs(), 0);
    for text in ["fünf!", "五つの文字", &"x".repeat(500), &"é".repeat(500), &format!("  {}\n", "🦀".repeat(500))] {
        let run = start(&operator, &with(reason(text), json!({ "preflight_id": preflight_of_all(&operator).await }))).await;
        let run = run.assert_status(201);
        assert_eq!(run.body["context"]["reason"]["reason_text"], text.trim());
        operator.cancel_run(run.id()).await.assert_status(202);
    }
}

#[tokio::test]
async fn every_registered_reason_code_is_taken_and_no_other() {
    let (app, operator, body) = app_with_work().await;
    let reason = |code: &str| with(body.clone(), json!({ "reason": { "code": code, "text": "Because of that." } }));
    for code in ["", "data_repair", "OTHER", "DATA REPAIR"] {
        start(&operator, &reason(code)).await.assert_problem(422, "validation-failed").assert_pointers(&["/reason/code"]);
    }
    for code in ["DATA_REPAIR", "INCIDENT", "SUPPORT", "SECURITY"] {
        let run = start(&operator, &reason(code)).await.assert_status(201);
        assert_eq!(run.body["context"]["reason"]["reason_code"], code);
        operator.cancel_run(run.id()).await.assert_status(202);
    }
    assert_eq!(app.count_runs(), 4);
}

#[tokio::test]
async fn what_is_given_for_a_single_tenant_has_to_be_right_too() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let scope = single_tenant(tenant.id);
    let id = operator.preflight(&scope).await.id();
    let body = json!({ "preflight_id": id, "scope": scope });

    let wrong_word = with(body.clone(), json!({ "typed_confirmation": "backfill" }));
    start(&operator, &wrong_word).await.assert_problem(422, "confirmation-mismatch");
    let short = with(body.clone(), json!({ "reason": { "code": "SUPPORT", "text": "no" } }));
    start(&operator, &short).await.assert_problem(422, "reason-required");
    let good = with(body, json!({ "typed_confirmation": "BACKFILL", "reason": { "code": "SUPPORT", "text": "Ticket 4711" } }));
    let run = start(&operator, &good).await.assert_status(201);
    assert_eq!(run.body["context"]["reason"], json!({ "reason_code": "SUPPORT", "reason_text": "Ticket 4711" }));
    app.drain().await;
}

#[tokio::test]
async fn under_break_glass_a_single_tenant_needs_a_reason_too_and_the_run_has_it() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator_with(&["platform.break_glass.open"]).await;
    operator.open_break_glass("Pager 4711: nobody else is awake", 30).await.assert_status(201);
    let operator = operator.with_header("break-glass-reason", "Stop%20the%20damage");
    let scope = single_tenant(tenant.id);
    let body = json!({ "preflight_id": operator.preflight(&scope).await.assert_status(200).id(), "scope": scope });

    start(&operator, &body).await.assert_problem(422, "reason-required").assert_pointers(&["/reason"]);
    assert_eq!(app.count_runs(), 0);
    let reason = json!({ "reason": { "code": "INCIDENT", "text": "Rows are lost" } });
    let run = start(&operator, &with(body, reason)).await.assert_status(201);

    let kept = json!({ "reason_code": "INCIDENT", "reason_text": "Rows are lost" });
    assert_eq!(run.body["context"]["reason"], kept);
    let row = app.audited("platform.ops.runbooks.start").remove(0);
    assert_eq!((&row["metadata"]["reason"], &row["metadata"]["break_glass_reason"]), (&kept, &json!("Stop the damage")));
    app.drain().await;
}
