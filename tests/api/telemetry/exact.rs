//! A summary says what a straight count over the events says: for any events, any period, whatever was folded, pruned and
//! rebuilt in between, and while all of that goes on (TEL-07).

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use support::TestApp;
use support::fixtures::Tenant;
use support::postgres::connect;
use support::random::Random;
use support::usage::{DIAGNOSTICS, ONBOARDING, OPERATIONS, PACKS, REPORTS, counts, event_row};
use tenantatlas::auth::Permit;
use tenantatlas::context::{Actor, Ctx};
use tenantatlas::error::Error;
use tenantatlas::telemetry::summarize_telemetry::{TelemetrySummary, summarize_in_snapshot};
use tenantatlas::telemetry::{self, Period, Person, UsageEvent, prune, rollup};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

const NAMES: [&str; 5] = [ONBOARDING, DIAGNOSTICS, OPERATIONS, REPORTS, PACKS];
/// Where random times lie: some days back from the clock, so that pruning meets them.
const DAYS: i64 = 12;

fn written(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap()
}

/// Any time of the last days; often on a bound of five minutes, an hour or a day, or a hair beside it.
fn any_time(random: &mut Random, now: OffsetDateTime) -> OffsetDateTime {
    let second = i64::try_from(random.below(usize::try_from(DAYS * 86_400).unwrap())).unwrap();
    let time = now.replace_nanosecond(0).unwrap() - Duration::seconds(second);
    let on_the_hour = time.replace_minute(0).unwrap().replace_second(0).unwrap();
    let on_five_minutes = on_the_hour.replace_minute(time.minute() / 5 * 5).unwrap();
    let hair = Duration::microseconds([0, 0, 1, -1][random.below(4)]);
    match random.below(5) {
        0 => time,
        1 => time + Duration::microseconds(i64::try_from(random.below(1_000_000)).unwrap()),
        2 => on_five_minutes + hair,
        3 => on_the_hour + hair,
        _ => on_the_hour.replace_hour(0).unwrap() + hair,
    }
}

fn add_events(app: &TestApp, random: &mut Random, tenants: &[Tenant], user: i64, now: OffsetDateTime) {
    let rows: Vec<Value> = (0..random.between(1, 40))
        .map(|_| {
            let tenant = &tenants[random.below(tenants.len())];
            let mut row = event_row(random.of(&NAMES));
            row["workspace_id"] = tenant.workspace_id.into();
            row["tenant_id"] = tenant.id.into();
            row["occurred_at"] = written(any_time(random, now)).into();
            row
        })
        .collect();
    app.execute(&format!(
        "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, occurred_at) \
         SELECT workspace_id, tenant_id, {user}, event_name, feature_area, subject_type, subject_id, metadata, occurred_at \
         FROM jsonb_populate_recordset(NULL::product_usage_events, '{}')",
        json!(rows)
    ));
}

fn any_period(random: &mut Random, now: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    let from = any_time(random, now);
    let length = match random.below(4) {
        0 => Duration::seconds(i64::try_from(random.between(1, 7200)).unwrap()),
        1 => Duration::minutes(i64::try_from(random.between(60, 48 * 60)).unwrap()),
        2 => Duration::hours(24 * i64::try_from(random.between(1, 8)).unwrap()),
        _ => Duration::seconds(i64::try_from(random.between(48 * 3600, 9 * 86_400)).unwrap()),
    };
    (from, from + length)
}

#[tokio::test]
async fn any_period_over_any_events_is_counted_exactly_whatever_was_folded_pruned_and_rebuilt() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut random = Random::announced();
    let workspaces: Vec<_> = (0..4).map(|i| app.workspace(&format!("w{i}"), "W")).collect();
    let tenants: Vec<_> = (0..7).map(|i| app.tenant_in(&workspaces[i % 4], "T")).collect();
    let user = app.create_user().0;
    let now = OffsetDateTime::now_utc();
    for _ in 0..60 {
        match random.below(10) {
            0..=4 => add_events(&app, &mut random, &tenants, user, now),
            5 | 6 => drop(app.keep_up_for(u16::try_from(DAYS * 3).unwrap()).await),
            7 => {
                let days = u16::try_from(random.between(1, usize::try_from(DAYS).unwrap())).unwrap();
                prune::prune(&Ctx::system(), &mut app.db(), days).unwrap();
            }
            8 => assert_eq!(rollup::rebuild(&Ctx::system(), &mut app.db()).unwrap().differed, 0),
            _ => {}
        }
        let (from, to) = any_period(&mut random, now);
        let query = format!("from={}&to={}", written(from), written(to));
        let summary = operator.summarize_telemetry(&query).await.assert_status(200).body;
        let straight = app.count_straight(&written(from), &written(to));
        assert_eq!((counts(&summary, "count"), summary["active_workspaces"].as_i64().unwrap()), straight, "{query}");
        let before = app.count_straight(&written(from - (to - from)), &written(from));
        let previous = summary["previous_active_workspaces"].as_i64().unwrap();
        assert_eq!((counts(&summary, "previous_count"), previous), before, "before {query}");
        assert_points(&app, &summary, (from, to));
    }
    app.keep_up_for(365).await;
    assert_eq!(rollup::rebuild(&Ctx::system(), &mut app.db()).unwrap().differed, 0);
}

/// Each point of the trend says what a straight count over its part of the period says.
fn assert_points(app: &TestApp, summary: &Value, (from, to): (OffsetDateTime, OffsetDateTime)) {
    let trend = summary["trend"].as_array().unwrap();
    let parse = |value: &Value| OffsetDateTime::parse(value.as_str().unwrap(), &Rfc3339).unwrap();
    let mut starts: Vec<_> = trend.iter().map(|point| parse(&point["bucket_start"])).collect();
    starts.push(to);
    for (place, point) in trend.iter().enumerate() {
        let (begin, end) = (starts[place].max(from), starts[place + 1]);
        let (straight, active) = app.count_straight(&written(begin), &written(end));
        assert_eq!(point["active_workspaces"], active, "{} of {from}..{to}", starts[place]);
        for name in NAMES {
            assert_eq!(point["counts"][name], straight[name], "{name} at {} of {from}..{to}", starts[place]);
        }
    }
}

#[derive(QueryableByName)]
struct Straight {
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = BigInt)]
    workspaces: i64,
}

/// Summary and straight count of one snapshot.
fn both(
    conn: &mut PgConnection,
    permit: &Permit<tenantatlas::auth::capability::ConsoleView>,
    period: Period,
) -> (TelemetrySummary, Straight) {
    conn.build_transaction()
        .read_only()
        .repeatable_read()
        .run(|conn| {
            let summary = summarize_in_snapshot(permit, conn, period, OffsetDateTime::UNIX_EPOCH)?;
            let straight = diesel::sql_query(format!(
                "SELECT count(*) AS events, count(DISTINCT workspace_id) AS workspaces FROM product_usage_events \
                 WHERE occurred_at >= '{}' AND occurred_at < '{}'",
                written(period.start_at),
                written(period.end_at)
            ))
            .get_result(conn)?;
            Ok::<_, Error>((summary, straight))
        })
        .unwrap()
}

#[tokio::test]
async fn it_is_exact_at_every_instant_while_people_act_and_nodes_fold_prune_and_rebuild() {
    const WRITERS: usize = 3;
    const EVENTS: usize = 120;
    let app = TestApp::start().await;
    let workspaces: Vec<_> = (0..3).map(|i| app.workspace(&format!("w{i}"), "W")).collect();
    let tenants: Vec<_> = workspaces.iter().map(|workspace| app.tenant_in(workspace, "T")).collect();
    let user = app.create_user().0;
    let (writing, pruned, url) = (AtomicBool::new(true), AtomicI64::new(0), app.database_url());
    let now = OffsetDateTime::now_utc();
    let past = OffsetDateTime::now_utc() - Duration::days(40);
    let period = Period { start_at: past - Duration::minutes(17), end_at: now + Duration::hours(2) };

    thread::scope(|threads| {
        let people: Vec<_> = tenants
            .iter()
            .take(WRITERS)
            .map(|tenant| {
                threads.spawn(move || {
                    let mut conn = connect(url);
                    let ctx = Ctx::local(Actor::User { id: user, email: String::new(), name: String::new() });
                    let person = Person::of(&ctx, tenant.workspace_id, tenant.id).unwrap();
                    for place in 0..EVENTS {
                        let done = conn.transaction(|conn| {
                            telemetry::record(conn, person, UsageEvent::operation_started(1, "inventory.sync"));
                            // Every third is of a day that is about to be pruned, every seventh is given up.
                            if place % 3 == 0 {
                                diesel::sql_query(format!(
                                    "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, \
                                     subject_type, subject_id, metadata, occurred_at) VALUES ({}, {}, {user}, '{REPORTS}', \
                                     'stored_reports', 'stored_report', 1, '{{\"report_type\": \"permission_posture\"}}', \
                                     db_now() - interval '40 days' + interval '{place} minutes')",
                                    tenant.workspace_id, tenant.id
                                ))
                                .execute(conn)?;
                            }
                            if place % 7 == 0 { Err(Error::not_found()) } else { Ok(()) }
                        });
                        assert_eq!(done.is_err(), place % 7 == 0);
                    }
                })
            })
            .collect();
        let (is_writing, removed) = (&writing, &pruned);
        for _ in 0..2 {
            threads.spawn(move || {
                let mut conn = connect(url);
                while is_writing.load(Ordering::Relaxed) {
                    rollup::fold(&mut conn).unwrap();
                }
            });
        }
        threads.spawn(move || {
            let mut conn = connect(url);
            while is_writing.load(Ordering::Relaxed) {
                removed.fetch_add(prune::prune(&Ctx::system(), &mut conn, 30).unwrap().deleted, Ordering::Relaxed);
            }
        });
        let rebuilder = threads.spawn(move || {
            let (mut conn, mut rebuilds) = (connect(url), 0);
            while is_writing.load(Ordering::Relaxed) || rebuilds == 0 {
                assert_eq!(rollup::rebuild(&Ctx::system(), &mut conn).unwrap().differed, 0);
                rebuilds += 1;
            }
            rebuilds
        });
        let reader = threads.spawn(move || {
            let (mut conn, permit, mut looks) = (connect(url), Permit::system("test"), 0);
            while is_writing.load(Ordering::Relaxed) || looks == 0 {
                let (summary, straight) = both(&mut conn, &permit, period);
                assert_eq!((summary.total_events, summary.active_workspaces), (straight.events, straight.workspaces));
                looks += 1;
            }
            looks
        });
        let ended: Vec<_> = people.into_iter().map(thread::ScopedJoinHandle::join).collect();
        writing.store(false, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 1, "nobody looked while the others worked");
        assert!(rebuilder.join().unwrap() > 1, "nobody rebuilt while the others worked");
        ended.into_iter().for_each(|one| one.unwrap());
    });

    let mut conn = app.db();
    while rollup::fold(&mut conn).unwrap() != Some(0) {}
    let rest = prune::prune(&Ctx::system(), &mut conn, 30).unwrap().deleted;
    let given_up = EVENTS.div_ceil(7);
    let old = (0..EVENTS).filter(|place| place % 3 == 0 && place % 7 != 0).count();
    assert_eq!(app.count_usage(), (i64::try_from(WRITERS * (EVENTS - given_up)).unwrap(), 0));
    assert_eq!(pruned.into_inner() + rest, i64::try_from(WRITERS * old).unwrap());
    assert_eq!(rollup::rebuild(&Ctx::system(), &mut conn).unwrap().differed, 0);
}
