//! Commands that change something leave an audit row; those that only look leave none.

use super::audit_scope::assert_scope;
use std::collections::BTreeSet;
use support::actor::alerts::{rule, webhook};
use support::{Actor, TestApp, cli};

/// Commands that neither change rows by themselves nor ask for them: processes, the schema, a document.
const OUTSIDE: [&str; 7] = ["serve", "worker", "migrate", "openapi", "completions", "man", "runs watch"];

/// Every other command, in an order in which each finds what it needs. What comes after the colon are its arguments.
const CHANGING: [&str; 32] = [
    "findings import: --format jsonl --tenant {tenant} -",
    "runbooks preflight: findings.lifecycle.backfill --tenant {tenant}",
    "findings backfill-lifecycle: --tenant {tenant}",
    "runbooks start: findings.lifecycle.backfill --tenant {tenant}",
    "runs pause: {run} --as {operator}",
    "runs resume: {run} --as {operator}",
    "runs cancel: {run} --as {operator}",
    "deploy-runbooks:",
    "runs acknowledge: {run} --as {operator} --note Ticket4711",
    "runs retry-failed: {run} --as {operator} --reason-code SUPPORT --reason Ticket4711",
    "controls pause: findings.lifecycle.backfill --global --reason Maintenance --as {operator}",
    "controls move: findings.lifecycle.backfill --from-global --workspace default --as {operator}",
    "controls resume: findings.lifecycle.backfill --workspace default --as {operator}",
    "alerts test: {rule} --as {operator}",
    "product-usage prune:",
    "product-usage rebuild:",
    "demo seed: --tenants 1 --findings 10 --force",
    "workspace create: --slug acme --name Acme",
    "tenant create: --external-id 11111111-2222-3333-4444-555555555555 --name Fabrikam --workspace acme",
    "user create: --email new.user@example.com --name User --password-stdin",
    "user set-password: --email new.user@example.com --password-stdin",
    "membership set: --user new.user@example.com --tenant {tenant} --role readonly",
    "user deactivate: --email new.user@example.com",
    "operator create: --email new@example.com --name New --capability platform.access_system_panel --password-stdin",
    "operator grant: --email new@example.com --capability platform.ops.view",
    "operator revoke: --email new@example.com --capability platform.ops.view",
    "operator set-password: --email new@example.com --password-stdin",
    "operator deactivate: --email new@example.com",
    "token create: --as {operator} --name Report --capability platform.ops.view",
    "token revoke: {token} --as {operator}",
    "keys rotate:",
    "keys retire: {key}",
];

const LOOKING: [&str; 16] = [
    "runs list:",
    "runs show: {run}",
    "runbooks list:",
    "audit list:",
    "controls list:",
    "controls show: findings.lifecycle.backfill",
    "controls preview: findings.lifecycle.backfill --global",
    "controls history: findings.lifecycle.backfill",
    "alerts list:",
    "workspace list:",
    "tenant list:",
    "user list:",
    "membership list:",
    "operator list:",
    "token list: --as {operator}",
    "keys list:",
];

#[tokio::test]
async fn every_command_that_changes_something_is_audited_and_looking_is_not() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 2);
    let operator = app.operator().await;
    operator.made_rule(&rule("Everything", operator.made_destination(&webhook("Hook")).await)).await;
    for (lines, is_changing) in [(CHANGING.as_slice(), true), (LOOKING.as_slice(), false)] {
        for line in lines {
            prepare(&app, line).await;
            let before = app.value("SELECT count(*) FROM audit_logs");
            let (command, arguments) = line.split_once(':').unwrap();
            let arguments = filled(&app, &operator, tenant.id, arguments);
            let words: Vec<&str> = command.split(' ').chain(arguments.split_whitespace()).collect();
            let input = if *line == CHANGING[0] { app.observation("CHECK.1").to_string() } else { "a long password".to_owned() };

            cli::run(app.database_url(), &words, &input).assert_code(0);

            assert_eq!(app.value("SELECT count(*) FROM audit_logs") != before, is_changing, "{line}");
        }
    }
    app.rows("SELECT action, workspace_id FROM audit_logs").iter().for_each(assert_scope);
}

/// Makes a run that has failed for the commands that need one.
async fn prepare(app: &TestApp, line: &str) {
    if line.starts_with("runs acknowledge") {
        app.execute("UPDATE operation_runs SET status = 'running', started_at = db_now() WHERE status = 'queued'");
        app.execute(
            "UPDATE run_targets SET state = 'failed', completed_at = db_now(), failure_code = 'database_error', failure_message = 'x' \
             WHERE state = 'queued'",
        );
        app.sweep().await;
    }
}

/// The arguments with what this installation has in place of the names in braces.
fn filled(app: &TestApp, operator: &Actor, tenant_id: i64, arguments: &str) -> String {
    let of = |sql: &str| app.value(sql).to_string().trim_matches('"').to_owned();
    [
        ("{operator}", operator.email.clone()),
        ("{tenant}", tenant_id.to_string()),
        ("{run}", of("SELECT max(id) FROM operation_runs")),
        ("{rule}", of("SELECT max(id) FROM alert_rules")),
        ("{token}", of("SELECT max(id) FROM api_tokens")),
        ("{key}", of("SELECT id FROM signing_keys ORDER BY created_at LIMIT 1")),
    ]
    .iter()
    .fold(arguments.to_owned(), |line, (name, value)| line.replace(name, value))
}

#[test]
fn every_command_is_known_to_this_guard() {
    let mut all = BTreeSet::new();
    for command in tenantatlas::cli::commands().get_subcommands() {
        let mut within = command.get_subcommands().map(|inner| format!("{} {}", command.get_name(), inner.get_name())).peekable();
        match within.peek() {
            Some(_) => all.extend(within),
            None => drop(all.insert(command.get_name().to_owned())),
        }
    }
    let name = |line: &&str| line.split(':').next().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = CHANGING.iter().chain(&LOOKING).chain(&OUTSIDE).map(name).collect();
    assert_eq!(all, known);
}
