//! The product over a database: from an empty one to a delivered alert.

use serde_json::{Value, json};
use std::fmt::Write as _;
use support::actor::alerts::{rule, webhook_at};
use support::actor::runbooks::all_tenants;
use support::process::{Process, wait_until};
use support::receiver::{Behaviour, Receiver};
use support::{Actor, app, cli};

pub const EMAIL: &str = "olga@example.com";
const TENANT: &str = "0a0a0a0a-1111-4222-8333-444455556666";
const CHECKS: usize = 40;

/// Migrates as one user, and lives through the scenario as the same.
pub async fn works(url: &str) {
    cli::run(url, &["migrate"], "").assert_code(0);
    run(url).await;
}

/// Lives through the scenario in a migrated database: an operator signs in, legacy findings are repaired to their end, controls
/// are paused and resumed, and an alert arrives.
pub async fn run(url: &str) {
    prepare(url);
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let mut server = serve(url);
    let operator = Actor::anonymous(server.wait_for_address()).signed_in(EMAIL, app::PASSWORD).await;
    operator.healthz().await.assert_status(200);
    operator.readyz().await.assert_status(200);
    let destination = operator.made_destination(&webhook_at("Hook", receiver.url())).await;
    operator.made_rule(&rule("Everything", destination)).await;

    let forecast = operator.preflight(&all_tenants()).await.assert_status(200).body;
    assert_eq!((&forecast["total_count"], &forecast["affected_count"]), (&json!(2 * CHECKS), &json!(2 * CHECKS)));
    operator.pause_backfill().await.assert_status(201);
    operator.resume_backfill().await.assert_status(200);
    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let ended = wait_for_end(&operator, run).await;
    assert_eq!((&ended["outcome"], &ended["summary_counts"]["updated"]), (&json!("succeeded"), &json!(2 * CHECKS)), "{ended}");
    let after = operator.preflight(&all_tenants()).await.assert_status(200).body;
    assert_eq!(after["affected_count"], 0);

    operator.readyz().await.assert_status(200);
    wait_until("the alerts", || receiver.requests().len() >= 2);
    server.stop();
}

/// Makes an operator and legacy findings.
pub fn prepare(url: &str) {
    let capabilities = app::all_capabilities();
    let mut create = vec!["operator", "create", "--email", EMAIL, "--name", "Olga", "--password-stdin"];
    create.extend(capabilities.iter().flat_map(|name| ["--capability", name]));
    cli::run(url, &create, app::PASSWORD).assert_code(0);
    for day in [1, 2] {
        let import = ["findings", "import", "--format", "jsonl", "--legacy", "--create-tenants", "-"];
        cli::run(url, &import, &scan(day)).assert_code(0);
    }
}

/// The product with a worker, which may send to this machine.
pub fn serve(url: &str) -> Process {
    serve_with(url, &[])
}

/// The same with more settings.
pub fn serve_with(url: &str, settings: &[(&str, &str)]) -> Process {
    let mut command = cli::command(url);
    command.arg("serve").envs([
        ("TENANTATLAS_LISTEN", "127.0.0.1:0"),
        ("TENANTATLAS_WORKER_CONCURRENCY", "2"),
        ("TENANTATLAS_ALERTS_ALLOWED_NETWORKS", "127.0.0.0/8"),
    ]);
    command.envs(settings.iter().copied());
    Process::spawn(command)
}

/// The run once it has ended.
pub async fn wait_for_end(operator: &Actor, run: i64) -> Value {
    for _ in 0..1_500 {
        let body = operator.get_run(run).await.assert_status(200).body;
        if body["status"] == "completed" {
            return body;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the run does not end");
}

/// Every check of a tenant, found open on a day of March.
fn scan(day: u8) -> String {
    (0..CHECKS).fold(String::new(), |mut lines, check| {
        let line = json!({
            "tenant": TENANT, "source": "drift-scout", "type": "drift", "check_id": format!("policy-{check}"), "severity": "high",
            "verdict": "open", "title": "Ä policy changed", "seen_at": format!("2026-03-0{day}T09:30:00Z"),
        });
        let _ = writeln!(lines, "{line}");
        lines
    })
}
