//! Databases that only read.

use crate::scenario::{EMAIL, prepare, serve_with, wait_for_end};
use crate::server::{Server, Tls};
use serde_json::json;
use support::{Actor, app, cli};

#[test]
fn a_standby_is_refused_with_what_is_expected() {
    let mut server = Server::start(Tls::None);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    cli::run(&url, &["migrate"], "").assert_code(0);

    server.become_standby();

    for command in [vec!["migrate"], vec!["serve"], vec!["worker"], vec!["operator", "list"]] {
        let told = cli::run(&url, &command, "").assert_code(1).err;
        assert!(told.contains("Name the primary in DATABASE_URL"), "{command:?}: {told}");
    }
}

#[test]
fn sessions_that_only_read_are_refused_with_the_statement_that_cures_it() {
    let server = Server::start(Tls::None);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    server.execute("postgres", "ALTER ROLE atlas SET default_transaction_read_only = on");
    for command in [vec!["migrate"], vec!["serve"], vec!["worker"]] {
        let told = cli::run(&url, &command, "").assert_code(1).err;
        assert!(told.contains("ALTER ROLE atlas RESET default_transaction_read_only;"), "{command:?}: {told}");
    }

    server.execute("postgres", "ALTER ROLE atlas RESET default_transaction_read_only");
    cli::run(&url, &["migrate"], "").assert_code(0);
}

#[tokio::test]
async fn a_replica_that_lags_delays_lists_and_nothing_that_somebody_has_just_done() {
    let server = Server::start(Tls::None);
    let name = server.database_of_owner("atlas");
    let url = server.url(&name, &name, "");
    cli::run(&url, &["migrate"], "").assert_code(0);
    prepare(&url);
    let replica = server.replica();
    replica.execute(&name, "SELECT pg_wal_replay_pause()");
    let mut process = serve_with(&url, &[("DATABASE_READ_URL", &replica.url(&name, &name, ""))]);
    let operator = Actor::anonymous(process.wait_for_address()).signed_in(EMAIL, app::PASSWORD).await;

    let run = operator.start_backfill_of_all().await.assert_status(201).id();
    let ended = wait_for_end(&operator, run).await;
    assert_eq!(ended["outcome"], "succeeded");
    let targets = operator.list_targets(run, "").await.assert_status(200);
    assert_eq!(targets.items().len(), 1, "{}", targets.text);
    assert!(operator.list_run_audit(run, "").await.assert_status(200).items().len() > 1);
    operator.pause_backfill().await.assert_status(201);
    operator.start_backfill_of_all().await.assert_problem(409, "operational-control-paused");
    let shown = operator.list_runbooks().await.assert_status(200).body;
    assert_eq!(shown["items"][0]["control"]["effective_state"], json!("paused"), "{shown}");
    assert_eq!(operator.list_runs("").await.assert_status(200).ids(), Vec::<i64>::new(), "the replica does not know the run yet");

    replica.execute(&name, "SELECT pg_wal_replay_resume()");
    while operator.list_runs("").await.assert_status(200).ids() != [run] {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    replica.execute(&name, "SELECT pg_wal_replay_pause()");
    cli::run(&url, &["operator", "deactivate", "--email", EMAIL], "").assert_code(0);
    operator.list_runs("").await.assert_problem(401, "unauthenticated");
    process.stop();
}
