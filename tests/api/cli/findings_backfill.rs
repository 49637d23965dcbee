//! `tenantatlas findings backfill-lifecycle`

use serde_json::json;
use std::time::{Duration, Instant};
use support::cli::Ended;
use support::{TestApp, cli};

const CONFIRMED: [&str; 7] = ["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT", "--reason", "Ticket 4711"];

fn backfill(app: &TestApp, arguments: &[&str]) -> Ended {
    cli::run(app.database_url(), &[&["findings", "backfill-lifecycle"], arguments].concat(), "")
}

#[tokio::test]
async fn it_starts_a_run_of_the_system_user_and_meets_it_the_second_time() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);

    let started = backfill(&app, &CONFIRMED).assert_code(0);
    assert!(started.out.starts_with("Started run ") && started.out.contains("over 1 tenant."), "{}", started.out);
    let again = backfill(&app, &CONFIRMED).assert_code(0);
    assert!(again.out.contains("is active already"), "{}", again.out);

    let row = app.rows("SELECT initiator_type, initiator_name, context FROM operation_runs").remove(0);
    assert_eq!((&row["initiator_type"], &row["initiator_name"]), (&json!("cli"), &json!(cli::system_user_name())));
    assert_eq!(row["context"]["runbook"]["source"], "cli");
    assert_eq!(row["context"]["reason"], json!({ "reason_code": "SUPPORT", "reason_text": "Ticket 4711" }));
    assert_eq!(row["context"].get("platform_initiator"), None);
    assert_eq!(row["context"]["preflight"]["affected_count"], 2);
    app.drain().await;
    let idle = backfill(&app, &[&CONFIRMED[..], &["--json"]].concat()).assert_code(0).json();
    assert_eq!(idle["result"], "nothing_to_do");
    assert_eq!(app.count_runs(), 1);
}

#[tokio::test]
async fn one_tenant_is_named_by_directory_id_or_number_and_needs_no_confirmation() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for name in [tenant.external_id.clone(), tenant.id.to_string()] {
        app.pending_findings(&tenant, 1);
        let run = backfill(&app, &["--tenant", &name, "--json"]).assert_code(0).json();
        assert_eq!(run["tenant"]["id"], tenant.id);
        app.drain().await;
    }
}

#[tokio::test]
async fn wrong_usage_ends_with_two_and_starts_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let deleted = app.tenant("Gone");
    app.delete_tenant(&deleted);
    let reason = ["--reason-code", "SUPPORT", "--reason", "Ticket 4711"];
    for arguments in [
        vec![],
        vec!["--tenant"],
        vec!["--tenant", "1", "--all-tenants"],
        vec!["--all-tenants"],
        vec!["--all-tenants", "--confirm", "BACKFILL"],
        [&["--all-tenants"], &reason[..]].concat(),
        [&["--all-tenants", "--confirm", "backfill"], &reason[..]].concat(),
        vec!["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT"],
        vec!["--all-tenants", "--confirm", "BACKFILL", "--reason", "Ticket 4711"],
        vec!["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "WHY", "--reason", "Ticket 4711"],
        vec!["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT", "--reason", "no"],
        vec!["--tenant", "nobody"],
        vec!["--tenant", "platform"],
        vec!["--tenant", "999999"],
        vec!["--tenant", &deleted.external_id],
        vec!["--force"],
    ] {
        let ended = backfill(&app, &arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}: {}", ended.err);
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(app.count_runs(), 0);
}

#[tokio::test]
async fn only_a_preflight_prints_the_figures_and_changes_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let before = app.digest();
    let text = backfill(&app, &["--all-tenants", "--preflight-only"]).assert_code(0).out;
    assert!(text.starts_with("3 of 3 findings in 1 of 1 tenants would change; 0 would be overdue."), "{text}");
    assert!(text.contains("Contoso: 3"), "{text}");
    let json = backfill(&app, &["--tenant", &tenant.external_id, "--preflight-only", "--json"]).assert_code(0).json();
    assert_eq!((&json["affected_count"], &json["scope"]["tenant_id"]), (&json!(3), &json!(tenant.id)));
    assert_eq!((app.digest(), app.count_runs()), (before, 0));
    let audited = app.audited("platform.ops.runbooks.preflight");
    assert_eq!(
        (audited.len(), &audited[0]["actor_type"], &audited[0]["actor_label"]),
        (2, &json!("cli"), &json!(cli::system_user_name()))
    );
}

#[tokio::test]
async fn waiting_ends_with_zero_when_the_run_succeeds_and_with_one_when_not() {
    let app = TestApp::builder().worker(1).start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let done = backfill(&app, &[&CONFIRMED[..], &["--wait", "--json"]].concat()).assert_code(0).json();
    assert_eq!((&done["outcome"], &done["summary_counts"]["updated"]), (&json!("succeeded"), &json!(3)));

    app.execute("CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.times_seen := NULL; RETURN NEW; END $$");
    app.execute("CREATE TRIGGER undo BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION undo()");
    app.pending_findings(&tenant, 1);
    let failed = backfill(&app, &["--tenant", &tenant.external_id, "--wait"]).assert_code(1);
    assert!(failed.out.contains("residue_left"), "{}", failed.out);
}

#[tokio::test]
async fn waiting_without_a_worker_says_so_within_ten_seconds() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 3);
    let begun = Instant::now();
    let ended = backfill(&app, &[&CONFIRMED[..], &["--wait"]].concat()).assert_code(1);
    assert!(ended.err.contains("No worker is alive"), "{}", ended.err);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert_eq!(app.value("SELECT status FROM operation_runs"), "queued", "the run stays for a worker to come");
}

#[tokio::test]
async fn the_environment_is_not_believed_about_who_acts() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let type_it = |change: fn(&mut std::process::Command)| {
        let mut command = cli::command(app.database_url());
        change(command.args(["findings", "backfill-lifecycle", "--tenant", &tenant.external_id]));
        assert!(command.output().unwrap().status.success());
    };

    type_it(|_| {});
    type_it(|command| {
        command.env_remove("USER").env_remove("LOGNAME").env_remove("SUDO_USER");
    });

    let labels = app.rows("SELECT DISTINCT actor_type, actor_label FROM audit_logs");
    assert_eq!(labels, [json!({ "actor_type": "cli", "actor_label": cli::system_user_name() })]);
    assert_eq!(app.audited("platform.ops.runbooks.start").len(), 2);
    assert_eq!(app.value("SELECT initiator_name FROM operation_runs"), cli::system_user_name());
    app.drain().await;
}
