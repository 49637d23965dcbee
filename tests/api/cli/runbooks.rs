//! `tenantatlas runbooks`

use serde_json::json;
use support::TestApp;
use support::actor::runbooks::BACKFILL;
use support::cli::{Ended, run};

fn runbooks(app: &TestApp, arguments: &[&str]) -> Ended {
    run(app.database_url(), &[&["runbooks"], arguments].concat(), "")
}

const CONFIRMED: [&str; 7] =
    ["--all-tenants", "--confirm", "BACKFILL", "--reason-code", "SUPPORT", "--reason", "Rows of old versions"];

#[tokio::test]
async fn they_are_listed_with_their_state_and_last_run() {
    let app = TestApp::start().await;
    let list = || runbooks(&app, &["list"]).assert_code(0).out;
    let line = list().lines().nth(1).unwrap().to_owned();
    assert!(line.starts_with(BACKFILL) && line.contains("enabled") && line.ends_with("never run"), "{line}");

    app.pending_findings(&app.tenant("Contoso"), 2);
    let run = runbooks(&app, &[&["start", BACKFILL, "--json"], &CONFIRMED[..]].concat()).assert_code(0).json();
    app.drain().await;
    assert!(list().contains(&format!("run {} succeeded", run["id"])), "{}", list());
    assert_eq!(runbooks(&app, &["list", "--json"]).assert_code(0).json()[0]["last_run"]["outcome"], "succeeded");
}

#[tokio::test]
async fn a_preflight_says_what_would_change_and_how_long_it_would_take() {
    let app = TestApp::start().await;
    let contoso = app.tenant("Contoso");
    app.pending_findings(&contoso, 2);
    let preflight = || runbooks(&app, &["preflight", BACKFILL, "--tenant", "contoso"]).assert_code(0).out;
    let first = preflight();
    assert!(first.starts_with("2 of 2 findings in 1 of 1 tenants would change"), "{first}");
    assert!(!first.contains("at the pace"), "{first}");

    runbooks(&app, &["start", BACKFILL, "--tenant", "Contoso"]).assert_code(0);
    app.drain().await;
    assert!(preflight().contains("A run would take about 1 s, at the pace of the last 1 run."), "{}", preflight());
}

#[tokio::test]
async fn a_start_for_an_operator_needs_their_capabilities_and_is_theirs() {
    let app = TestApp::start().await;
    app.pending_findings(&app.tenant("Contoso"), 2);
    let operator = app.operator().await;
    let (_, viewer) = app.create_operator(&["platform.access_system_panel", "platform.ops.view"]);
    let start = |email: &str| runbooks(&app, &[&["start", BACKFILL, "--json", "--as", email], &CONFIRMED[..]].concat());
    start(&viewer).assert_code(1);
    assert_eq!(app.count_runs(), 0);

    let run = start(&operator.email).assert_code(0).json();
    assert_eq!(run["initiator"], json!({ "type": "operator", "id": operator.id, "name": "Olga Operator" }));
    app.drain().await;
}

#[tokio::test]
async fn without_scope_both_ways_to_give_one_are_named() {
    let app = TestApp::start().await;
    for arguments in [&["preflight", BACKFILL][..], &["start", BACKFILL]] {
        let err = runbooks(&app, arguments).assert_code(2).err;
        assert!(err.contains("--tenant") && err.contains("--all-tenants"), "{err}");
    }
    let err = runbooks(&app, &["preflight", "findings.x", "--all-tenants"]).assert_code(2).err;
    assert!(err.contains(BACKFILL), "{err}");
}

#[tokio::test]
async fn a_tenant_is_found_by_its_name_and_names_like_it_are_told() {
    let app = TestApp::start().await;
    for name in ["Contoso", "Contoso Ltd", "Twice", "twice"] {
        app.tenant(name);
    }
    let preflight = |name: &str| runbooks(&app, &["preflight", BACKFILL, "--tenant", name]);
    preflight("contoso").assert_code(0);
    let near = preflight("conto").assert_code(2).err;
    assert!(near.contains("There is no tenant conto") && near.contains("Contoso Ltd ("), "{near}");
    let both = preflight("TWICE").assert_code(2).err;
    assert!(both.contains("Several tenants are called TWICE"), "{both}");
    let none = preflight("nobody").assert_code(2).err;
    assert_eq!(none.trim(), "tenantatlas: There is no tenant nobody that can be targeted.");
}
