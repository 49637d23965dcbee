//! `POST` and `DELETE /auth/break-glass`

use super::administer;
use serde_json::json;
use std::time::Duration;
use support::actor::controls::{RESTORE, global_pause};
use support::app::{ACCESS, PASSWORD};
use support::{Actor, TestApp};
use tenantatlas::auth::operators;

const OPEN: &str = "platform.break_glass.open";
const WHY: &str = "Pager 4711: nobody else is awake";

/// Somebody who may do little more than open it, with it open.
async fn raised(app: &TestApp) -> Actor {
    let operator = app.operator_with(&[OPEN]).await;
    operator.open_break_glass(WHY, 30).await.assert_status(201);
    operator
}

fn giving_a_reason(operator: &Actor) -> Actor {
    operator.with_header("break-glass-reason", "Stop%20the%20damage%3A%20%C3%BCberall")
}

#[tokio::test]
async fn while_it_is_open_its_holder_may_do_everything_but_administer_operators() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&[OPEN]).await;
    operator.list_runs("").await.assert_problem(403, "capability-missing");

    let answer = operator.open_break_glass(WHY, 30).await.assert_status(201);

    assert_eq!(answer.body["operator"]["is_break_glass"], true);
    let me = operator.me().await.assert_status(200);
    assert_eq!(me.body, answer.body);
    let held: Vec<&str> =
        me.body["operator"]["capabilities"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert_eq!(held.len(), support::app::all_capabilities().len() - 1);
    assert!(!held.contains(&"platform.operators.manage"));
    operator.list_runs("").await.assert_status(200);
    operator.list_audit_logs("").await.assert_status(200);
}

#[tokio::test]
async fn every_change_needs_a_reason_that_audit_keeps() {
    let app = TestApp::start().await;
    let operator = raised(&app).await;
    for bad in ["", "abcd", "%20%20a%20%20", "%FF%FE%FF%FE%FF", &"x".repeat(501)] {
        let refused = operator.with_header("break-glass-reason", bad).pause_control(RESTORE, &global_pause()).await;
        refused.assert_problem(422, "reason-required");
    }
    operator.pause_control(RESTORE, &global_pause()).await.assert_problem(422, "reason-required");
    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), json!(0));

    giving_a_reason(&operator).pause_control(RESTORE, &global_pause()).await.assert_status(201);

    let row = &app.audited("operational_control.paused")[0];
    assert_eq!((&row["metadata"]["is_break_glass"], &row["actor_id"]), (&json!(true), &json!(operator.id)));
    assert_eq!(row["metadata"]["break_glass_reason"], "Stop the damage: überall");
    operator.preview_control(RESTORE, &json!({ "action": "pause", "scope_type": "global" })).await.assert_status(200);
}

#[tokio::test]
async fn a_run_that_is_started_says_that_it_was_under_break_glass() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let operator = giving_a_reason(&raised(&app).await);
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 3);

    let run = operator.start_backfill_of(tenant.id).await.assert_status(201);

    assert_eq!(run.body["context"]["platform_initiator"]["is_break_glass"], true);
    assert_eq!(app.audited("platform.ops.runbooks.start")[0]["metadata"]["is_break_glass"], true);
}

#[tokio::test]
async fn a_paused_control_stays_paused() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.operator().await, giving_a_reason(&raised(&app).await));
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 3);
    let scope = support::actor::runbooks::single_tenant(tenant.id);
    let preflight = operator.preflight(&scope).await.assert_status(200).id();
    admin.pause_backfill().await.assert_status(201);

    let start = json!({ "preflight_id": preflight, "scope": scope });
    let path = "/api/v1/system/ops/runbooks/findings.lifecycle.backfill/runs";
    operator.post(path, &start).await.assert_problem(409, "operational-control-paused");
}

#[tokio::test]
async fn it_ends_by_itself_on_every_node() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let operator = raised(&app).await;
    operator.at(second.address).list_runs("").await.assert_status(200);

    app.clock().advance(Duration::from_secs(30 * 60 + 1));

    for at in [app.server().address, second.address] {
        operator.at(at).list_runs("").await.assert_problem(403, "capability-missing");
    }
    assert_eq!(operator.me().await.assert_status(200).body["operator"]["is_break_glass"], false);
    operator.open_break_glass(WHY, 1).await.assert_status(201);
}

#[tokio::test]
async fn it_is_ended_before_its_time_without_a_reason_and_once() {
    let app = TestApp::start().await;
    let operator = raised(&app).await;

    operator.end_break_glass().await.assert_status(204);
    operator.end_break_glass().await.assert_status(204);

    operator.list_runs("").await.assert_problem(403, "capability-missing");
    let ended = app.audited("platform.break_glass.ended");
    assert_eq!((ended.len(), &ended[0]["metadata"]["is_break_glass"]), (1, &json!(true)));
    let opened = &app.audited("platform.break_glass.opened")[0];
    assert_eq!((&opened["metadata"]["break_glass_reason"], &opened["metadata"]["minutes"]), (&json!(WHY), &json!(30)));
}

#[tokio::test]
async fn it_belongs_to_the_session_that_opened_it_and_goes_with_what_it_hangs_on() {
    let app = TestApp::start().await;
    let operator = raised(&app).await;
    let elsewhere = app.anonymous().signed_in(&operator.email, PASSWORD).await;
    let name = [OPEN.to_owned()];

    elsewhere.list_runs("").await.assert_problem(403, "capability-missing");
    administer(&app, |ctx, permit, conn| operators::revoke(ctx, permit, conn, &operator.email, &name));

    operator.list_runs("").await.assert_problem(403, "capability-missing");
    operator.me().await.assert_status(200);
}

#[tokio::test]
async fn it_hands_nothing_on_and_enters_no_tenant_plane() {
    let app = TestApp::start().await;
    let operator = giving_a_reason(&raised(&app).await);

    let body = json!({ "name": "Program", "capabilities": ["platform.ops.view"] });
    operator.create_api_token(&body).await.assert_problem(403, "break-glass-excluded");
    operator.get("/api/v1/admin/tenants").await.assert_problem(404, "not-found");
    assert_eq!(app.value("SELECT count(*) FROM api_tokens"), json!(0));
}

#[tokio::test]
async fn who_may_not_open_it_does_not_and_wrong_fields_are_named() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&[OPEN]).await;

    app.operator_with(&[]).await.open_break_glass(WHY, 5).await.assert_problem(403, "capability-missing");
    app.operator_holding(&[OPEN]).await.open_break_glass(WHY, 5).await.assert_problem(403, "capability-missing");
    operator.program(&[ACCESS]).await.open_break_glass(WHY, 5).await.assert_problem(403, "capability-missing");
    for (reason, minutes, pointer) in [("abcd", 5, "/reason"), (WHY, 0, "/minutes"), (WHY, 61, "/minutes")] {
        let refused = operator.open_break_glass(reason, minutes).await.assert_problem(422, "validation-failed");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
    }
    assert_eq!(app.audited("platform.break_glass.opened").len(), 0);
}

#[tokio::test]
async fn it_is_opened_once_also_under_one_key_and_by_many_at_once() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&[OPEN]).await;
    let keyed = operator.with_header("idempotency-key", "night");

    let mut attempts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let operator = operator.clone();
        attempts.spawn(async move { operator.open_break_glass(WHY, 5).await.status });
    }
    let answers = attempts.join_all().await;

    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status, 201 | 409)), "{answers:?}");
    keyed.open_break_glass(WHY, 5).await.assert_problem(409, "break-glass-open");
    operator.end_break_glass().await.assert_status(204);
    let first = keyed.open_break_glass(WHY, 5).await.assert_status(201);
    let again = keyed.open_break_glass(WHY, 5).await.assert_status(201);
    assert_eq!((again.header("idempotency-replayed"), first.body), (Some("true"), again.body.clone()));
}
