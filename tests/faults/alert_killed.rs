//! A worker that is killed while it sends alerts: nothing is lost, and what is sent again carries the same id.

use crate::alert_workers::{ALLOWED, worker};
use crate::process::wait_until;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use support::TestApp;
use support::actor::alerts::{rule, webhook_at};
use support::receiver::{Behaviour, Receiver};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_sending_and_recording_loses_nothing_and_repeats_under_the_same_id() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let receiver = Receiver::start(Behaviour::Hang).await;
    let destination = operator.made_destination(&webhook_at("Hook", receiver.url())).await;
    operator.made_rule(&rule("Everything", destination)).await;
    for _ in 0..3 {
        operator.pause_backfill().await.assert_status(201);
        operator.resume_backfill().await.assert_status(200);
    }
    let killed = worker(&app);
    wait_until("the first request", || !receiver.requests().is_empty());
    killed.kill();
    assert_eq!(app.value("SELECT count(*) FROM alert_deliveries WHERE state = 'sent'"), 0, "nothing was recorded");
    // The receiver has it, and says so from now on; nobody was there to hear it.
    receiver.behave(Behaviour::Answer(204));

    let next = worker(&app);
    // The attempt that was lost is due again a minute after it began.
    wait_until("the others", || app.value("SELECT count(*) FROM alert_deliveries WHERE state = 'sent'").as_i64() >= Some(5));
    app.clock().advance(Duration::from_secs(61));
    wait_until("the one that was lost", || app.value("SELECT count(*) FROM alert_deliveries WHERE state = 'pending'") == 0);
    next.stop();

    let mut times = BTreeMap::<String, usize>::new();
    for request in receiver.requests() {
        *times.entry(request.header("x-tenantatlas-delivery").to_owned()).or_default() += 1;
    }
    let mut counts: Vec<usize> = times.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 1, 1, 1, 2], "each arrived, and the lost one twice under one id");
    assert_eq!(app.rows("SELECT DISTINCT state FROM alert_deliveries"), [json!({ "state": "sent" })]);
}
