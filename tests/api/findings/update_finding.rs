//! `PATCH /tenants/{tenant}/findings/{id}` of the tenant plane (FND-05)

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use support::fixtures::Tenant;
use support::{Actor, TestApp};

const ACTION: &str = "finding.updated";

/// A finding of Contoso that is completed already, and somebody who may change it.
async fn scene(columns: &Value) -> (TestApp, Tenant, i64, Actor) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let mut row = app.repaired();
    for (name, value) in columns.as_object().unwrap() {
        row[name] = value.clone();
    }
    let id = app.finding(&tenant, &row);
    let editor = app.member(&tenant, "operator").await;
    (app, tenant, id, editor)
}

#[tokio::test]
async fn a_finding_goes_its_way_and_each_step_leaves_its_time() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    for (body, set, unset) in [
        (json!({ "status": "triaged" }), vec!["triaged_at"], vec!["resolved_at", "closed_at"]),
        (json!({ "status": "in_progress" }), vec!["triaged_at"], vec!["resolved_at", "closed_at"]),
        (json!({ "status": "resolved" }), vec!["triaged_at", "resolved_at"], vec!["closed_at", "due_at", "due_source"]),
        (json!({ "status": "reopened" }), vec!["triaged_at", "due_at", "due_source"], vec!["resolved_at"]),
        (json!({ "status": "closed", "closed_reason": " Not ours " }), vec!["closed_at"], vec!["due_at", "due_source"]),
        (json!({ "status": "reopened" }), vec!["due_at"], vec!["closed_at", "closed_reason"]),
        (json!({ "status": "risk_accepted", "closed_reason": "Until spring" }), vec!["closed_at", "closed_reason"], vec![]),
    ] {
        let answer = editor.update_finding(tenant.id, id, &body).await.assert_status(200);

        assert_eq!(answer.body["status"], body["status"]);
        let shown = editor.get_finding(tenant.id, id).await.assert_status(200);
        assert_eq!((&answer.body, answer.header("etag")), (&shown.body, shown.header("etag")));
        for column in set {
            assert_ne!(answer.body[column], json!(null), "{column} after {body}");
        }
        for column in unset {
            assert_eq!(answer.body[column], json!(null), "{column} after {body}");
        }
    }
    assert_eq!(app.find_finding(id)["closed_reason"], "Until spring");
    assert_eq!(app.audited(ACTION).len(), 7);
}

#[tokio::test]
async fn an_edit_is_one_moment_in_all_that_it_writes_and_shows() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    app.clock().step_at_each_reading();
    let mut is_accepted = false;
    for readings in 0.. {
        let due = app.value(&format!("SELECT {}", app.clock().after_readings(readings)));
        let answer = editor.update_finding(tenant.id, id, &json!({ "due_at": due })).await;
        if answer.status == 422 {
            continue;
        }
        assert_eq!(answer.assert_status(200).body["overdue"], false, "what is accepted as ahead is not overdue");
        is_accepted = true;
        break;
    }
    assert!(is_accepted);
    let resolved = editor.update_finding(tenant.id, id, &json!({ "status": "resolved" })).await.assert_status(200).body;
    assert_eq!(resolved["resolved_at"], resolved["updated_at"]);
}

#[tokio::test]
async fn a_step_that_the_table_does_not_have_is_refused_and_says_which_it_has() {
    let (app, tenant, id, editor) = scene(&json!({ "status": "closed", "closed_reason": "Not ours" })).await;
    let before = app.find_finding(id);

    let body = json!({ "status": "triaged", "due_at": "2001-01-01T00:00:00Z" });
    let refused = editor.update_finding(tenant.id, id, &body).await.assert_problem(409, "illegal-transition");

    assert_eq!(refused.body["transitions"], json!(["reopened"]));
    assert!(refused.body["detail"].as_str().unwrap().contains("closed cannot become triaged"), "{}", refused.text);
    for never in ["new", "acknowledged"] {
        let body = json!({ "status": never });
        editor.update_finding(tenant.id, id, &body).await.assert_problem(409, "illegal-transition");
    }
    assert_eq!((app.find_finding(id), app.audited(ACTION)), (before, vec![]));
}

#[tokio::test]
async fn a_due_date_becomes_the_persons_and_null_decides_that_there_is_none() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let due = app.days_ago(-40).as_str().unwrap().replace("+00:00", "Z");

    let dated = editor.update_finding(tenant.id, id, &json!({ "due_at": due })).await.assert_status(200);
    let none = editor.update_finding(tenant.id, id, &json!({ "due_at": null })).await.assert_status(200);

    assert_eq!((&dated.body["due_at"], &dated.body["due_source"]), (&json!(due), &json!("person")));
    assert_eq!((&none.body["due_at"], &none.body["due_source"]), (&json!(null), &json!("person")));
    // It stays through the end of the finding and a new beginning.
    editor.update_finding(tenant.id, id, &json!({ "status": "resolved" })).await.assert_status(200);
    let again = editor.update_finding(tenant.id, id, &json!({ "status": "reopened" })).await.assert_status(200);
    assert_eq!((&again.body["due_at"], &again.body["due_source"]), (&json!(null), &json!("person")));
}

#[tokio::test]
async fn each_field_is_checked() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let (past, far) = (app.days_ago(0), app.days_ago(-3_700));
    for (body, pointer) in [
        (json!({ "status": "gone" }), "/status"),
        (json!({ "status": 1 }), "/status"),
        (json!({ "due_at": past }), "/due_at"),
        (json!({ "due_at": far }), "/due_at"),
        (json!({ "due_at": "9999-12-31T23:59:59-01:00" }), "/due_at"),
        (json!({ "due_at": "tomorrow" }), "/due_at"),
        (json!({ "status": "closed" }), "/closed_reason"),
        (json!({ "status": "closed", "closed_reason": "    no    " }), "/closed_reason"),
        (json!({ "status": "closed", "closed_reason": "x".repeat(501) }), "/closed_reason"),
        (json!({ "status": "risk_accepted" }), "/closed_reason"),
        (json!({ "status": "triaged", "closed_reason": "Not ours" }), "/closed_reason"),
        (json!({ "closed_reason": "Not ours" }), "/closed_reason"),
        (json!({ "closed_reason": "nul \u{0}" }), "/closed_reason"),
        (json!({ "severity": "low" }), "/severity"),
        (json!({ "due_source": "sla" }), "/due_source"),
    ] {
        let refused = editor.update_finding(tenant.id, id, &body).await.assert_problem(422, "validation-failed");
        refused.assert_pointers(&[pointer]);
    }
    assert_eq!(app.audited(ACTION), Vec::<Value>::new());
}

#[tokio::test]
async fn asking_for_what_is_so_already_changes_nothing() {
    let (app, tenant, id, editor) = scene(&json!({ "status": "triaged" })).await;
    let before = app.find_finding(id);
    for body in [json!({}), json!({ "status": "triaged" }), json!({ "status": null, "closed_reason": null })] {
        let answer = editor.update_finding(tenant.id, id, &body).await.assert_status(200);
        assert_eq!(answer.header("etag"), editor.get_finding(tenant.id, id).await.header("etag"), "{body}");
    }
    assert_eq!((app.find_finding(id), app.audited(ACTION)), (before, vec![]));
}

#[tokio::test]
async fn a_change_decided_on_an_older_state_is_refused() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let read = editor.get_finding(tenant.id, id).await.assert_status(200);
    let first = editor.with_header("if-match", read.header("etag").unwrap());
    let changed = first.update_finding(tenant.id, id, &json!({ "status": "triaged" })).await.assert_status(200);
    assert_ne!(changed.header("etag"), read.header("etag"));

    let stale = first.update_finding(tenant.id, id, &json!({ "status": "in_progress" })).await;
    stale.assert_problem(412, "precondition-failed");
    // Also where it would change nothing.
    first.update_finding(tenant.id, id, &json!({})).await.assert_problem(412, "precondition-failed");

    assert_eq!(app.find_finding(id)["status"], "triaged");
    let fresh = editor.with_header("if-match", changed.header("etag").unwrap());
    fresh.update_finding(tenant.id, id, &json!({ "status": "in_progress" })).await.assert_status(200);
    let any = editor.with_header("if-match", "*");
    any.update_finding(tenant.id, id, &json!({ "status": "triaged" })).await.assert_status(200);
    editor
        .with_header("if-match", "bare")
        .update_finding(tenant.id, id, &json!({}))
        .await
        .assert_problem(400, "malformed-request");
}

#[tokio::test]
async fn a_change_is_audited_with_what_was_before_and_is_after() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let before = editor.get_finding(tenant.id, id).await.body;

    editor.update_finding(tenant.id, id, &json!({ "status": "closed", "closed_reason": "Not ours" })).await.assert_status(200);

    let rows = app.audited(ACTION);
    let row = &rows[0];
    assert_eq!((rows.len(), row["actor_type"].as_str(), row["actor_id"].as_i64()), (1, Some("user"), Some(editor.id)));
    assert_eq!((&row["workspace_id"], &row["tenant_id"]), (&json!(tenant.workspace_id), &json!(tenant.id)));
    assert_eq!((&row["target_type"], &row["target_id"]), (&json!("finding"), &json!(id.to_string())));
    assert_eq!(row["summary"], "Changed a finding from new to closed.");
    let was = json!({ "status": "new", "due_at": before["due_at"], "due_source": "sla", "closed_reason": null });
    let is = json!({ "status": "closed", "due_at": null, "due_source": null, "closed_reason": "Not ours" });
    assert_eq!(row["metadata"], json!({ "before": was, "after": is }));
}

#[tokio::test]
async fn a_folded_duplicate_is_not_changed() {
    let (app, tenant, survivor, editor) = scene(&json!({})).await;
    let folded = app.finding(&tenant, &json!({ "status": "closed", "consolidated_into_id": survivor }));
    for body in [json!({ "status": "reopened" }), json!({ "due_at": null }), json!({})] {
        let refused = editor.update_finding(tenant.id, folded, &body).await.assert_problem(409, "wrong-state");
        assert!(refused.body["detail"].as_str().unwrap().contains(&survivor.to_string()));
    }
}

#[tokio::test]
async fn a_change_leaves_nothing_to_repair_where_nothing_was() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let operator = app.operator().await;
    for body in [
        json!({ "status": "resolved" }),
        json!({ "status": "reopened" }),
        json!({ "status": "risk_accepted", "closed_reason": "Until spring" }),
        json!({ "status": "reopened", "due_at": null }),
    ] {
        editor.update_finding(tenant.id, id, &body).await.assert_status(200);
        let scope = support::actor::runbooks::single_tenant(tenant.id);
        assert_eq!(operator.preflight(&scope).await.assert_status(200).body["affected_count"], 0, "{body}");
    }
}

#[tokio::test]
async fn a_running_backfill_keeps_what_a_person_changed_after_it_began() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3_000);
    let last = app.value("SELECT id FROM findings ORDER BY fingerprint DESC LIMIT 1").as_i64().unwrap();
    app.execute(&format!("UPDATE findings SET status = 'acknowledged' WHERE id = {last}"));
    let twin = twin_of(&app, last);
    let editor = app.member(&tenant, "operator").await;
    let run = app.operator().await.start_backfill_of(tenant.id).await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    assert_eq!(app.find_finding(last)["first_seen_at"], json!(null), "the run has not come to it yet");

    editor.update_finding(tenant.id, last, &json!({ "status": "in_progress", "due_at": null })).await.assert_status(200);
    worker.finish(&mut work);

    let row = app.find_finding(last);
    assert_eq!((&row["status"], &row["due_at"], &row["due_source"]), (&json!("in_progress"), &json!(null), &json!("person")));
    // To fold the two would write over the decision, so the next run does.
    assert_eq!((&row["consolidated_into_id"], &app.find_finding(twin)["consolidated_into_id"]), (&json!(null), &json!(null)));
    assert_eq!(app.operator().await.get_run(run).await.body["outcome"], "succeeded");
}

/// A duplicate of a finding.
fn twin_of(app: &TestApp, id: i64) -> i64 {
    let columns = "workspace_id, tenant_id, type, source, check_id, fingerprint, severity, status, title, resource, detected_at, created_at, updated_at";
    app.execute(&format!("INSERT INTO findings ({columns}) SELECT {columns} FROM findings WHERE id = {id}"));
    app.value("SELECT max(id) FROM findings").as_i64().unwrap()
}

#[tokio::test]
async fn a_change_waits_for_who_holds_the_finding_and_is_decided_on_what_they_left() {
    let (app, tenant, id, editor) = scene(&json!({})).await;
    let mut other = app.db();
    let resolve =
        format!("UPDATE findings SET status = 'resolved', resolved_at = db_now(), updated_at = db_now() WHERE id = {id}");
    other.batch_execute(&format!("BEGIN; {resolve}")).unwrap();

    let patient = tokio::spawn(async move { editor.update_finding(tenant.id, id, &json!({ "status": "in_progress" })).await });
    app.wait_for_waiters(1).await;
    other.batch_execute("COMMIT").unwrap();

    patient.await.unwrap().assert_problem(409, "illegal-transition");
    assert_eq!(app.find_finding(id)["status"], "resolved");
}

#[tokio::test]
async fn who_may_only_look_is_refused_before_anything_is_said_of_the_finding() {
    let (app, tenant, id, _) = scene(&json!({})).await;
    let reader = app.member(&tenant, "readonly").await;
    for id in [id, 999_999] {
        let refused = reader.update_finding(tenant.id, id, &json!({ "status": "triaged" })).await;
        assert_eq!(refused.assert_problem(403, "capability-missing").body["capability"], "findings.edit");
    }
}
