//! `actions` of a run say what its endpoints answer, for every state and action.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::actor::runbooks::reason;
use support::table::with;
use support::{Actor, TestApp};

struct State {
    name: &'static str,
    run: Value,
    target: Value,
    /// cancel, pause, resume, retry-failed.
    allowed: [bool; 4],
}

fn states(now: &Value) -> Vec<State> {
    let lease = json!({ "state": "running", "lease_token": uuid::Uuid::new_v4().to_string(), "lease_expires_at": now });
    let running = json!({ "status": "running", "started_at": now });
    let completed = |outcome: &str, failed: i64| {
        json!({ "status": "completed", "outcome": outcome, "started_at": now, "completed_at": now, "cancel_requested_at":
            if outcome == "cancelled" { now.clone() } else { Value::Null }, "summary_counts":
            { "total": 1, "processed": 1, "updated": 1, "skipped": 0, "failed": failed, "tenants": 1 } })
    };
    let ended = |state: &str| json!({ "state": state, "completed_at": now });
    let failed = with(ended("failed"), json!({ "failure_code": "database_error", "failure_message": "It failed." }));
    let paused = json!({ "paused_at": now });
    let cancelling = json!({ "cancel_requested_at": now });
    let state = |name, run, target, allowed| State { name, run, target, allowed };
    vec![
        state("queued", json!({}), json!({}), [true, true, false, false]),
        state("queued and paused", paused.clone(), json!({}), [true, false, true, false]),
        state("running", running.clone(), lease.clone(), [true, true, false, false]),
        state("running and paused", with(running.clone(), paused), lease.clone(), [true, false, true, false]),
        state("running and being cancelled", with(running.clone(), cancelling), lease, [false, false, false, false]),
        state("running with a failed target", running, failed.clone(), [true, true, false, false]),
        state("succeeded", completed("succeeded", 0), ended("succeeded"), [false, false, false, false]),
        state("partially succeeded", completed("partially_succeeded", 1), failed.clone(), [false, false, false, true]),
        state("failed", completed("failed", 1), failed.clone(), [false, false, false, true]),
        state("cancelled", completed("cancelled", 0), ended("cancelled"), [false, false, false, false]),
        state("cancelled with a failed target", completed("cancelled", 1), failed, [false, false, false, true]),
    ]
}

fn insert(app: &TestApp, number: usize, state: &State) -> i64 {
    let tenant = app.tenant(&format!("Tenant {number}"));
    app.pending_findings(&tenant, 1);
    let run = json!({ "workspace_id": tenant.workspace_id, "initiator_type": "system", "initiator_name": "TenantAtlas",
        "type": "findings.lifecycle.backfill", "run_identity_hash": hex::encode(Sha256::digest(format!("{number}"))),
        "context": { "runbook": { "scope": "all_tenants" } } });
    let run = app.insert("operation_runs", &with(run, state.run.clone()));
    let target = json!({ "run_id": run, "workspace_id": tenant.workspace_id, "tenant_id": tenant.id });
    app.insert("run_targets", &with(target, state.target.clone()));
    run
}

async fn shown(operator: &Actor, run: i64, action: &str) -> Value {
    let body = operator.get_run(run).await.assert_status(200).body;
    let states = body["actions"].as_array().unwrap();
    states.iter().find(|state| state["action"] == action).unwrap().clone()
}

#[tokio::test]
async fn what_is_shown_as_allowed_is_done_and_what_is_not_is_refused_with_the_same_reason() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let operator = app.operator().await;
    let now = app.value("SELECT db_now()");
    let mut number = 0;
    for state in states(&now) {
        for (action, allowed) in ["cancel", "pause", "resume", "retry-failed"].into_iter().zip(state.allowed) {
            let what = format!("{action} of a run that is {}", state.name);
            number += 1;
            let run = insert(&app, number, &state);
            let before = shown(&operator, run, &action.replace('-', "_")).await;
            assert_eq!(before["allowed"], allowed, "{what}");
            assert_eq!(before["reason"].is_null(), allowed, "{what}");
            let body = if action == "retry-failed" { json!({ "reason": reason() }) } else { json!({}) };
            let answer = operator.steer_run(run, action, &body).await;
            match allowed {
                true => assert!([201, 202].contains(&answer.status), "{what}: {}", answer.text),
                false => {
                    let refused = answer.assert_problem(409, "run-state-conflict");
                    assert_eq!(refused.body["detail"], before["reason"], "{what}");
                }
            }
        }
    }
}
