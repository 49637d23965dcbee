//! `POST /ops/controls/{key}/pause`

use super::{control_actions, control_rows, three_workspaces};
use serde_json::{Value, json};
use support::TestApp;
use support::actor::controls::{global_pause, workspace_pause};
use support::actor::runbooks::BACKFILL;
use support::table::with;

#[tokio::test]
async fn a_global_pause_is_created_and_then_changed_and_both_are_audited_for_the_platform() {
    let (app, operator, _) = three_workspaces().await;
    let previewed = json!({ "workspace_count": 3, "tenant_count": 4, "active_run_count": 0 });
    let first = with(global_pause(), json!({ "previewed": previewed, "expires_at": app.days_ago(-1) }));
    let created = operator.pause_control(BACKFILL, &first).await.assert_status(201).body;
    assert_eq!((&created["effective_state"], &created["state_label"]), (&json!("paused"), &json!("Paused globally")));

    let changed = json!({ "scope_type": "global", "reason_text": "Incident 4711, second wave" });
    let after = operator.pause_control(BACKFILL, &changed).await.assert_status(200).body;

    let (before, after) = (&created["activations"][0], &after["activations"][0]);
    assert_eq!((&after["id"], &after["starts_at"]), (&before["id"], &before["starts_at"]));
    assert_eq!((&after["reason_text"], &after["expires_at"]), (&json!("Incident 4711, second wave"), &json!(null)));
    let [paused, updated] = control_rows(&app).try_into().unwrap();
    assert_eq!(
        (&paused["action"], &updated["action"]),
        (&json!("operational_control.paused"), &json!("operational_control.updated"))
    );
    for row in [&paused, &updated] {
        assert_eq!((&row["workspace_id"], &row["tenant_id"], &row["outcome"]), (&json!(null), &json!(null), &json!("success")));
        assert_eq!((&row["actor_id"], &row["actor_label"]), (&json!(operator.id), &json!(operator.email)));
        assert_eq!((&row["target_type"], &row["target_id"]), (&json!("control"), &json!(BACKFILL)));
        let metadata = &row["metadata"];
        assert_eq!((&metadata["control_key"], &metadata["scope_type"]), (&json!(BACKFILL), &json!("global")));
        assert_eq!((&metadata["workspace_id"], &metadata["actor_id"]), (&json!(null), &json!(operator.id)));
        assert_eq!(metadata["affected"], json!({ "workspace_count": 3, "tenant_count": 3, "active_run_count": 0 }));
    }
    assert_eq!(paused["metadata"]["previewed"], previewed, "what was shown stands beside what it was");
    assert_eq!(paused["metadata"]["reason_text"], "Incident 4711");
    assert_eq!(updated["metadata"]["previous"]["reason_text"], "Incident 4711");
    assert_eq!(updated["metadata"]["previous"]["expires_at"], before["expires_at"]);
    assert_eq!(updated["metadata"]["expires_at"], json!(null));
}

#[tokio::test]
async fn a_pause_of_a_workspace_is_an_event_of_that_workspace() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);

    let row = control_rows(&app).remove(0);
    assert_eq!((&row["workspace_id"], &row["tenant_id"]), (&json!(contoso.workspace_id), &json!(null)));
    assert_eq!(row["metadata"]["workspace_id"], contoso.workspace_id);
    assert_eq!(row["summary"], "Paused Findings lifecycle backfill for the workspace Contoso Group.");
    assert_eq!(row["metadata"]["affected"]["tenant_count"], 1);
}

#[tokio::test]
async fn a_pause_that_cannot_be_audited_does_not_happen() {
    let (app, operator, _) = three_workspaces().await;
    app.execute("ALTER TABLE audit_logs ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'operational_control.%')");

    operator.pause_backfill().await.assert_problem(500, "internal-error");

    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 0);
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
}

#[tokio::test]
async fn the_capability_comes_before_the_control_and_the_body() {
    let app = TestApp::start().await;
    let viewer = app.operator_with(&["platform.ops.view", "platform.runbooks.run", "platform.audit.view"]).await;
    for key in [BACKFILL, "x"] {
        for body in [json!({ "broken": true }), global_pause()] {
            viewer.pause_control(key, &body).await.assert_problem(403, "capability-missing");
            viewer.resume_control(key, &body).await.assert_problem(403, "capability-missing");
            viewer.preview_control(key, &body).await.assert_problem(403, "capability-missing");
        }
        viewer.get_control(key).await.assert_problem(403, "capability-missing");
    }
    assert!(control_actions(&app).is_empty());
}

#[tokio::test]
async fn each_field_missing_wrong_or_unknown_is_named() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let pause = |members: Value| with(global_pause(), members);
    let of_workspace = |members: Value| with(workspace_pause(contoso.workspace_id), members);
    let (past, farther, tomorrow) = (app.days_ago(1), app.days_ago(-4_000), app.days_ago(-1));
    for (body, pointer) in [
        (json!({}), "/scope_type"),
        (json!({ "scope_type": "global" }), "/reason_text"),
        (pause(json!({ "scope_type": "tenant" })), "/scope_type"),
        (pause(json!({ "workspace_id": contoso.workspace_id })), "/workspace_id"),
        (of_workspace(json!({ "workspace_id": null })), "/workspace_id"),
        (of_workspace(json!({ "workspace_id": 999_999 })), "/workspace_id"),
        (of_workspace(json!({ "workspace_id": -1 })), "/workspace_id"),
        (of_workspace(json!({ "workspace_id": "contoso" })), "/workspace_id"),
        (pause(json!({ "reason_text": "four" })), "/reason_text"),
        (pause(json!({ "reason_text": "  four  " })), "/reason_text"),
        (pause(json!({ "reason_text": "ä".repeat(501) })), "/reason_text"),
        (pause(json!({ "reason_text": "a\u{0}bcdef" })), "/reason_text"),
        (pause(json!({ "reason_text": 12345 })), "/reason_text"),
        (pause(json!({ "expires_at": past })), "/expires_at"),
        (pause(json!({ "expires_at": farther })), "/expires_at"),
        (pause(json!({ "expires_at": "9999-12-31T23:59:59Z" })), "/expires_at"),
        (pause(json!({ "expires_at": "9999-12-31T23:59:59-01:00" })), "/expires_at"),
        (pause(json!({ "starts_at": "9999-12-31T23:59:59-01:00" })), "/starts_at"),
        (pause(json!({ "expires_at": "tomorrow" })), "/expires_at"),
        (pause(json!({ "expires_at": 1_900_000_000 })), "/expires_at"),
        (pause(json!({ "starts_at": past })), "/starts_at"),
        (pause(json!({ "starts_at": farther })), "/starts_at"),
        (pause(json!({ "starts_at": tomorrow, "expires_at": tomorrow })), "/expires_at"),
        (
            pause(json!({ "previewed": { "workspace_count": -1, "tenant_count": 0, "active_run_count": 0 } })),
            "/previewed/workspace_count",
        ),
        (pause(json!({ "force": true })), "/force"),
    ] {
        operator.pause_control(BACKFILL, &body).await.assert_problem(422, "validation-failed").assert_pointers(&[pointer]);
    }
    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 0);
    assert!(control_actions(&app).is_empty());

    for reason in ["fünf!".to_owned(), format!(" {} ", "ä".repeat(500))] {
        operator.pause_control(BACKFILL, &pause(json!({ "reason_text": reason }))).await;
    }
    assert_eq!(control_actions(&app), ["paused", "updated"], "characters are counted, without outer white space");
}

#[tokio::test]
async fn the_table_itself_refuses_a_second_pause_of_a_scope_and_one_that_is_none() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    operator.pause_backfill().await.assert_status(201);
    operator.pause_backfill_of(contoso.workspace_id).await.assert_status(201);
    let insert = |scope: &str, workspace: &str, rest: &str, constraint: &str| {
        let sql = format!(
            "INSERT INTO operational_control_activations (control_key, scope_type, workspace_id, created_by, {}) VALUES ('{BACKFILL}', '{scope}', {workspace}, {}, {})",
            rest.split('=').next().unwrap(),
            operator.id,
            rest.split('=').nth(1).unwrap()
        );
        let refused = diesel::RunQueryDsl::execute(diesel::sql_query(&sql), &mut app.db()).unwrap_err().to_string();
        assert!(refused.contains(constraint), "{sql}: {refused}");
    };
    let id = contoso.workspace_id.to_string();
    insert("global", "NULL", "reason_text='Incident'", "operational_control_activations_global_key");
    insert("workspace", &id, "reason_text='Incident'", "operational_control_activations_workspace_key");
    insert("global", &id, "reason_text='Incident'", "operational_control_activations_scope_check");
    insert("workspace", "NULL", "reason_text='Incident'", "operational_control_activations_scope_check");
    insert("tenant", "NULL", "reason_text='Incident'", "operational_control_activations_scope_");
    insert("global", "NULL", "reason_text='four'", "operational_control_activations_reason_text_check");
    insert("global", "NULL", "reason_text, expires_at='Incident', '2020-01-01'", "operational_control_activations_expiry_check");
}

#[tokio::test]
async fn under_an_idempotency_key_one_request_pauses_once_and_its_answer_comes_again() {
    let app = TestApp::start().await;
    let operator = app.operator().await.with_header("idempotency-key", "once");

    let first = operator.pause_control(BACKFILL, &global_pause()).await.assert_status(201);
    let again = operator.pause_control(BACKFILL, &global_pause()).await.assert_status(201);

    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!((first.header("etag"), &first.body), (again.header("etag"), &again.body));
    assert_eq!(app.audited("operational_control.paused").len() + app.audited("operational_control.updated").len(), 1);
    let other = with(global_pause(), json!({ "reason_text": "Another reason" }));
    operator.pause_control(BACKFILL, &other).await.assert_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn of_many_equal_requests_at_once_one_pauses() {
    let app = TestApp::start().await;
    let operator = app.operator().await.with_header("idempotency-key", "at-once");
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let operator = operator.clone();
        requests.spawn(async move { operator.pause_control(BACKFILL, &global_pause()).await.status });
    }

    let statuses = requests.join_all().await;

    assert!(statuses.contains(&201) && statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
    assert_eq!(app.audited("operational_control.paused").len() + app.audited("operational_control.updated").len(), 1);
}

#[tokio::test]
async fn a_pause_and_a_resume_that_concern_more_than_their_preview_are_refused_with_a_fresh_one() {
    let (app, operator, [contoso, ..]) = three_workspaces().await;
    let preview = |action: &'static str| {
        let operator = operator.clone();
        async move {
            operator.preview_control(BACKFILL, &json!({ "action": action, "scope_type": "global" })).await.assert_status(200).body
        }
    };
    let counts = |preview: &Value| json!({ "workspace_count": preview["workspace_count"], "tenant_count": preview["tenant_count"], "active_run_count": 0 });
    let shown = counts(&preview("pause").await);
    app.insert("tenants", &json!({ "workspace_id": contoso.workspace_id, "external_id": "late", "name": "Late" }));

    let stale = with(global_pause(), json!({ "previewed": shown }));
    let refused = operator.pause_control(BACKFILL, &stale).await.assert_problem(409, "preview-stale");
    assert_eq!(refused.body["preview"], preview("pause").await);
    assert_eq!((app.value("SELECT count(*) FROM operational_control_activations"), control_rows(&app).len()), (json!(0), 0));
    let fresh = with(global_pause(), json!({ "previewed": counts(&refused.body["preview"]) }));
    operator.pause_control(BACKFILL, &fresh).await.assert_status(201);

    let resume = json!({ "scope_type": "global", "previewed": shown });
    let refused = operator.resume_control(BACKFILL, &resume).await.assert_problem(409, "preview-stale");
    assert_eq!(refused.body["preview"], preview("resume").await);
    assert_eq!(control_rows(&app).len(), 1);
    // Nothing is held against who confirms no preview.
    operator.resume_backfill().await.assert_status(200);
    operator.pause_backfill().await.assert_status(201);
}
