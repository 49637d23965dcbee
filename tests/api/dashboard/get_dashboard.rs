//! `GET /dashboard` (WEB-01)

use super::{ended_run, heartbeat};
use serde_json::{Value, json};
use std::time::Duration;
use support::TestApp;
use support::actor::controls::{RESTORE, global_pause};
use support::actor::runbooks::BACKFILL;
use support::table::with;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn time(value: &Value) -> OffsetDateTime {
    OffsetDateTime::parse(value.as_str().expect("a text"), &Rfc3339).expect("a time")
}

#[tokio::test]
async fn where_nothing_has_happened_all_is_well_and_empty() {
    let app = TestApp::start().await;
    heartbeat(&app);

    let mut body = app.operator().await.get_dashboard("").await.assert_status(200).body;

    for name in ["since", "computed_at"] {
        time(&body.as_object_mut().unwrap().remove(name).unwrap());
    }
    assert_eq!(body.as_object_mut().unwrap().remove("telemetry").unwrap()["total_events"], 0);
    assert_eq!(
        body,
        json!({
            "window": "24h",
            "health": { "state": "ok", "reasons": [] },
            "kpis": {
                "started": 0, "succeeded": 0, "partially_succeeded": 0, "failed": 0, "cancelled": 0, "needs_attention": 0, "active": 0,
                "unacknowledged_failures": 0,
                "duration_p50_seconds": null, "duration_p95_seconds": null, "queue_age_seconds": 0.0,
            },
            "top_offenders": [],
            "recent_failures": [],
            "paused_controls": [],
        })
    );
}

#[tokio::test]
async fn the_window_ends_now_and_is_a_day_long_when_left_out() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for (query, window, hours) in
        [("", "24h", 24), ("window=1h", "1h", 1), ("window=24h", "24h", 24), ("window=7d", "7d", 168), ("window=30d", "30d", 720)]
    {
        let body = operator.get_dashboard(query).await.assert_status(200).body;
        assert_eq!(body["window"], window, "{query}");
        assert_eq!(time(&body["computed_at"]) - time(&body["since"]), time::Duration::hours(hours), "{query}");
    }
}

#[tokio::test]
async fn another_window_is_refused_with_those_that_there_are() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for query in ["window=2h", "window=", "window=1H", "window=24h&window=1h"] {
        let refused = operator.get_dashboard(query).await.assert_problem(422, "validation-failed").assert_pointers(&["?window"]);
        let message = refused.body["errors"][0]["message"].as_str().unwrap().to_owned();
        for window in ["`1h`", "`24h`", "`7d`", "`30d`"] {
            assert!(message.contains(window) || message.contains("duplicate"), "{query}: {message}");
        }
    }
    operator.get_dashboard("since=1h").await.assert_problem(422, "validation-failed").assert_pointers(&["?since"]);
}

#[tokio::test]
async fn it_needs_the_consoles_capability_or_that_of_operations_and_that_of_runbooks() {
    let app = TestApp::start().await;
    for enough in [&["platform.console.view"][..], &["platform.ops.view", "platform.runbooks.view"]] {
        app.operator_with(enough).await.get_dashboard("").await.assert_status(200);
        app.operator_holding(enough).await.get_dashboard("").await.assert_problem(403, "capability-missing");
    }
    for too_little in [&[][..], &["platform.ops.view"], &["platform.runbooks.view", "platform.ops.controls.manage"]] {
        let refused = app.operator_with(too_little).await.get_dashboard("").await.assert_problem(403, "capability-missing");
        assert_eq!(refused.body["capability"], "platform.console.view");
        let detail = "This needs the capability platform.console.view, or platform.ops.view and platform.runbooks.view together.";
        assert_eq!(refused.body["detail"], detail);
    }
}

#[tokio::test]
async fn runs_count_in_the_window_in_which_they_were_started_and_in_which_they_ended() {
    let app = TestApp::start().await;
    for (outcome, minutes_ago) in [
        ("succeeded", 10),
        ("succeeded", 90),
        ("failed", 20),
        ("blocked", 30),
        ("partially_succeeded", 40),
        ("cancelled", 50),
        ("failed", 2 * 1440),
        ("succeeded", 6 * 1440),
        ("failed", 29 * 1440),
        ("failed", 31 * 1440),
    ] {
        ended_run(&app, outcome, minutes_ago, json!({}));
    }
    // Began before the hour and failed within it.
    let long_ago = json!({ "created_at": app.value("SELECT db_now() - interval '3 hours'") });
    ended_run(&app, "failed", 5, long_ago);
    let operator = app.operator().await;
    for (window, started, succeeded, failed) in [("1h", 5, 1, 3), ("24h", 7, 2, 3), ("7d", 9, 3, 4), ("30d", 10, 3, 5)] {
        let kpis = operator.get_dashboard(&format!("window={window}")).await.body["kpis"].clone();
        assert_eq!((&kpis["started"], &kpis["succeeded"]), (&json!(started), &json!(succeeded)), "{window}: {kpis}");
        assert_eq!((&kpis["failed"], &kpis["unacknowledged_failures"]), (&json!(failed), &json!(failed)), "{window}: {kpis}");
    }
}

#[tokio::test]
async fn durations_are_those_of_runs_that_ended_by_themselves() {
    let app = TestApp::start().await;
    for (outcome, seconds) in [("succeeded", 10), ("failed", 20), ("partially_succeeded", 30), ("cancelled", 1000)] {
        let run = ended_run(&app, outcome, 1, json!({}));
        app.execute(&format!(
            "UPDATE operation_runs SET started_at = completed_at - make_interval(secs => {seconds}) WHERE id = {run}"
        ));
    }
    // Never begun: there is no duration.
    ended_run(&app, "cancelled", 1, json!({ "started_at": null }));

    let kpis = app.operator().await.get_dashboard("").await.body["kpis"].clone();

    let [p50, p95] = ["duration_p50_seconds", "duration_p95_seconds"].map(|name| kpis[name].as_f64().unwrap());
    assert!((p50 - 20.0).abs() < 0.001 && (p95 - 29.0).abs() < 0.001, "{kpis}");
}

#[tokio::test]
async fn active_runs_count_whenever_they_began_and_what_is_due_ages_in_the_queue() {
    let app = TestApp::start().await;
    let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    app.pending_findings(&contoso, 1);
    app.pending_findings(&fabrikam, 1);
    let operator = app.operator().await;
    let paused = operator.start_backfill_of(contoso.id).await.assert_status(201).id();
    operator.pause_run(paused).await.assert_status(202);
    app.clock().advance(Duration::from_secs(2 * 3600));
    let operator = operator.signed_in(&operator.email, support::app::PASSWORD).await;
    let kpis =
        async |window: &str| operator.get_dashboard(&format!("window={window}")).await.assert_status(200).body["kpis"].clone();
    let hour = kpis("1h").await;
    assert_eq!((&hour["started"], &hour["active"], &hour["queue_age_seconds"]), (&json!(0), &json!(1), &json!(0.0)), "paused");

    operator.start_backfill_of(fabrikam.id).await.assert_status(201);
    app.clock().advance(Duration::from_secs(90));

    let hour = kpis("1h").await;
    assert_eq!((&hour["started"], &hour["active"]), (&json!(1), &json!(2)));
    let age = hour["queue_age_seconds"].as_f64().unwrap();
    assert!((90.0..120.0).contains(&age), "{age}");

    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    assert_eq!(kpis("1h").await["queue_age_seconds"], 0.0, "somebody has begun");
    worker.finish(&mut work);
    operator.resume_run(paused).await.assert_status(202);
    app.drain().await;
    let day = kpis("24h").await;
    assert_eq!((&day["started"], &day["succeeded"], &day["active"]), (&json!(2), &json!(2), &json!(0)));
}

#[tokio::test]
async fn what_is_paused_now_is_named_with_its_reason() {
    let app = TestApp::start().await;
    let (acme, globex) = (app.workspace("acme", "Acme"), app.workspace("globex", "Globex"));
    let operator = app.operator().await;
    let paused_until = |from: &str, to: &str| {
        let at = |offset: &str| {
            if offset.is_empty() { Value::Null } else { app.value(&format!("SELECT db_now() + interval '{offset}'")) }
        };
        with(global_pause(), json!({ "starts_at": at(from), "expires_at": at(to) }))
    };
    operator.pause_control(RESTORE, &paused_until("", "10 minutes")).await.assert_status(201);
    operator.pause_control(BACKFILL, &paused_until("5 minutes", "20 minutes")).await.assert_status(201);
    operator.pause_backfill_of(globex.id).await.assert_status(201);
    operator.pause_backfill_of(acme.id).await.assert_status(201);
    let reader = app.operator_with(&["platform.console.view"]).await;
    let paused = async || {
        let body = reader.get_dashboard("").await.assert_status(200).body;
        let one = |decision: &Value| format!("{} {}", decision["control_key"], decision["workspace_id"]).replace('"', "");
        body["paused_controls"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let [of_acme, of_globex] = [acme.id, globex.id].map(|id| format!("{BACKFILL} {id}"));
    let [of_all, restore] = [BACKFILL, RESTORE].map(|key| format!("{key} null"));
    assert_eq!(paused().await, [of_acme.as_str(), &of_globex, &restore]);
    let first = reader.get_dashboard("").await.body["paused_controls"][0].clone();
    assert_eq!(
        first,
        json!({
            "control_key": BACKFILL, "effective_state": "paused", "matched_scope_type": "workspace", "workspace_id": acme.id,
            "reason_text": "Asked by the customer", "expires_at": null, "source_activation_id": first["source_activation_id"],
            "label": "Findings lifecycle backfill", "workspace_name": "Acme",
        })
    );

    // Now the scheduled pause has begun and the first is over, whether anybody removed its row or not.
    app.clock().advance(Duration::from_secs(11 * 60));

    assert_eq!(paused().await, [of_all.as_str(), &of_acme, &of_globex]);
}
