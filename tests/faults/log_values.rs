//! A failure over a value leaves no word of it in the log (API-04).

use crate::process::{Process, wait_until};
use serde_json::json;
use support::app::PASSWORD;
use support::cli::{self, LoggedServer};
use support::{Actor, TestApp, fixtures::Tenant};

/// Words of the finding, any of which the database may repeat in its message.
const TITLE: &str = "Forwarding to jane@example.com";
const SECRETS: [&str; 4] = [TITLE, "jane", "example.com", "Forwarding"];

/// Makes each change of the tenant's findings fail over their title.
fn poison(app: &TestApp, tenant: &Tenant, name: &str, statement: &str) {
    app.execute(&format!(
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$"
    ));
    app.execute(&format!(
        "CREATE TRIGGER {name} BEFORE UPDATE ON findings FOR EACH ROW WHEN (OLD.tenant_id = {}) EXECUTE FUNCTION {name}()",
        tenant.id
    ));
}

#[tokio::test]
async fn a_batch_that_fails_over_a_value_is_told_by_kind_and_names_of_the_schema() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let statements = [
        ("refuses", "RAISE EXCEPTION 'not with %', NEW.title USING ERRCODE = '23514', CONSTRAINT = 'findings_title_check'"),
        ("reads", "PERFORM NEW.title::integer"),
        ("repeats", "INSERT INTO workspaces (slug, name) VALUES (NEW.title, NEW.title), (NEW.title, NEW.title)"),
    ];
    let operator = app.operator().await;
    for (name, statement) in statements {
        let tenant = app.tenant(name);
        app.legacy_findings(&tenant, 1);
        app.execute(&format!("UPDATE findings SET title = '{TITLE}' WHERE tenant_id = {}", tenant.id));
        poison(&app, &tenant, name, statement);
        operator.start_backfill_of(tenant.id).await.assert_status(201);
    }
    let mut command = cli::command(app.database_url());
    command.arg("worker").env("TENANTATLAS_LOG", "warn");
    let worker = Process::spawn(command);

    let failed = "SELECT count(*) FROM run_targets WHERE failures > 0";
    wait_until("a failed attempt of each", || app.value(failed) == json!(statements.len()));
    let log = worker.stop_and_read();

    let lines: Vec<&str> = log.lines().filter(|line| line.contains("batch failed")).collect();
    assert!(lines.iter().any(|line| line.contains("CheckViolation, constraint findings_title_check")), "{log}");
    assert!(lines.iter().any(|line| line.contains("message invalid input syntax")), "{log}");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[tokio::test]
async fn a_request_that_fails_over_a_value_is_too() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let id = app.finding(&tenant, &json!({ "title": TITLE }));
    let user = app.member(&tenant, "owner").await;
    poison(&app, &tenant, "reads", "PERFORM NEW.title::integer");
    let server = LoggedServer::start(app.database_url(), "debug");
    let user = Actor::anonymous(server.address).signed_in_as_user(&user.email, PASSWORD).await;

    user.update_finding(tenant.id, id, &json!({ "due_at": "2027-01-01T00:00:00Z" })).await.assert_problem(500, "internal-error");
    let log = server.end();

    let line = log.lines().find(|line| line.contains("request failed")).expect("a line");
    assert!(line.contains("message invalid input syntax"), "{line}");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
