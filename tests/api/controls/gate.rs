//! The gate itself (CTL-08): what it locks, where it may be asked, and that a feature of tomorrow only has to call it.

use super::{assert_nothing_started, control_actions, three_workspaces};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use serde_json::json;
use support::TestApp;
use support::actor::controls::{RESTORE, global_pause, workspace_pause};
use support::actor::runbooks::BACKFILL;
use tenantatlas::controls::gate::{self, Verdict};
use tenantatlas::controls::{self, EffectiveState};
use tenantatlas::db::locks::{self, LockClass};
use tenantatlas::error::{Code, Result};

fn ask(app: &TestApp, key: &str, tenants: Option<&[i64]>) -> Verdict {
    let control = controls::find(key).unwrap();
    app.db().transaction(|conn| gate::ask(conn, control, tenants)).unwrap()
}

/// Waits until so many sessions wait for an advisory lock.
async fn wait_for_waiters(app: &TestApp, number: i64) {
    for _ in 0..2_000 {
        let waiting = app.value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        if waiting.as_i64().unwrap() >= number {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nobody waits");
}

#[tokio::test]
async fn the_control_of_restores_decides_like_any_other_before_restores_are_there() {
    let (app, operator, [contoso, fabrikam, _]) = three_workspaces().await;
    assert!(ask(&app, RESTORE, Some(&[contoso.id])).forbids_start().is_none());
    operator.pause_control(RESTORE, &workspace_pause(contoso.workspace_id)).await.assert_status(201);

    let verdict = ask(&app, RESTORE, Some(&[contoso.id]));
    assert_eq!(verdict.decision_of_one().workspace_id, Some(contoso.workspace_id));
    let sentence = verdict.forbids_start().unwrap().sentence();
    assert_eq!(
        sentence,
        "Restore execution is paused for the workspace Contoso Group. Nothing was or will be changed in tenant or provider. Reason: Asked by the customer"
    );
    assert!(ask(&app, RESTORE, Some(&[fabrikam.id])).forbids_start().is_none());
    assert!(ask(&app, BACKFILL, Some(&[contoso.id])).forbids_start().is_none(), "the other control is another matter");

    operator.pause_control(RESTORE, &global_pause()).await.assert_status(201);
    assert_eq!(ask(&app, RESTORE, Some(&[fabrikam.id])).decision().effective_state, EffectiveState::Paused);
    let error = {
        let ctx = tenantatlas::context::Ctx::system();
        let blocked = ask(&app, RESTORE, Some(&[fabrikam.id])).forbids_start().unwrap();
        blocked.refuse(&ctx, &mut app.db(), &controls::blocked::Attempt::default())
    };
    assert_eq!((error.code(), error.title()), (Code::OperationalControlPaused, "Restore execution paused"));
    assert_eq!(control_actions(&app), ["paused", "paused", "execution_blocked"]);
    // Starting the backfill is nothing to this control.
    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn outside_of_a_read_committed_transaction_the_gate_does_not_answer() {
    let app = TestApp::start().await;
    let control = controls::find(BACKFILL).unwrap();
    let mut conn = app.db();
    assert_eq!(gate::ask(&mut conn, control, None).unwrap_err().code(), Code::Internal, "no transaction");
    let in_snapshot: Result<Verdict> = conn.build_transaction().repeatable_read().run(|conn| gate::ask(conn, control, None));
    assert_eq!(in_snapshot.unwrap_err().code(), Code::Internal);
    let serializable: Result<Verdict> = conn.build_transaction().serializable().run(|conn| gate::ask(conn, control, None));
    assert_eq!(serializable.unwrap_err().code(), Code::Internal);
    assert!(conn.transaction(|conn| gate::ask(conn, control, None)).is_ok());
}

#[tokio::test]
async fn a_start_that_waits_for_the_lock_when_the_pause_commits_sees_the_pause() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let preflight = operator.preflight(&support::actor::runbooks::single_tenant(contoso.id)).await.id();
    let mut pause: PgConnection = app.db();
    pause.batch_execute("BEGIN").unwrap();
    locks::lock(&mut pause, LockClass::Gate, BACKFILL).unwrap();
    let starter = operator.clone();
    let start = tokio::spawn(async move {
        let scope = support::actor::runbooks::single_tenant(contoso.id);
        starter.start_run(BACKFILL, &json!({ "preflight_id": preflight, "scope": scope })).await
    });
    wait_for_waiters(&app, 1).await;

    // It has found the control enabled and counted already; now the pause is written and commits.
    let sql = format!(
        "INSERT INTO operational_control_activations (control_key, scope_type, reason_text, created_by) VALUES ('{BACKFILL}', 'global', 'Incident', {}); COMMIT",
        operator.id
    );
    pause.batch_execute(&sql).unwrap();

    start.await.unwrap().assert_problem(409, "operational-control-paused");
    assert_nothing_started(&app);
    assert_eq!(app.audited("operational_control.execution_blocked").len(), 1);
}

#[tokio::test]
async fn a_pause_returns_only_when_the_starts_before_it_have_ended() {
    let (app, operator, _) = three_workspaces().await;
    let (let_go, slow) = support::gate::hold_shared(app.database_url(), BACKFILL);
    let pauser = operator.clone();
    let pause = tokio::spawn(async move { pauser.pause_backfill().await });
    wait_for_waiters(&app, 1).await;
    assert!(!pause.is_finished());
    let_go.send(()).unwrap();

    pause.await.unwrap().assert_status(201);
    slow.join().unwrap();
}

#[tokio::test]
async fn a_start_that_waits_too_long_for_the_lock_is_told_to_try_again() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let mut holder: PgConnection = app.db();
    holder.batch_execute("BEGIN").unwrap();
    locks::lock(&mut holder, LockClass::Gate, BACKFILL).unwrap();

    let refused = operator.start_backfill_of(contoso.id).await.assert_problem(503, "unavailable");

    assert!(refused.header("retry-after").is_some());
    assert_nothing_started(&app);
    holder.batch_execute("ROLLBACK").unwrap();
    operator.start_backfill_of(contoso.id).await.assert_status(201);
    app.drain().await;
}
