//! Product telemetry: a summary from buckets against a straight count over the events and against empty tables, what recording
//! costs a start, and how fast events are folded and removed. `PERF_EVENTS` (10,000,000) and `PERF_WORKSPACES` (500) set the
//! size, `PERF_STARTS` (1,000) how many starts of each kind are measured.

use crate::cluster::{Cluster, Database};
use crate::controls::{self, Starter};
use crate::figures::Figures;
use crate::settings;
use crate::statistics::{median, rate, ratio};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use std::time::{Duration, Instant};
use tenantatlas::auth::Permit;
use tenantatlas::context::{Actor, Ctx, TokenRef};
use tenantatlas::telemetry::summarize_telemetry::{Asked, TelemetrySummary, summarize_telemetry};
use tenantatlas::telemetry::{Period, prune, rollup};
use time::OffsetDateTime;

/// Days over which events lie.
const DAYS: usize = 90;
/// Days that are kept when the rest is removed.
const KEPT: u16 = 60;
const WINDOWS: [(&str, i64); 3] = [("24 hours", 1), ("7 days", 7), ("30 days", 30)];

pub fn run() -> Figures {
    let events = settings::number("PERF_EVENTS", 10_000_000);
    let workspaces = settings::number("PERF_WORKSPACES", 500);
    let starts = settings::number("PERF_STARTS", 1_000);
    let cluster = Cluster::start();
    let (without, with) = cost_of_recording(&controls::seed(&cluster), starts);
    let empty = cluster.create("empty");
    let full = seed(&cluster, events, workspaces);
    let fold = timed(|| fold_all(&mut full.connect()));
    full.execute("VACUUM ANALYZE");
    full.checkpoint();
    let mut figures = Figures::new("a summary from buckets, and what recording costs");
    figures.say(&format!(
        "{events} events over {DAYS} days in {workspaces} workspaces, vacuumed, warm; medians of {} rounds. The summary is the whole \
         answer: counts and active workspaces of the period and of the one before, and the trend. The straight count is \
         `GROUP BY event_name` and `count(DISTINCT workspace_id)` over both periods, without a trend; it gives the same \
         figures. Periods end within an hour and within five minutes, so that both edges count.",
        settings::rounds()
    ));
    let rows = WINDOWS.map(|window| compare(&full, &empty, window));
    figures.table(["period", "summary", "straight count", "faster by", "over empty tables", "full takes, against empty"], &rows);
    let (deleted, pruning) = prune_old(&full);
    let row = |what: &str, figure: String| [what.to_owned(), figure];
    figures.table(
        ["what", "figure"],
        &[
            row("start of a run by a program, not recorded", format!("{without:.2?}")),
            row("the same by a user, recorded in a savepoint", format!("{with:.2?}")),
            row("a start with recording takes, against without", format!("{:.3} ×", ratio(with, without))),
            row("events folded a second", format!("{:.0}", rate(events, fold))),
            row("events removed a second", format!("{:.0}", rate(deleted, pruning))),
        ],
    );
    figures
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn seed(cluster: &Cluster, events: usize, workspaces: usize) -> Database {
    let database = cluster.create("used");
    database.execute(&format!(
        "INSERT INTO users (email, name, password_hash) VALUES ('u@example.com', 'U', '-');
         INSERT INTO workspaces (slug, name) SELECT 'w' || n, 'W' FROM generate_series(1, {workspaces}) n;
         INSERT INTO tenants (workspace_id, external_id, name) SELECT id, 't' || id, 'T' FROM workspaces WHERE slug LIKE 'w%';
         INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, occurred_at)
         SELECT t.workspace_id, t.id, u.id, k.name, k.area, k.subject, n, k.metadata::jsonb, db_now() - n * interval '{DAYS} days' / {events}
         FROM generate_series(1, {events}) n
         JOIN users u ON true
         JOIN (SELECT id, workspace_id, row_number() OVER (ORDER BY id) - 1 AS place FROM tenants WHERE external_id LIKE 't%') t
              ON t.place = (hashint8(n) & 2147483647) % {workspaces}
         JOIN (VALUES (0, 'product.onboarding.checkpoint_completed', 'onboarding', 'tenant_onboarding_session', '{{\"checkpoint_key\": \"consent\", \"lifecycle_state\": \"ready\", \"completed_at\": \"2026-04-27T11:00:00Z\"}}'),
                      (1, 'product.support_diagnostics.opened', 'support_diagnostics', 'tenant', '{{\"source_surface\": \"tenant_dashboard\"}}'),
                      (2, 'product.operations.started', 'operations', 'operation_run', '{{\"operation_type\": \"inventory.sync\"}}'),
                      (3, 'product.stored_report.created', 'stored_reports', 'stored_report', '{{\"report_type\": \"permission_posture\"}}'),
                      (4, 'product.review_pack.requested', 'review_pack', 'review_pack', '{{\"source_surface\": \"tenant\", \"include_operations\": true, \"include_pii\": false}}'))
              k (place, name, area, subject, metadata) ON k.place = n % 5;"
    ));
    assert_eq!(database.number("SELECT count(*) FROM product_usage_events"), i64::try_from(events).unwrap());
    database
}

fn fold_all(conn: &mut PgConnection) {
    while rollup::fold(conn).expect("a fold") != Some(0) {}
}

#[derive(QueryableByName)]
struct Straight {
    #[diesel(sql_type = BigInt)]
    events: i64,
    #[diesel(sql_type = BigInt)]
    workspaces: i64,
}

/// What a straight count says of a period.
fn count_straight(conn: &mut PgConnection, Period { start_at, end_at }: Period) -> Straight {
    let within = "FROM product_usage_events WHERE occurred_at >= $1 AND occurred_at < $2";
    let sql = format!(
        "SELECT (SELECT sum(n) FROM (SELECT event_name, count(*) AS n {within} GROUP BY event_name) g)::bigint AS events,
                (SELECT count(DISTINCT workspace_id) {within}) AS workspaces"
    );
    let query = diesel::sql_query(sql).bind::<Timestamptz, _>(start_at).bind::<Timestamptz, _>(end_at);
    query.get_result(conn).expect("a count")
}

fn compare(full: &Database, empty: &Database, (name, days): (&str, i64)) -> [String; 6] {
    let end_at = OffsetDateTime::now_utc().replace_minute(32).expect("a minute") - time::Duration::hours(1);
    let period = Period { start_at: end_at - time::Duration::days(days), end_at };
    let before = Period { start_at: period.start_at - time::Duration::days(days), end_at: period.start_at };
    let (mut of_full, mut of_empty) = (full.connect(), empty.connect());
    let permit = Permit::system("benchmark");
    let summarize = |conn: &mut PgConnection| -> TelemetrySummary {
        summarize_telemetry(&permit, conn, Asked::Period(period), 90).expect("a summary")
    };
    let (mut summaries, mut straight, mut nothing) = (Vec::new(), Vec::new(), Vec::new());
    // The first round only warms the caches.
    for _ in 0..=settings::rounds() {
        let begun = Instant::now();
        let summary = summarize(&mut of_full);
        summaries.push(begun.elapsed());
        let begun = Instant::now();
        let (counted, earlier) = (count_straight(&mut of_full, period), count_straight(&mut of_full, before));
        straight.push(begun.elapsed());
        nothing.push(timed(|| assert_eq!(summarize(&mut of_empty).total_events, 0)));
        assert_eq!((summary.total_events, summary.active_workspaces), (counted.events, counted.workspaces));
        let previous: i64 = summary.families.iter().map(|family| family.previous_count).sum();
        assert_eq!((previous, summary.previous_active_workspaces), (earlier.events, earlier.workspaces));
    }
    let [summary, straight, nothing] = [summaries, straight, nothing].map(|times| median(&times[1..]));
    println!("{name}: summary {summary:.2?}, straight {straight:.2?}, empty {nothing:.2?}");
    [
        name.to_owned(),
        format!("{summary:.2?}"),
        format!("{straight:.2?}"),
        format!("{:.0} ×", ratio(straight, summary)),
        format!("{nothing:.2?}"),
        format!("{:.2} ×", ratio(summary, nothing)),
    ]
}

/// Starts by a user and by a program of theirs, which differ in nothing but that the former is recorded, in turn.
fn cost_of_recording(database: &Database, starts: usize) -> (Duration, Duration) {
    database.execute("INSERT INTO users (email, name, password_hash) VALUES ('u@example.com', 'U', '-')");
    let user = Actor::User { id: database.number("SELECT max(id) FROM users"), email: String::new(), name: String::new() };
    let person = Ctx::local(user);
    let program = Ctx { token: Some(TokenRef { id: 1, name: "Program".to_owned() }), ..person.clone() };
    let [recorded, not_recorded] = [person, program].map(|ctx| Starter::acting(database, 1, Some(ctx)));
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        without.push(not_recorded.start().0);
        with.push(recorded.start().0);
    }
    assert_eq!(database.number("SELECT count(*) FROM product_usage_events"), i64::try_from(starts).unwrap());
    (median(&without), median(&with))
}

/// Removes what is older than is kept; how many events, and how long it took.
fn prune_old(database: &Database) -> (usize, Duration) {
    let mut conn = database.connect();
    let begun = Instant::now();
    let pruned = prune::prune(&Ctx::system(), &mut conn, KEPT).expect("a removal");
    let took = begun.elapsed();
    assert_eq!(rollup::rebuild(&Ctx::system(), &mut conn).expect("a rebuild").differed, 0, "the buckets have to follow");
    (usize::try_from(pruned.deleted).unwrap(), took)
}
