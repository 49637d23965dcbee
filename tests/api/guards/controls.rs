//! Controlled actions have one gate, and nothing beside it opens or closes them (CTL-11).

use std::path::PathBuf;
use support::actor::runbooks::{BACKFILL, single_tenant};
use support::{TestApp, cli, source};
use tenantatlas::controls::{self, CATALOG, ScopeType};

fn sources() -> Vec<(String, String)> {
    let root = source::root().join("api/src");
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
        (path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), code)
    };
    source::files(&root, "rs").iter().map(read).collect()
}

#[test]
fn what_decides_about_a_start_reads_no_setting() {
    for (name, code) in sources()
        .iter()
        .filter(|(name, _)| ["controls/", "runs/", "runbooks/", "findings/lifecycle/"].iter().any(|part| name.starts_with(part)))
    {
        for sign in ["crate::config", "state.config", "env::var", "env!(", "option_env!", "cfg(feature", "cfg!("] {
            assert!(!code.contains(sign), "{name} reads a setting: {sign}");
        }
    }
    for (name, code) in sources().iter().filter(|(name, _)| name.starts_with("cli/")) {
        // An option of a command that is also read from the environment would be a setting.
        assert!(!code.contains("env = "), "{name} takes an option from the environment");
    }
}

#[test]
fn runs_are_made_in_one_place_and_every_way_there_asks_the_gate() {
    let holds = |sign: &str| -> Vec<String> {
        sources().into_iter().filter(|(_, code)| code.contains(sign)).map(|(name, _)| name).collect()
    };
    assert_eq!(holds("INSERT INTO operation_runs"), ["runs/store/start.rs"]);
    assert_eq!(holds("insert_run("), ["runs/create_run.rs", "runs/store/start.rs"]);
    assert_eq!(holds("queue_anew("), ["runs/resume_run.rs", "runs/store/targets.rs"]);
    assert_eq!(holds("gate::ask("), ["runs/create_run.rs", "runs/resume_run.rs"]);
    // The gate comes before the locks after it and before what it permits.
    for (file, first, then) in [
        ("runs/create_run.rs", "gate::ask(", vec!["LockClass::Scope", "insert(ctx", "find_active_by_identity("]),
        ("runs/resume_run.rs", "ask(conn", vec!["change(ctx", "set_paused(", "queue_anew("]),
    ] {
        let code = sources().into_iter().find(|(name, _)| name == file).unwrap().1;
        for after in then {
            assert!(code.find(first).unwrap() < code.find(after).unwrap(), "{file}: {first} comes before {after}");
        }
    }
}

#[test]
fn every_control_is_complete_and_every_runbook_has_one_that_knows_its_runs() {
    let mut keys = std::collections::HashSet::new();
    for control in CATALOG {
        assert!(keys.insert(control.key) && !control.label.is_empty(), "{}", control.key);
        assert!(!control.operation_types.is_empty() && !control.affected_surfaces.is_empty(), "{}", control.key);
        assert!(control.surface_labels().iter().all(|label| !control.affected_surfaces.contains(label)), "{}", control.key);
        assert_eq!(control.supported_scopes, [ScopeType::Global, ScopeType::Workspace]);
    }
    for info in tenantatlas::runbooks::CATALOG.iter().map(|runbook| runbook.info()) {
        let control = controls::find(info.control_key).unwrap();
        assert!(control.operation_types.contains(&info.key) && control.available, "{}", info.key);
    }
}

#[tokio::test]
async fn no_variable_opens_a_paused_control_or_closes_one_that_is_enabled() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 1);
    let operator = app.operator().await;
    let names =
        ["FINDINGS_LIFECYCLE_BACKFILL", "ALLOW_ADMIN_MAINTENANCE_ACTIONS", "CONTROLS", "CONTROLS_DISABLED", "MAINTENANCE"];
    let start = |value: &str| {
        let mut command = cli::command(app.database_url());
        command.envs(names.map(|name| (name, value)));
        let status =
            command.args(["findings", "backfill-lifecycle", "--tenant", &tenant.id.to_string()]).output().unwrap().status;
        status.code().unwrap()
    };
    operator.pause_backfill().await.assert_status(201);
    for value in ["1", "true", "enabled", "0", "false", "off"] {
        assert_eq!(start(value), 3, "{value} opens");
    }
    operator
        .start_run(BACKFILL, &serde_json::json!({ "preflight_id": 1, "scope": single_tenant(tenant.id) }))
        .await
        .assert_status(409);

    // Named like a setting it is none, which is told instead of being passed over.
    for name in names {
        let told =
            cli::command(app.database_url()).env(format!("TENANTATLAS_{name}"), "1").args(["runs", "list"]).output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{name} is a setting");
    }

    operator.resume_backfill().await.assert_status(200);
    for value in ["1", "true", "paused", "0", "false", "off"] {
        assert_eq!(start(value), 0, "{value} closes");
    }
    app.drain().await;
}
