//! `tenantatlas controls list|show|preview|pause|move|resume|history`, and what a pause does to other commands (CTL-10).

use serde_json::{Value, json};
use support::actor::runbooks::BACKFILL;
use support::app::ACCESS;
use support::cli::Ended;
use support::{Actor, TestApp, cli};

fn controls(app: &TestApp, line: &str) -> Ended {
    cli::run(app.database_url(), &[&["controls"], line.split(' ').collect::<Vec<_>>().as_slice()].concat(), "")
}

async fn scene() -> (TestApp, Actor, i64) {
    let app = TestApp::start().await;
    let workspace = app.workspace("contoso", "Contoso Group");
    let tenant = app.tenant_in(&workspace, "Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    (app, operator, tenant.id)
}

#[tokio::test]
async fn a_control_is_previewed_paused_shown_changed_and_resumed_for_an_operator() {
    let (app, operator, _) = scene().await;
    let email = &operator.email;
    let listed = controls(&app, "list").assert_code(0).out;
    assert!(listed.contains("findings.lifecycle.backfill  Enabled"), "{listed}");
    assert!(listed.contains("No feature of this version uses this control yet."), "{listed}");
    let preview = controls(&app, &format!("preview {BACKFILL} --workspace contoso")).assert_code(0).out;
    assert!(preview.contains("the workspace Contoso Group with 1 tenant"), "{preview}");

    let paused = controls(&app, &format!("pause {BACKFILL} --workspace contoso --reason Ticket4711 --as {email} --json"))
        .assert_code(0)
        .json();
    assert_eq!(paused["state_label"], "Workspace pauses active (1)");
    let ends = app.value("SELECT to_char(db_now() + interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
    let ends = ends.as_str().unwrap();
    controls(&app, &format!("pause {BACKFILL} --workspace contoso --reason Ticket4712 --expires-at {ends} --as {email}"))
        .assert_code(0);

    let shown = controls(&app, &format!("show {BACKFILL}")).assert_code(0).out;
    assert!(shown.contains(&format!("until {ends}, by Olga Operator: Ticket4712")), "{shown}");
    assert_eq!(operator.get_control(BACKFILL).await.body, controls(&app, &format!("show {BACKFILL} --json")).json());
    let resume = format!("resume {BACKFILL} --workspace contoso --as {email} --json");
    assert_eq!(controls(&app, &resume).assert_code(0).json()["changed"], true);
    assert_eq!(controls(&app, &resume).assert_code(0).json()["changed"], false);

    let history = controls(&app, &format!("history {BACKFILL} --json")).assert_code(0).json();
    let labels: Vec<_> = history.as_array().unwrap().iter().map(|event| event["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["Control resumed", "Pause changed", "Control paused"]);
    assert_eq!(history[2]["actor"]["label"], *email);
    assert_eq!(
        (&history[2]["metadata"]["previewed"], &history[2]["metadata"]["affected"]["tenant_count"]),
        (&Value::Null, &json!(1))
    );
    let told = controls(&app, &format!("history {BACKFILL}")).assert_code(0).out;
    assert!(
        told.contains("Paused Findings lifecycle backfill for the workspace Contoso Group.") && told.contains("Ticket4711"),
        "{told}"
    );
}

#[tokio::test]
async fn a_pause_is_scheduled_and_called_off() {
    let (app, operator, _) = scene().await;
    let email = &operator.email;
    controls(&app, &format!("pause {BACKFILL} --global --reason Maintenance --starts-at 2030-01-01T00:00:00Z --as {email}"))
        .assert_code(0);
    let shown = controls(&app, &format!("show {BACKFILL}")).assert_code(0).out;
    assert!(shown.contains("Enabled") && shown.contains("All workspaces, from 2030-01-01T00:00:00Z"), "{shown}");
    assert_eq!(controls(&app, &format!("resume {BACKFILL} --global --as {email} --json")).json()["changed"], false);
    assert_eq!(controls(&app, &format!("resume {BACKFILL} --global --scheduled --as {email} --json")).json()["changed"], true);
}

#[tokio::test]
async fn wrong_usage_is_told_and_who_may_not_cannot() {
    let (app, operator, _) = scene().await;
    let email = &operator.email;
    for line in [
        format!("pause {BACKFILL} --reason Ticket4711 --as {email}"),
        format!("pause {BACKFILL} --global --workspace contoso --reason Ticket4711 --as {email}"),
        format!("pause {BACKFILL} --global --reason four --as {email}"),
        format!("pause {BACKFILL} --global --reason Ticket4711"),
        format!("pause {BACKFILL} --global --reason Ticket4711 --expires-at tomorrow --as {email}"),
        format!("pause {BACKFILL} --global --reason Ticket4711 --expires-at 2020-01-01T00:00:00Z --as {email}"),
        format!("pause {BACKFILL} --workspace nowhere --reason Ticket4711 --as {email}"),
        format!("history {BACKFILL} --limit 0"),
    ] {
        controls(&app, &line).assert_code(2);
    }
    controls(&app, "show x").assert_code(2);
    let (_, viewer) = app.create_operator(&[ACCESS, "platform.ops.view"]);
    for email in [viewer.as_str(), "nobody@example.com"] {
        controls(&app, &format!("pause {BACKFILL} --global --reason Ticket4711 --as {email}")).assert_code(1);
        controls(&app, &format!("resume {BACKFILL} --global --as {email}")).assert_code(1);
    }
    assert_eq!(app.value("SELECT count(*) FROM audit_logs WHERE action LIKE 'operational_control.%'"), 0);
}

#[tokio::test]
async fn a_paused_start_ends_with_code_3_and_the_deploy_hook_says_paused_and_ends_well() {
    let (app, operator, tenant) = scene().await;
    let run = operator.start_backfill_of(tenant).await.assert_status(201).id();
    operator.pause_run(run).await.assert_status(202);
    operator.pause_backfill().await.assert_status(201);
    let tenant = tenant.to_string();
    let start = |scope: &[&str]| cli::run(app.database_url(), &[&["findings", "backfill-lifecycle"], scope].concat(), "");
    let confirmed = ["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT", "--reason", "Ticket 4711"];

    for scope in [&confirmed[..], &["--tenant", &tenant], &["--tenant", &tenant, "--wait", "--json"]] {
        let blocked = start(scope).assert_code(3);
        assert!(
            blocked
                .err
                .contains("is paused globally. Nothing was or will be changed in tenant or provider. Reason: Incident 4711")
                && blocked.out.is_empty(),
            "{blocked:?}"
        );
    }
    let resume = cli::run(app.database_url(), &["runs", "resume", &run.to_string(), "--as", &operator.email], "");
    assert!(resume.assert_code(3).err.contains("Incident 4711"));
    let deployed = cli::run(app.database_url(), &["deploy-runbooks", "--json"], "").assert_code(0).json();
    assert_eq!((&deployed[0]["result"], &deployed[0]["run_id"]), (&json!("paused"), &json!(null)));
    let text = cli::run(app.database_url(), &["deploy-runbooks"], "").assert_code(0).out;
    assert!(text.starts_with("findings.lifecycle.backfill: paused. ") && text.contains("Incident 4711"), "{text}");

    // Looking is never stopped, and says what a start would be told.
    let forecast = start(&["--all-tenants", "--preflight-only"]).assert_code(0).out;
    assert!(forecast.contains("A start would be refused"), "{forecast}");
    assert_eq!(app.count_runs(), 1);
    let rows = app.audited("operational_control.execution_blocked");
    let sources: Vec<_> =
        rows.iter().map(|row| (row["actor_type"].as_str().unwrap(), row["metadata"]["source"].as_str().unwrap())).collect();
    assert_eq!(
        sources,
        [
            ("cli", "cli"),
            ("cli", "cli"),
            ("cli", "cli"),
            ("operator", "cli"),
            ("system", "deploy_hook"),
            ("system", "deploy_hook")
        ]
    );
    operator.cancel_run(run).await.assert_status(202);
}

#[tokio::test]
async fn a_pause_is_moved_with_what_it_says() {
    let (app, operator, _) = scene().await;
    let email = &operator.email;
    let ends = app.days_ago(-1);
    let ends = ends.as_str().unwrap();
    controls(&app, &format!("pause {BACKFILL} --global --reason Ticket4711 --expires-at {ends} --as {email}")).assert_code(0);
    let preview = controls(&app, &format!("preview {BACKFILL} --workspace contoso --from-global")).assert_code(0).out;
    assert!(preview.contains("It becomes available again"), "{preview}");
    controls(&app, &format!("preview {BACKFILL} --workspace contoso --from-global --resume")).assert_code(2);
    let moved =
        controls(&app, &format!("move {BACKFILL} --from-global --workspace contoso --as {email} --json")).assert_code(0).json();
    let pause = &moved["activations"][0];
    assert_eq!(
        (&pause["scope_label"], &pause["reason_text"]),
        (&json!("Workspace Contoso Group"), &json!("Ticket4711")),
        "{moved}"
    );
    assert!(pause["expires_at"].is_string(), "{moved}");
    let back = format!("move {BACKFILL} --from-workspace contoso --global --reason Ticket4712 --as {email}");
    let told = controls(&app, &back).assert_code(0).out;
    assert!(told.contains("All workspaces") && told.contains("Ticket4712"), "{told}");
    let gone = controls(&app, &back).assert_code(1);
    assert!(gone.err.contains("is not paused in the scope that is to be left"), "{}", gone.err);
    controls(&app, &format!("move {BACKFILL} --from-workspace nowhere --global --as {email}")).assert_code(2);
}
