//! `serve` with its private PostgreSQL.

use crate::process::Process;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use support::{Actor, cli};

const PASSWORD: &str = "a password for this test";
const EMAIL: &str = "olga@example.com";

fn command(data_dir: &Path) -> Command {
    let mut command = Command::new(cli::binary());
    command
        .env_clear()
        .env("TENANTATLAS_DATA_DIR", data_dir)
        .env("TENANTATLAS_LISTEN", "127.0.0.1:0")
        .env("TENANTATLAS_LOG", "error");
    for name in ["PATH", "PG_BIN_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn serve(data_dir: &Path) -> (Process, Actor) {
    let mut command = command(data_dir);
    command.arg("serve");
    let mut server = Process::spawn(command);
    let address = server.wait_for_address();
    (server, Actor::anonymous(address))
}

fn run(data_dir: &Path, line: &str, input: &str) {
    let mut command = command(data_dir);
    command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{line}");
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_has_kept_everything() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().join("data");
    let (server, anonymous) = serve(&data_dir);
    let capabilities: String = support::app::all_capabilities().iter().map(|name| format!(" --capability {name}")).collect();
    run(
        &data_dir,
        &format!("operator create --email {EMAIL} --name Olga --password-stdin{capabilities}"),
        &format!("{PASSWORD}\n"),
    );
    run(&data_dir, "tenant create --external-id contoso --name Contoso", "");
    let operator = anonymous.signed_in(EMAIL, PASSWORD).await;
    let tenants = operator.list_tenants("").await.assert_status(200).body;
    assert_eq!(tenants["items"][0]["name"], "Contoso");

    server.kill();
    let (server, restarted) = serve(&data_dir);

    let operator = restarted.with_credential(operator.credential.clone());
    assert_eq!(operator.me().await.assert_status(200).body["operator"]["email"], EMAIL, "the session holds");
    assert_eq!(operator.list_tenants("").await.assert_status(200).body, tenants);
    let nothing = operator.start_backfill_of_all().await.assert_problem(409, "nothing-to-do");
    assert_ne!(nothing.body["detail"], json!(null));
    server.stop();
}
