//! A server that dies while it starts a run: the same request sent again is answered with one run, which is whole (RUN-03,
//! RB-07).

use crate::length::{Figures, times};
use crate::process::{Process, wait_for_a_moment};
use serde_json::{Value, json};
use support::actor::runbooks::{BACKFILL, all_tenants, reason};
use support::random::Random;
use support::{Actor, TestApp};

const TENANTS: i64 = 5;

/// The start is sent and the server killed at some moment; whether it answered, nobody knows.
async fn start_and_kill(operator: &Actor, server: Process, body: &Value, random: &mut Random) {
    let request = operator.request(reqwest::Method::POST, &format!("/api/v1/system/ops/runbooks/{BACKFILL}/runs")).json(body);
    let sent = tokio::spawn(request.send());
    let (least, most) = (0, 80);
    let mut moment = Random::new(u64::try_from(random.below(1 << 30)).unwrap());
    tokio::task::spawn_blocking(move || {
        wait_for_a_moment(&mut moment, least, most);
        server.kill();
    })
    .await
    .unwrap();
    let _ = sent.await;
}

#[tokio::test]
async fn a_start_whose_server_dies_is_repeated_and_makes_one_whole_run() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("servers killed while they start a run"));
    let app = TestApp::start().await;
    let tenants: Vec<_> = (0..TENANTS).map(|n| app.tenant(&format!("Tenant {n}"))).collect();
    for n in 1..=times("ENDURANCE_STARTS", 6, 200) {
        app.pending_findings(&tenants[n % tenants.len()], 20);
        let operator = app.operator().await.with_header("Idempotency-Key", &format!("start-{n}"));
        let preflight_id = operator.preflight(&all_tenants()).await.assert_status(200).id();
        let body =
            json!({ "preflight_id": preflight_id, "scope": all_tenants(), "reason": reason(), "typed_confirmation": "BACKFILL" });
        let mut server = cli_server(&app);
        let address = server.wait_for_address();
        start_and_kill(&operator.at(address), server, &body, &mut random).await;
        // The database may still be at work for the dead one.
        let mut again = operator.start_run(BACKFILL, &body).await;
        while again.body["code"] == "idempotency-key-in-flight" {
            again = operator.start_run(BACKFILL, &body).await;
        }
        let first = again.assert_status(201).id();
        assert_eq!(operator.start_run(BACKFILL, &body).await.assert_status(201).id(), first);
        assert_eq!(app.count_runs(), i64::try_from(n).unwrap(), "one run for all requests with one key");
        assert_eq!(app.value(&format!("SELECT count(*) FROM run_targets WHERE run_id = {first}")), TENANTS);
        figures.add("starts", 1);
        app.drain().await;
        assert_eq!(app.value(&format!("SELECT outcome FROM operation_runs WHERE id = {first}")), "succeeded");
    }
}

/// A server that leaves the work to others.
fn cli_server(app: &TestApp) -> Process {
    let mut command = support::cli::command(app.database_url());
    command.args(["serve", "--no-worker"]).env("TENANTATLAS_LISTEN", "127.0.0.1:0");
    Process::spawn(command)
}
