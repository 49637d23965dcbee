//! `GET /audit-logs`

use serde_json::{Value, json};
use support::{Actor, TestApp};

/// Rows of every kind; the operator who looks has signed in before.
async fn scene() -> (TestApp, Actor, Vec<i64>) {
    let app = TestApp::start().await;
    let operator = app.operator_with(&["platform.audit.view"]).await;
    let (contoso, fabrikam) = (app.workspace("contoso", "Contoso"), app.workspace("fabrikam", "Fabrikam"));
    let tenant = app.tenant_in(&contoso, "Contoso");
    let row = |action: &str, at: &str, columns: Value| {
        let mut row = json!({ "action": action, "actor_type": "operator", "actor_id": 1000, "actor_label": "a@example.com", "outcome": "success",
                              "summary": "Done.", "metadata": {}, "recorded_at": at });
        columns.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
        app.insert("audit_logs", &row)
    };
    let ids = vec![
        row(
            "platform.tenants.created",
            "2020-01-01T00:00:00Z",
            json!({ "workspace_id": contoso.id, "tenant_id": tenant.id, "target_type": "tenant", "target_id": tenant.id.to_string(), "target_label": "Contoso", "metadata": { "external_id": "x" } }),
        ),
        row("platform.workspaces.created", "2020-01-02T00:00:00Z", json!({ "workspace_id": fabrikam.id, "actor_id": 2000 })),
        row("platform.ops.runbooks.start", "2020-01-03T00:00:00Z", json!({ "run_id": 77, "outcome": "blocked" })),
        row(
            "tenant.auth.sign_out",
            "2020-01-04T00:00:00Z",
            json!({ "actor_type": "user", "ip": "192.0.2.7", "user_agent": "A browser",
                    "metadata": { "command_line": { "user": "alice", "host": "ops-1" } } }),
        ),
    ];
    (app, operator, ids)
}

#[tokio::test]
async fn an_event_says_who_did_what_to_what_where_and_when() {
    let (app, operator, ids) = scene().await;

    let page = operator.list_audit_logs("before=2020-01-02T00:00:00Z").await.assert_status(200);

    let row = app.rows(&format!("SELECT * FROM audit_logs WHERE id = {}", ids[0])).remove(0);
    assert_eq!(
        page.items(),
        [json!({ "id": ids[0], "action": "platform.tenants.created", "label": "Tenant created",
                 "actor": { "type": "operator", "id": 1000, "label": "a@example.com" },
                 "command_line": null,
                 "target": { "type": "tenant", "id": row["target_id"], "label": "Contoso" },
                 "workspace_id": row["workspace_id"], "tenant_id": row["tenant_id"], "run_id": null, "outcome": "success",
                 "summary": "Done.", "metadata": { "external_id": "x" }, "ip": null, "user_agent": null, "recorded_at": "2020-01-01T00:00:00Z" })]
    );
}

#[tokio::test]
async fn an_event_says_from_where_it_was_asked_for_and_which_system_user_typed_it() {
    let (_app, operator, _) = scene().await;

    let page = operator.list_audit_logs("actor_type=user").await.assert_status(200);

    let event = &page.items()[0];
    assert_eq!((&event["ip"], &event["user_agent"]), (&json!("192.0.2.7"), &json!("A browser")));
    assert_eq!(event["command_line"], json!({ "user": "alice", "host": "ops-1" }));
}

#[tokio::test]
async fn every_filter_finds_just_what_it_names() {
    let (app, operator, ids) = scene().await;
    let of = |row: usize, column: &str| app.value(&format!("SELECT {column} FROM audit_logs WHERE id = {}", ids[row]));
    for (query, expected) in [
        ("action=platform.tenants.created".to_owned(), vec![ids[0]]),
        ("actor_id=2000".to_owned(), vec![ids[1]]),
        // Operators and users of one number are told apart by their kind.
        ("actor_type=user&actor_id=1000".to_owned(), vec![ids[3]]),
        ("actor_type=operator&actor_id=1000".to_owned(), vec![ids[2], ids[0]]),
        ("actor_id=1000".to_owned(), vec![ids[3], ids[2], ids[0]]),
        ("actor_type=user".to_owned(), vec![ids[3]]),
        ("actor_type=cli".to_owned(), vec![]),
        (format!("workspace_id={}", of(0, "workspace_id")), vec![ids[0]]),
        (format!("tenant_id={}", of(0, "tenant_id")), vec![ids[0]]),
        ("run_id=77".to_owned(), vec![ids[2]]),
        ("after=2020-01-02T00:00:00Z&before=2020-01-03T00:00:00Z".to_owned(), vec![ids[1]]),
        ("before=2020-01-03T00:00:00%2B00:00".to_owned(), vec![ids[1], ids[0]]),
        ("actor_id=1000&before=2020-01-04T00:00:00Z".to_owned(), vec![ids[2], ids[0]]),
        ("actor_id=1000&run_id=78".to_owned(), vec![]),
    ] {
        assert_eq!(operator.list_audit_logs(&query).await.assert_status(200).ids(), expected, "{query}");
    }
}

#[tokio::test]
async fn paging_shows_every_event_once_newest_first_also_when_more_arrive() {
    let (app, operator, mut ids) = scene().await;
    ids.insert(0, app.value("SELECT min(id) FROM audit_logs").as_i64().unwrap());
    let (mut seen, mut query) = (Vec::new(), "limit=1".to_owned());

    loop {
        let page = operator.list_audit_logs(&query).await.assert_status(200);
        seen.extend(page.ids());
        app.anonymous().login("nobody@example.com", "x").await.assert_status(401);
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        query = format!("limit=1&cursor={cursor}");
    }

    ids.reverse();
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn an_action_that_is_not_registered_is_pointed_at() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&["platform.audit.view"]).await;

    let answer = operator.list_audit_logs("action=platform.no.such").await;

    answer.assert_problem(422, "validation-failed").assert_pointers(&["?action"]);
    let answer = operator.list_audit_logs("actor_type=robot").await;
    answer.assert_problem(422, "validation-failed").assert_pointers(&["?actor_type"]);
}
