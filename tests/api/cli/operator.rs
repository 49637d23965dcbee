//! `tenantatlas operator`

use serde_json::json;
use support::TestApp;
use support::cli::{Ended, run};

const PASSWORD: &str = "a password of an operator";

fn create(app: &TestApp, email: &str, capabilities: &[&str], password: &str) -> Ended {
    let mut arguments = vec!["operator", "create", "--json", "--password-stdin", "--email", email, "--name", "Olga Operator"];
    arguments.extend(capabilities.iter().flat_map(|capability| ["--capability", capability]));
    run(app.database_url(), &arguments, password)
}

#[tokio::test]
async fn a_created_operator_can_sign_in_with_the_password_from_standard_input() {
    let app = TestApp::start().await;

    let created =
        create(&app, "  Olga@Example.COM ", &["platform.access_system_panel", "platform.ops.view"], &format!("{PASSWORD}\n"));

    let operator = created.assert_code(0).json();
    assert_eq!(operator["email"], "olga@example.com");
    assert_eq!(operator["capabilities"], json!(["platform.access_system_panel", "platform.ops.view"]));
    let signed_in = app.anonymous().signed_in("olga@example.com", PASSWORD).await;
    signed_in.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn a_role_stands_for_its_capabilities_and_others_may_be_added() {
    let app = TestApp::start().await;
    let create = |email: &str, rights: &[&str]| {
        let mut arguments = vec!["operator", "create", "--json", "--password-stdin", "--email", email, "--name", "Olga"];
        arguments.extend(rights);
        run(app.database_url(), &arguments, PASSWORD)
    };
    let held = |email: &str, rights: &[&str]| -> Vec<String> {
        serde_json::from_value(create(email, rights).assert_code(0).json()["capabilities"].clone()).unwrap()
    };
    let viewer = held("v@example.com", &["--role", "viewer", "--capability", "platform.alerts.manage"]);
    assert!(viewer.contains(&"platform.alerts.manage".to_owned()) && !viewer.contains(&"platform.runbooks.run".to_owned()));
    assert!(held("o@example.com", &["--role", "operator"]).contains(&"platform.ops.controls.manage".to_owned()));
    let admin = held("a@example.com", &["--role", "admin"]);
    let lacking: Vec<_> =
        support::app::all_capabilities().into_iter().filter(|name| !admin.contains(&(*name).to_owned())).collect();
    assert_eq!(lacking, ["platform.break_glass.open"]);
    let none = create("n@example.com", &[]).assert_code(2).err;
    assert!(none.contains("--role") && none.contains("--capability"), "{none}");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_operator_is_wrong_usage() {
    let app = TestApp::start().await;

    let short = create(&app, "a@example.com", &["platform.ops.view"], "short").assert_code(2);
    let unknown = create(&app, "a@example.com", &["platform.everything"], PASSWORD).assert_code(2);
    let no_email = create(&app, "nobody", &["platform.ops.view"], PASSWORD).assert_code(2);

    assert!(short.err.contains("12 characters"), "{}", short.err);
    assert!(unknown.err.contains("platform.everything") && unknown.err.contains("platform.ops.view"), "{}", unknown.err);
    assert!(no_email.err.contains("e-mail"), "{}", no_email.err);
    assert_eq!(app.value("SELECT count(*) FROM platform_users"), 0);
    assert_eq!(app.value("SELECT count(*) FROM audit_logs"), 0);
}

#[tokio::test]
async fn a_password_is_never_taken_from_the_arguments() {
    let app = TestApp::start().await;
    let arguments = ["operator", "create", "--email", "a@example.com", "--name", "A", "--capability", "platform.ops.view"];

    let with_argument = run(app.database_url(), &[&arguments[..], &["--password", PASSWORD]].concat(), "");
    let without_terminal = run(app.database_url(), &arguments, PASSWORD).assert_code(2);

    with_argument.assert_code(2);
    assert!(without_terminal.err.contains("--password-stdin"), "{}", without_terminal.err);
}

#[tokio::test]
async fn the_same_address_twice_fails() {
    let app = TestApp::start().await;
    create(&app, "a@example.com", &["platform.ops.view"], PASSWORD).assert_code(0);

    let again = create(&app, "A@example.com", &["platform.ops.view"], PASSWORD).assert_code(1);

    assert!(again.err.contains("exists already"), "{}", again.err);
}

#[tokio::test]
async fn capabilities_are_granted_and_revoked_and_the_account_ended_each_audited_as_the_command_line() {
    let app = TestApp::start().await;
    let operator = app.operator_with(&[]).await;
    let change = |verb: &str| {
        run(
            app.database_url(),
            &["operator", verb, "--json", "--email", &operator.email, "--capability", "platform.ops.view"],
            "",
        )
    };

    change("grant").assert_code(0);
    change("grant").assert_code(0);
    operator.list_runs("").await.assert_status(200);
    change("revoke").assert_code(0);
    operator.list_runs("").await.assert_status(403);
    let ended = run(app.database_url(), &["operator", "deactivate", "--json", "--email", &operator.email], "").assert_code(0);

    assert_eq!(ended.json()["active"], false);
    operator.me().await.assert_status(401);
    let rows =
        app.rows("SELECT action, actor_type, actor_id, actor_label, ip FROM audit_logs WHERE actor_type = 'cli' ORDER BY id");
    let row = |action: &str| json!({ "action": action, "actor_type": "cli", "actor_id": null, "actor_label": support::cli::system_user_name(), "ip": null });
    let actions = ["capability_granted", "capability_revoked", "deactivated"];
    assert_eq!(rows, actions.map(|action| row(&format!("platform.operators.{action}"))));
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let arguments = ["operator", "set-password", "--password-stdin", "--email", &operator.email];

    run(app.database_url(), &arguments, "a brand new password").assert_code(0);

    operator.me().await.assert_status(401);
    app.anonymous().login(&operator.email, support::app::PASSWORD).await.assert_status(401);
    app.anonymous().login(&operator.email, "a brand new password").await.assert_status(200);
}

#[tokio::test]
async fn operators_are_listed_for_people_and_for_programs_without_their_hashes() {
    let app = TestApp::start().await;
    let (_, email) = app.create_operator(&["platform.ops.view"]);

    let table = run(app.database_url(), &["operator", "list"], "").assert_code(0);
    let json = run(app.database_url(), &["operator", "list", "--json"], "").assert_code(0);

    assert!(table.out.starts_with("E-MAIL") && table.out.contains(&email) && table.out.contains("active"), "{}", table.out);
    assert_eq!(json.json()[0]["email"], email);
    assert!(!json.out.contains("argon2"), "{}", json.out);
}

#[tokio::test]
async fn an_operator_who_is_not_there_cannot_be_changed() {
    let app = TestApp::start().await;

    let ended = run(app.database_url(), &["operator", "deactivate", "--email", "nobody@example.com"], "").assert_code(1);

    assert!(ended.err.contains("nobody@example.com"), "{}", ended.err);
}
