//! `tenantatlas runs list|show|cancel|pause|resume|retry-failed|acknowledge`

use serde_json::json;
use support::app::ACCESS;
use support::cli::Ended;
use support::{Actor, TestApp, cli};

fn runs(app: &TestApp, line: &str) -> Ended {
    cli::run(app.database_url(), &[&["runs"], line.split(' ').collect::<Vec<_>>().as_slice()].concat(), "")
}

async fn started() -> (TestApp, Actor, i64) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    (app, operator, run)
}

#[tokio::test]
async fn runs_are_listed_and_shown() {
    let (app, operator, run) = started().await;
    let listed = runs(&app, "list --json").assert_code(0).json();
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&json!(run), &json!("queued")));
    app.drain().await;
    let table = runs(&app, "list").assert_code(0).out;
    assert!(table.starts_with("ID") && table.contains("succeeded") && table.contains("100 %"), "{table}");
    let shown = runs(&app, &format!("show {run} --json")).assert_code(0).json();
    assert_eq!(shown["summary_counts"]["updated"], 2);
    let text = runs(&app, &format!("show {run}")).assert_code(0).out;
    for line in [
        format!("Run {run}: Rebuild findings lifecycle, succeeded"),
        "100 %: 2 of 2 findings processed; 2 updated, 0 skipped".to_owned(),
        "1 of 1 tenant: 1 succeeded".to_owned(),
        format!("Page: http://127.0.0.1:8080/system/ops/runs/{run}"),
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
    let by = format!("list --status completed --outcome succeeded --initiator operator:{} --json", operator.id);
    assert_eq!(runs(&app, &by).assert_code(0).json().as_array().unwrap().len(), 1);
    assert_eq!(runs(&app, "list --status queued --json").assert_code(0).json(), json!([]));
}

#[tokio::test]
async fn wrong_words_of_the_list_are_wrong_usage_and_an_unknown_run_is_a_failure() {
    let app = TestApp::start().await;
    for line in [
        "list --status done",
        "list --outcome ok",
        "list --type x",
        "list --initiator me",
        "list --limit 0",
        "list --tenant nobody",
        "show x",
        "cancel 1",
        "retry-failed 1 --as a@example.com",
    ] {
        runs(&app, line).assert_code(2);
    }
    for line in ["show 1", "watch 1", "cancel 1 --as"] {
        let line = if line.ends_with("--as") { format!("{line} {}", app.operator().await.email) } else { line.to_owned() };
        assert_eq!(runs(&app, &line).assert_code(1).err.trim(), "tenantatlas: There is no run 1.", "{line}");
    }
    assert_eq!(runs(&app, "list").assert_code(0).out.trim(), "No runs.");
}

#[tokio::test]
async fn a_run_that_failed_in_part_shows_what_was_not_done_where_and_why() {
    let app = TestApp::start().await;
    let (contoso, gone) = (app.tenant("Contoso"), app.tenant("Gone"));
    app.pending_findings(&contoso, 1_200);
    app.pending_findings(&gone, 5);
    let operator = app.operator().await;
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    app.delete_tenant(&gone);
    app.drain().await;
    let text = runs(&app, &format!("show {run}")).assert_code(0).out;
    for line in [
        "99 %: 1,200 of 1,205 findings processed, 5 not processed; 1,200 updated, 0 skipped".to_owned(),
        "2 of 2 tenants: 1 succeeded, 1 failed".to_owned(),
        "  1 × tenant_not_allowed: The tenant may not be targeted any more.".to_owned(),
        format!("  Gone ({}): tenant_not_allowed", gone.id),
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}: {text}");
    }
    assert!(text.contains("Reason: DATA_REPAIR, "), "{text}");
    assert_eq!(runs(&app, &format!("watch {run} --json")).assert_code(1).json()["id"], run);
}

#[tokio::test]
async fn runs_are_steered_for_an_operator_who_is_named_in_audit() {
    let (app, operator, run) = started().await;
    let email = &operator.email;
    let paused = runs(&app, &format!("pause {run} --as {email} --reason Lunch --json")).assert_code(0).json();
    assert!(paused["paused_at"].is_string());
    let conflict = runs(&app, &format!("pause {run} --as {email}")).assert_code(1);
    assert!(conflict.err.contains("paused already"), "{}", conflict.err);
    assert_eq!(runs(&app, &format!("resume {run} --as {email} --json")).assert_code(0).json()["paused_at"], json!(null));
    // The address is taken as it is typed.
    let cancelled = runs(&app, &format!("cancel {run} --as {} --json", email.to_uppercase())).assert_code(0).json();
    assert_eq!(cancelled["outcome"], "cancelled");
    for action in ["platform.ops.runs.paused", "platform.ops.runs.resumed", "platform.ops.runs.cancel_requested"] {
        let row = app.audited(action).remove(0);
        assert_eq!(
            (&row["actor_type"], &row["actor_id"], &row["actor_label"]),
            (&json!("operator"), &json!(operator.id), &json!(email))
        );
    }
    assert_eq!(app.audited("platform.ops.runs.paused")[0]["metadata"]["reason_text"], "Lunch");
}

#[tokio::test]
async fn who_may_not_steer_a_run_cannot_on_the_command_line_either() {
    let (app, _, run) = started().await;
    let (_, viewer) = app.create_operator(&[ACCESS, "platform.ops.view"]);
    let (_, half) = app.create_operator(&[ACCESS, "platform.runbooks.run"]);
    let (_, no_access) = app.create_operator(&["platform.runbooks.run", "platform.runbooks.findings.lifecycle_backfill"]);
    let (gone_id, gone) = app.create_operator(&support::app::all_capabilities());
    app.execute(&format!("UPDATE platform_users SET deactivated_at = db_now() WHERE id = {gone_id}"));
    for verb in ["cancel", "pause", "resume"] {
        for email in [&viewer, &half, &no_access, &gone, &"nobody@example.com".to_owned()] {
            let refused = runs(&app, &format!("{verb} {run} --as {email}"));
            assert_eq!((refused.code, refused.out.as_str()), (1, ""), "{verb} as {email}: {}", refused.err);
        }
    }
    let retry = |email: &str| runs(&app, &format!("retry-failed {run} --as {email} --reason-code SUPPORT --reason Ticket4711"));
    retry(&viewer).assert_code(1);
    assert_eq!(app.value("SELECT status FROM operation_runs"), "queued");
    app.drain().await;
}

#[tokio::test]
async fn failed_targets_are_retried_for_an_operator() {
    let (app, operator, run) = started().await;
    app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now()");
    app.execute(
        "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x'",
    );
    let retry = |reason: &str| {
        runs(&app, &format!("retry-failed {run} --as {} --reason-code SUPPORT --reason {reason} --json", operator.email))
    };
    retry("Ticket4711").assert_code(1);
    app.sweep().await;
    retry("no").assert_code(2);
    let started = retry("Ticket4711").assert_code(0).json();
    assert_eq!(started["context"]["retry_of_run_id"], run);
    assert_eq!(started["context"]["runbook"]["source"], "cli");
    assert_eq!(started["context"]["platform_initiator"]["email"], operator.email);
    assert_eq!(started["initiator"]["id"], operator.id);
    app.drain().await;
}

#[tokio::test]
async fn a_failure_is_acknowledged_for_an_operator_and_found_by_that() {
    let (app, operator, run) = started().await;
    app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now()");
    app.execute(
        "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x'",
    );
    let acknowledge = |note: &str| runs(&app, &format!("acknowledge {run} --as {} --note {note}", operator.email));
    assert!(acknowledge("Ticket4711").assert_code(1).err.contains("has not ended"));
    app.sweep().await;
    let listed = |filter: &str| runs(&app, &format!("list {filter} --json")).assert_code(0).json().as_array().unwrap().len();
    assert_eq!(listed("--outcome failed,blocked --acknowledged false"), 1);
    runs(&app, &format!("acknowledge {run} --as {}", operator.email)).assert_code(2);
    runs(&app, &format!("acknowledge {run} --as {} --note  ", operator.email)).assert_code(2);

    let text = acknowledge("Ticket4711").assert_code(0).out;

    assert!(text.contains("Acknowledged by Olga Operator: Ticket4711"), "{text}");
    assert_eq!((listed("--acknowledged false"), listed("--acknowledged true"), listed("--status active")), (0, 1, 0));
    let row = app.audited("platform.ops.runs.acknowledged").remove(0);
    assert_eq!((&row["actor_id"], &row["metadata"]["note"]), (&json!(operator.id), &json!("Ticket4711")));
    let (_, viewer) = app.create_operator(&[ACCESS, "platform.ops.view"]);
    runs(&app, &format!("acknowledge {run} --as {viewer} --note x")).assert_code(1);
}

/// Fails every target of the run, so that it can be retried.
async fn fail_all(app: &TestApp) {
    app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now()");
    app.execute(
        "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x'",
    );
    app.sweep().await;
}

#[tokio::test]
async fn what_is_typed_for_an_operator_says_that_it_was_typed_and_by_which_system_user() {
    let (app, operator, first) = started().await;
    let email = &operator.email;
    let (user, host) = cli::system_user();
    let typed_by = json!({ "user": user, "host": host });
    operator.pause_run(first).await.assert_status(202);
    runs(&app, &format!("resume {first} --as {email}")).assert_code(0);
    fail_all(&app).await;
    let retry = format!("retry-failed {first} --as {email} --reason-code SUPPORT --reason Ticket4711 --json");
    let second = runs(&app, &retry).assert_code(0).json();
    app.drain().await;

    // The run: API and both outputs.
    let id = second["id"].as_i64().unwrap();
    let by = format!("Olga Operator, typed by {}", cli::system_user_name());
    assert_eq!(operator.get_run(id).await.body["context"]["command_line"], typed_by);
    assert_eq!(operator.get_run(first).await.body["context"].get("command_line"), None);
    let shown = runs(&app, &format!("show {id}")).assert_code(0).out;
    assert!(shown.contains(&format!("\nStarted by {by}, ")), "{shown}");
    assert!(runs(&app, "list").assert_code(0).out.contains(&by));
    // Audit: what was typed has the mark, what came by request has none, and the end of a run says how it was started.
    let marks = |page: &support::Response| -> Vec<_> {
        page.items().iter().rev().map(|event| (event["action"].clone(), event["command_line"].clone())).collect()
    };
    let events = |words: &[(&str, &serde_json::Value)]| -> Vec<_> {
        words.iter().map(|(word, mark)| (json!(format!("platform.ops.{word}")), (*mark).clone())).collect()
    };
    assert_eq!(
        marks(&operator.list_run_audit(first, "").await.assert_status(200)),
        events(&[
            ("runbooks.start", &json!(null)),
            ("runs.paused", &json!(null)),
            ("runs.resumed", &typed_by),
            ("runbooks.failed", &json!(null)),
        ])
    );
    assert_eq!(
        marks(&operator.list_run_audit(id, "").await.assert_status(200)),
        events(&[("runbooks.start", &typed_by), ("runbooks.completed", &typed_by)])
    );
}
