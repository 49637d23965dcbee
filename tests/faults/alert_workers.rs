//! Workers that send alerts, with the jobs of the library: a receiver that hangs keeps no other waiting, and jobs that got lost
//! are made anew.

use crate::process::{Process, wait_until};
use serde_json::json;
use std::time::{Duration, Instant};
use support::actor::alerts::{rule, webhook_at};
use support::receiver::{Behaviour, Receiver};
use support::{TestApp, cli};

/// Lets destinations of tests be reached.
pub const ALLOWED: (&str, &str) = ("TENANTATLAS_ALERTS_ALLOWED_NETWORKS", "127.0.0.0/8");

/// A worker that may send to this machine.
pub fn worker(app: &TestApp) -> Process {
    let mut command = cli::command(app.database_url());
    command.arg("worker").env("TENANTATLAS_WORKER_CONCURRENCY", "1").env(ALLOWED.0, ALLOWED.1);
    Process::spawn(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_keeps_no_other_waiting() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let (slow, quick) = (Receiver::start(Behaviour::Hang).await, Receiver::start(Behaviour::Answer(200)).await);
    let slow_destination = operator.made_destination(&webhook_at("Slow", slow.url())).await;
    let quick_destination = operator.made_destination(&webhook_at("Quick", quick.url())).await;
    operator.made_rule(&rule("Slow", slow_destination)).await;
    operator.made_rule(&rule("Quick", quick_destination)).await;
    let worker = worker(&app);
    let sent = format!("SELECT count(*) FROM alert_deliveries WHERE state = 'sent' AND destination_id = {quick_destination}");
    operator.pause_backfill().await.assert_status(201);
    wait_until("the first delivery", || app.value(&sent) == 1);
    let begun = Instant::now();
    for _ in 0..3 {
        operator.resume_backfill().await.assert_status(200);
        operator.pause_backfill().await.assert_status(201);
    }
    wait_until("all deliveries", || app.value(&sent) == 7);
    // An attempt at the slow one takes ten seconds, and it is owed seven.
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(slow.requests().len() <= 1 + usize::try_from(begun.elapsed().as_secs() / 10 + 1).unwrap(), "one after the other");
    worker.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_is_found_and_jobs_that_got_lost_are_made_anew() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let destination = operator.made_destination(&webhook_at("Hook", receiver.url())).await;
    operator.made_rule(&rule("Everything", destination)).await;
    for _ in 0..10 {
        operator.pause_backfill().await.assert_status(201);
        operator.resume_backfill().await.assert_status(200);
    }
    app.execute("DELETE FROM graphile_worker._private_jobs WHERE id % 2 = 0");
    app.clock().advance(Duration::from_secs(61));
    let workers = [worker(&app), worker(&app)];
    wait_until("all deliveries", || app.value("SELECT count(*) FROM alert_deliveries WHERE state = 'sent'") == 20);
    let mut ids: Vec<String> =
        receiver.requests().iter().map(|request| request.header("x-tenantatlas-delivery").to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((receiver.requests().len(), ids.len()), (20, 20), "nothing is sent twice");
    assert_eq!(app.value("SELECT max(attempts) FROM alert_deliveries"), json!(1));
    for worker in workers {
        worker.stop();
    }
}
