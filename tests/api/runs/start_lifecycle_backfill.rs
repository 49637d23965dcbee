//! `POST /tenants/{tenant}/findings/lifecycle-backfill` of the tenant plane: the same start as everybody's (RB-07).

use serde_json::json;
use support::actor::ADMIN;
use support::actor::controls::{global_pause, workspace_pause};
use support::actor::runbooks::BACKFILL;
use support::fixtures::Tenant;
use support::{Actor, TestApp, cli};
use tokio::task::JoinSet;

/// A tenant with three findings to repair, and its manager.
async fn tenant_with_work() -> (TestApp, Tenant, Actor) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let manager = app.member(&tenant, "manager").await;
    (app, tenant, manager)
}

#[tokio::test]
async fn a_manager_starts_a_run_of_the_tenant_that_says_who_and_which_way() {
    let (app, tenant, manager) = tenant_with_work().await;

    let started = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);

    let run = app.rows("SELECT * FROM operation_runs").remove(0);
    assert_eq!(started.header("location"), Some(format!("/api/v1/admin/operations/{}", started.id()).as_str()));
    assert_eq!((&run["user_id"], &run["platform_user_id"]), (&json!(manager.id), &json!(null)));
    assert_eq!((&run["tenant_id"], &run["workspace_id"]), (&json!(tenant.id), &json!(tenant.workspace_id)));
    assert_eq!(
        run["context"],
        json!({
            "runbook": { "key": BACKFILL, "scope": "single_tenant", "target_tenant_id": tenant.id, "source": "tenant_ui" },
            "preflight": { "id": run["context"]["preflight"]["id"], "affected_count": 3, "total_count": 3, "estimated_tenants": 1 },
            "excluded": [],
            "tenant_initiator": { "user_id": manager.id, "email": manager.email, "name": "Uma User" },
        })
    );
    app.drain().await;
    assert_eq!(app.value("SELECT outcome FROM operation_runs"), "succeeded");
    assert_eq!(app.value("SELECT count(*) FROM findings WHERE due_at IS NOT NULL"), 3);
}

#[tokio::test]
async fn the_answer_is_the_run_as_members_see_it() {
    let (app, tenant, manager) = tenant_with_work().await;

    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).body;

    assert_eq!((&run["type"], &run["status"], &run["outcome"]), (&json!(BACKFILL), &json!("queued"), &json!("pending")));
    assert_eq!(run["tenant"], json!({ "id": tenant.id, "name": "Contoso" }));
    assert_eq!(run["initiator"], json!({ "type": "user", "id": manager.id, "name": "Uma User" }));
    assert_eq!(
        run["context"],
        json!({
            "runbook": { "key": BACKFILL, "scope": "single_tenant" },
            "preflight": { "affected_count": 3, "total_count": 3, "estimated_tenants": 1 },
        })
    );
    assert_eq!((&run["actions"], &run["deduplicated"]), (&json!([]), &json!(false)));
    app.drain().await;
}

#[tokio::test]
async fn start_and_end_are_audited_under_the_user() {
    let (app, tenant, manager) = tenant_with_work().await;
    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    app.drain().await;

    for (action, actor) in [("platform.ops.runbooks.start", "user"), ("platform.ops.runbooks.completed", "system")] {
        let row = app.audited(action).remove(0);
        assert_eq!((&row["run_id"], &row["actor_type"]), (&json!(run), &json!(actor)), "{action}");
        assert_eq!((&row["tenant_id"], &row["workspace_id"]), (&json!(tenant.id), &json!(tenant.workspace_id)), "{action}");
        let metadata = &row["metadata"];
        assert_eq!((&metadata["user_id"], &metadata["user_email"]), (&json!(manager.id), &json!(manager.email)), "{action}");
        assert_eq!((&metadata["operator_id"], &metadata["operator_email"]), (&json!(null), &json!(null)), "{action}");
    }
    assert_eq!(app.audited("platform.ops.runbooks.start")[0]["metadata"]["source"], "tenant_ui");
}

#[tokio::test]
async fn user_operator_and_command_line_meet_on_one_run() {
    let (app, tenant, manager) = tenant_with_work().await;
    let operator = app.operator().await;

    let run = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201).id();
    let by_operator = operator.start_backfill_of(tenant.id).await.assert_status(200);
    let arguments = ["findings", "backfill-lifecycle", "--tenant", &tenant.external_id, "--json"];
    let by_command = cli::run(app.database_url(), &arguments, "").assert_code(0).json();
    let again = manager.start_lifecycle_backfill(tenant.id).await.assert_status(200);

    assert_eq!((by_operator.id(), &by_command["id"], again.id()), (run, &json!(run), run));
    assert_eq!((&again.body["deduplicated"], again.header("location")), (&json!(true), None));
    // Operators see who it was.
    assert_eq!(by_operator.body["context"]["tenant_initiator"]["email"], manager.email);
    assert_eq!(app.count_runs(), 1);
    app.drain().await;
}

#[tokio::test]
async fn members_and_operators_who_start_at_once_create_one_run() {
    let (app, tenant, _) = tenant_with_work().await;
    let operator = app.operator().await;
    let (mut starts, id) = (JoinSet::new(), tenant.id);
    for n in 0..24 {
        let member = app.member(&tenant, "owner").await;
        let operator = operator.clone();
        starts.spawn(async move {
            if n % 2 == 0 { member.start_lifecycle_backfill(id).await } else { operator.start_backfill_of(id).await }
        });
    }
    let mut created = 0;
    while let Some(answer) = starts.join_next().await {
        let answer = answer.unwrap();
        assert!([200, 201].contains(&answer.status), "{}", answer.text);
        created += usize::from(answer.status == 201);
    }
    assert_eq!((created, app.count_runs()), (1, 1));
    app.drain().await;
}

#[tokio::test]
async fn what_an_operator_wrote_does_not_reach_a_user_who_meets_their_run() {
    let (app, tenant, manager) = tenant_with_work().await;
    let operator = app.operator().await;
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    let repeated = manager.with_header("idempotency-key", "once");

    let met = repeated.start_lifecycle_backfill(tenant.id).await.assert_status(200);
    let replayed = repeated.start_lifecycle_backfill(tenant.id).await.assert_status(200);

    assert_eq!(met.id(), run);
    assert_eq!(met.body["initiator"], json!({ "type": "operator", "id": null, "name": "Platform operator" }));
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &met.body));
    for secret in ["Old rows lack", "DATA_REPAIR", "Olga", &operator.email, "excluded", "break_glass"] {
        assert!(!met.text.contains(secret), "{secret}: {}", met.text);
    }
    app.drain().await;
}

#[tokio::test]
async fn the_same_key_starts_once_and_is_another_for_another_tenant_or_user() {
    let (app, tenant, manager) = tenant_with_work().await;
    let other = app.tenant("Fabrikam");
    app.pending_findings(&other, 1);
    app.set_membership(manager.id, &other, "manager");
    let colleague = app.member(&tenant, "manager").await.with_header("idempotency-key", "once");
    let manager = manager.with_header("idempotency-key", "once");

    let first = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;
    let again = manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    let elsewhere = manager.start_lifecycle_backfill(other.id).await.assert_status(201);
    let of_colleague = colleague.start_lifecycle_backfill(tenant.id).await;

    assert_eq!((again.header("idempotency-replayed"), &again.body), (Some("true"), &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert_ne!(elsewhere.id(), first.id());
    of_colleague.assert_problem(409, "nothing-to-do");
    app.drain().await;
}

#[tokio::test]
async fn a_pause_is_told_with_its_reason_to_who_could_have_started_and_to_nobody_else() {
    let (app, tenant, manager) = tenant_with_work().await;
    let operator = app.operator().await;
    let cases = [
        (global_pause(), "global", "Incident 4711"),
        (workspace_pause(tenant.workspace_id), "workspace", "Asked by the customer"),
    ];
    for (pause, scope, reason) in cases {
        operator.pause_control(BACKFILL, &pause).await.assert_status(201);

        let refused = manager.start_lifecycle_backfill(tenant.id).await.assert_problem(409, "operational-control-paused");

        assert_eq!(refused.body["title"], "Findings lifecycle backfill paused");
        assert_eq!((&refused.body["reason_text"], &refused.body["matched_scope_type"]), (&json!(reason), &json!(scope)));
        for role in ["operator", "readonly"] {
            let told = app.member(&tenant, role).await.start_lifecycle_backfill(tenant.id).await;
            assert!(!told.assert_problem(403, "capability-missing").text.contains("pause"));
        }
        let told = app.user().await.start_lifecycle_backfill(tenant.id).await.assert_problem(404, "not-found");
        assert!(!told.text.contains("pause"));
        operator
            .resume_control(BACKFILL, &json!({ "scope_type": scope, "workspace_id": pause.get("workspace_id") }))
            .await
            .assert_status(200);
    }
    let blocked = app.audited("operational_control.execution_blocked");
    assert_eq!((blocked.len(), app.count_runs()), (2, 0));
    for row in blocked {
        assert_eq!((&row["actor_type"], &row["actor_id"]), (&json!("user"), &json!(manager.id)));
        assert_eq!((&row["tenant_id"], &row["metadata"]["source"]), (&json!(tenant.id), &json!("tenant_ui")));
    }
    manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;
}

/// Which pauses are in force, and what a member's start is told of them.
#[tokio::test]
async fn a_global_pause_wins_over_that_of_the_workspace_and_one_elsewhere_counts_for_nothing() {
    let (app, tenant, manager) = tenant_with_work().await;
    let north = app.workspace("north", "North");
    app.tenant_in(&north, "Fabrikam");
    let operator = app.operator().await;
    let (global, own, elsewhere) = (global_pause(), workspace_pause(tenant.workspace_id), workspace_pause(north.id));
    let cases: [(&[&serde_json::Value], Option<&str>); 6] = [
        (&[&global], Some("global")),
        (&[&own], Some("workspace")),
        (&[&global, &own], Some("global")),
        (&[&own, &elsewhere], Some("workspace")),
        (&[&global, &own, &elsewhere], Some("global")),
        (&[&elsewhere], None),
    ];
    for (pauses, told) in cases {
        app.execute("DELETE FROM operational_control_activations");
        for pause in pauses {
            operator.pause_control(BACKFILL, pause).await.assert_status(201);
        }
        let answer = manager.start_lifecycle_backfill(tenant.id).await;
        match told {
            Some(scope) => {
                assert_eq!(
                    answer.assert_problem(409, "operational-control-paused").body["matched_scope_type"],
                    scope,
                    "{pauses:?}"
                );
            }
            None => _ = answer.assert_status(201),
        }
    }
    app.drain().await;
}

#[tokio::test]
async fn a_pause_of_another_workspace_stops_nobody_here() {
    let (app, tenant, manager) = tenant_with_work().await;
    let north = app.workspace("north", "North");
    app.tenant_in(&north, "Fabrikam");
    app.operator().await.pause_control(BACKFILL, &workspace_pause(north.id)).await.assert_status(201);

    manager.start_lifecycle_backfill(tenant.id).await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn the_earlier_check_is_the_one_that_is_told() {
    let (app, tenant, manager) = tenant_with_work().await;
    let path = format!("{ADMIN}/tenants/{}/findings/lifecycle-backfill", tenant.id);
    let post =
        async |caller: &Actor, body: &str| caller.send_text(reqwest::Method::POST, &path, Some("application/json"), body).await;
    let repeated = manager.with_header("idempotency-key", "once");
    post(&repeated, "{}").await.assert_status(201);
    app.operator().await.pause_control(BACKFILL, &global_pause()).await.assert_status(201);

    post(&app.user().await, "not json").await.assert_problem(404, "not-found");
    post(&app.member(&tenant, "readonly").await, "not json").await.assert_problem(403, "capability-missing");
    post(&manager, "not json").await.assert_problem(400, "malformed-request");
    post(&manager, r#"{"preflight_id":1}"#).await.assert_problem(422, "validation-failed").assert_pointers(&["/preflight_id"]);
    // Replay, then control, then the run that is active.
    post(&repeated, "{}").await.assert_status(201);
    post(&manager, "{}").await.assert_problem(409, "operational-control-paused");
    app.drain().await;
    post(&manager, "{}").await.assert_problem(409, "operational-control-paused");
    app.operator().await.resume_control(BACKFILL, &json!({ "scope_type": "global" })).await.assert_status(200);
    post(&manager, "{}").await.assert_problem(409, "nothing-to-do");
}
