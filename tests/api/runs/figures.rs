//! Figures of a run agree wherever they are shown at one moment (WEB-04).

use serde_json::{Value, json};
use std::time::Duration;
use support::TestApp;
use support::actor::Actor;

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("a number, not {value}"))
}

fn sum(targets: &[Value], figure: impl Fn(&Value) -> i64) -> i64 {
    targets.iter().map(figure).sum()
}

/// Returns what the live view shows of a run that stands still. Where somebody has watched it just before, the first event may be
/// from the tick before.
async fn watched(operator: &Actor, run: &Value) -> Value {
    let mut events = operator.watch_run(number(&run["id"])).await.unwrap();
    let event = events.next().await.unwrap().data;
    match event["run"]["progress"]["rows_done"] == run["progress"]["rows_done"] && event["run"]["status"] == run["status"] {
        true => event,
        false => events.next().await.unwrap().data,
    }
}

/// Reads the run in every way at once and holds the figures against each other; returns the run.
async fn agreed(operator: &Actor, run_id: i64) -> Value {
    let run = operator.get_run(run_id).await.assert_status(200).body;
    let listed = operator.list_runs("").await.assert_status(200);
    let listed = listed.items().iter().find(|run| run["id"] == run_id).expect("the run in the list");
    let event = watched(operator, &run).await;
    let targets = operator.list_targets(run_id, "limit=200").await.assert_status(200);
    let targets = targets.items();
    let dashboard = operator.get_dashboard("").await.assert_status(200).body;

    let without_pace = |run: &Value| {
        let mut progress = run["progress"].clone();
        for moving in ["rows_per_second", "eta_seconds"] {
            progress.as_object_mut().unwrap().remove(moving);
        }
        (progress, run["summary_counts"].clone(), run["failure_summary"].clone(), run["status"].clone(), run["outcome"].clone())
    };
    assert_eq!(without_pace(listed), without_pace(&run), "the list");
    assert_eq!(without_pace(&event["run"]), without_pace(&run), "the event");

    let (progress, counts) = (&run["progress"], &run["summary_counts"]);
    let of = |name: &str| number(&progress[name]);
    let in_state = |state: &str| event["targets"][state].as_i64().unwrap_or(0);
    assert_eq!(of("targets_total"), i64::try_from(targets.len()).unwrap());
    for (name, state) in [("targets_succeeded", "succeeded"), ("targets_failed", "failed"), ("targets_cancelled", "cancelled")] {
        let listed = targets.iter().filter(|target| target["state"] == state).count();
        assert_eq!((of(name), of(name)), (in_state(state), i64::try_from(listed).unwrap()), "{name}");
    }
    assert_eq!(of("targets_done"), of("targets_succeeded") + of("targets_failed") + of("targets_cancelled"));
    assert_eq!(number(&counts["failed"]), of("targets_failed"));
    for figure in ["total", "processed", "updated", "skipped"] {
        assert_eq!(number(&counts[figure]), sum(targets, |target| number(&target["counts"][figure])), "{figure}");
    }
    assert!(of("rows_done") <= of("rows_total") && of("rows_done") >= number(&counts["processed"]), "{progress}");
    let share = if of("rows_total") == 0 {
        f64::from(run["outcome"] == "succeeded")
    } else {
        of("rows_done") as f64 / of("rows_total") as f64
    };
    assert!((progress["fraction"].as_f64().unwrap() - share).abs() < 1e-9, "{progress}");

    let kpis = &dashboard["kpis"];
    let ended = ["succeeded", "partially_succeeded", "failed", "cancelled"].map(|name| number(&kpis[name]));
    assert_eq!(number(&kpis["started"]), ended.iter().sum::<i64>() + number(&kpis["active"]), "{kpis}");
    let open = operator.list_runs("outcome=failed,blocked,partially_succeeded&acknowledged=false").await.assert_status(200).ids();
    assert_eq!(number(&kpis["needs_attention"]), i64::try_from(open.len()).unwrap(), "{kpis}");
    run
}

#[tokio::test]
async fn a_running_paused_and_succeeded_run_shows_the_same_figures_everywhere() {
    let app = TestApp::start().await;
    let (small, large) = (app.tenant("Small"), app.tenant("Large"));
    app.pending_findings(&small, 2);
    app.finding(&small, &app.repaired());
    app.pending_findings(&large, 3_000);
    let operator = app.operator().await;
    let id = operator.start_backfill_of_all().await.assert_status(201).id();
    let queued = agreed(&operator, id).await;
    assert_eq!((&queued["progress"]["rows_total"], &queued["progress"]["rows_done"]), (&json!(3_003), &json!(0)));

    let mut worker = app.hand_worker();
    let mut first = worker.claim();
    worker.finish(&mut first);
    let mut second = worker.claim();
    worker.step_into(&mut second, &app);
    let running = agreed(&operator, id).await;
    assert_eq!(running["progress"]["rows_total"], 3_003);
    assert_eq!(running["progress"]["targets_succeeded"], 1);

    operator.pause_run(id).await.assert_status(202);
    worker.step(&mut second);
    let paused = agreed(&operator, id).await;
    assert_eq!(paused["progress"]["rows_done"], running["progress"]["rows_done"]);
    assert_eq!(paused["progress"]["rows_per_second"], Value::Null);

    operator.resume_run(id).await.assert_status(202);
    app.drain().await;
    let ended = agreed(&operator, id).await;
    assert_eq!((&ended["progress"]["rows_done"], &ended["progress"]["fraction"]), (&json!(3_003), &json!(1.0)));
}

#[tokio::test]
async fn rows_of_failed_targets_stay_in_the_total_and_are_not_done() {
    let app = TestApp::start().await;
    let (contoso, gone) = (app.tenant("Contoso"), app.tenant("Gone"));
    app.pending_findings(&contoso, 4);
    app.pending_findings(&gone, 6);
    let operator = app.operator().await;
    let id = operator.start_backfill_of_all().await.assert_status(201).id();
    app.delete_tenant(&gone);
    app.drain().await;

    let run = agreed(&operator, id).await;
    assert_eq!(run["outcome"], "partially_succeeded");
    let progress = &run["progress"];
    assert_eq!((&progress["rows_total"], &progress["rows_done"], &progress["fraction"]), (&json!(10), &json!(4), &json!(0.4)));
    assert_eq!((&progress["targets_succeeded"], &progress["targets_failed"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn a_failed_run_shows_the_rows_that_it_was_started_for() {
    let app = TestApp::start().await;
    let gone = app.tenant("Gone");
    app.pending_findings(&gone, 6);
    let operator = app.operator().await;
    let id = operator.start_backfill_of(gone.id).await.assert_status(201).id();
    app.delete_tenant(&gone);
    app.drain().await;

    let run = agreed(&operator, id).await;
    assert_eq!(run["outcome"], "failed");
    assert_eq!((&run["progress"]["rows_total"], &run["progress"]["fraction"]), (&json!(6), &json!(0.0)));
}

#[tokio::test]
async fn a_cancelled_run_tells_done_targets_from_those_left_undone() {
    let app = TestApp::start().await;
    let (small, left) = (app.tenant("Small"), app.tenant("Left"));
    app.pending_findings(&small, 2);
    app.pending_findings(&left, 5);
    let operator = app.operator().await;
    let id = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut first = worker.claim();
    worker.finish(&mut first);
    operator.cancel_run(id).await.assert_status(202);

    let run = agreed(&operator, id).await;
    assert_eq!(run["outcome"], "cancelled");
    let progress = &run["progress"];
    assert_eq!((&progress["targets_succeeded"], &progress["targets_cancelled"]), (&json!(1), &json!(1)));
    assert_eq!((&progress["rows_total"], &progress["rows_done"]), (&json!(7), &json!(2)));
}

#[tokio::test]
async fn the_pace_is_the_median_of_the_last_half_minute_and_told_from_three_samples_on() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.pending_findings(&tenant, 20_000);
    let operator = app.operator().await;
    let id = operator.start_backfill_of_all().await.assert_status(201).id();
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    worker.step_into(&mut work, &app);
    let done = || number(&app.value("SELECT scanned FROM run_targets"));
    let mut rates = Vec::new();
    let mut before = done();
    app.sweep().await;
    for _ in 0..3 {
        assert!(rates.len() > 1 || operator.get_run(id).await.body["progress"]["rows_per_second"].is_null());
        app.clock().advance(Duration::from_secs(5));
        worker.step(&mut work);
        app.sweep().await;
        rates.push((done() - before) as f64 / 5.0);
        before = done();
    }
    rates.sort_by(f64::total_cmp);
    let progress = &operator.get_run(id).await.body["progress"];
    let (pace, left) = (progress["rows_per_second"].as_f64().unwrap(), progress["eta_seconds"].as_f64().unwrap());
    // The clock goes on beside what it is advanced by.
    assert!(pace > rates[1] * 0.7 && pace <= rates[1], "{pace}, not {rates:?}");
    assert!((left - (20_000 - before) as f64 / pace).abs() < 1e-6, "{left}");

    // Half a minute in which nothing was done: what was done before says nothing of the pace now.
    for _ in 0..4 {
        app.clock().advance(Duration::from_secs(9));
        app.sweep().await;
    }
    assert_eq!(operator.get_run(id).await.body["progress"]["rows_per_second"], json!(0.0));
    assert_eq!(operator.get_run(id).await.body["progress"]["eta_seconds"], Value::Null);
    app.drain().await;
    app.sweep().await;
    assert_eq!(app.value("SELECT count(*) FROM run_samples"), 0);
}
