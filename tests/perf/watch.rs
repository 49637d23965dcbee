//! `PERF_WATCHERS` (1,000) event streams of one run from one server process: what they cost the database and the server.

use crate::cluster::{self, Cluster, Database};
use crate::figures::Figures;
use crate::installation::{Installation, wait_until};
use crate::legacy;
use crate::settings;
use diesel::connection::SimpleConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::actor::{Actor, SYSTEM};

/// How often the server reads a watched run, as it says itself.
const TICK: Duration = Duration::from_millis(500);
/// Measured for so long, each.
const WINDOW: Duration = Duration::from_secs(20);
/// How often the run moves on, where it does.
const MOVE: Duration = Duration::from_millis(100);
/// Tenants of the run.
const TENANTS: usize = 200;

/// What was counted in a window.
struct Window {
    queries: i64,
    events: usize,
    processor: Duration,
    memory: u64,
}

pub fn run() -> Figures {
    let watchers = settings::number("PERF_WATCHERS", 1_000);
    let cluster = Cluster::start();
    let database = legacy::seed(&cluster, TENANTS * 10, TENANTS);
    let installation = Installation::over(&database, 0);
    let run = installation.start(&installation.preflight());
    let mut rows = Vec::new();
    let events = Arc::new(AtomicUsize::new(0));
    for (count, moves) in [(0, false), (1, false), (1, true), (watchers, false), (watchers, true)] {
        let streams = open(&installation, run, count, &events);
        let window = observe(&database, &installation, moves, &events);
        let ticks = i64::try_from(WINDOW.as_millis() / TICK.as_millis()).expect("few ticks");
        assert!(window.queries <= ticks * 11 / 10 + 3, "{} queries in {ticks} ticks", window.queries);
        println!("{count} watchers, moves: {moves}: {} queries, {} events", window.queries, window.events);
        rows.push([
            count.to_string(),
            if moves { "moves every tick" } else { "stands still" }.to_owned(),
            format!("{:.2}", window.queries as f64 / ticks as f64),
            format!("{:.0}", window.events as f64 / WINDOW.as_secs_f64()),
            format!("{:.1} %", 100.0 * window.processor.as_secs_f64() / WINDOW.as_secs_f64()),
            format!("{:.1} MiB", window.memory as f64 / 1024.0),
        ]);
        streams.into_iter().for_each(|stream| stream.abort());
        // The server notices at its next write, or at its next tick.
        std::thread::sleep(TICK * 4);
    }
    let mut figures = Figures::new("event streams of one run");
    figures.say(&format!(
        "A run over {TENANTS} tenants, watched for {} s at a time through one server process, which reads it every {TICK:?}. \
         Queries are the transactions of the database but those of the measurement; processor time is the server's, of one core.",
        WINDOW.as_secs()
    ));
    figures.table(["watchers", "the run", "queries/tick", "events/s", "processor", "memory"], &rows);
    figures
}

type Stream = tokio::task::JoinHandle<()>;

/// Opens the streams and waits until each has had its first event.
fn open(installation: &Installation, run: i64, count: usize, events: &Arc<AtomicUsize>) -> Vec<Stream> {
    events.store(0, Ordering::Relaxed);
    let watch = |operator: Actor, events: Arc<AtomicUsize>| async move {
        let request = operator.request(reqwest::Method::GET, &format!("{SYSTEM}/ops/runs/{run}/events"));
        let mut response = request.send().await.expect("a stream");
        assert_eq!(response.status(), 200);
        while let Ok(Some(chunk)) = response.chunk().await {
            events.fetch_add(chunk.windows(7).filter(|part| part == b"\nevent:").count(), Ordering::Relaxed);
        }
    };
    let mut streams = Vec::new();
    for opened in 1..=count {
        streams.push(installation.runtime.spawn(watch(installation.operator.clone(), events.clone())));
        // Not all in one instant: that measures something else.
        if opened % 50 == 0 {
            wait_until(Duration::from_millis(5), || events.load(Ordering::Relaxed) >= opened);
        }
    }
    wait_until(Duration::from_millis(5), || events.load(Ordering::Relaxed) >= count);
    streams
}

fn observe(database: &Database, installation: &Installation, moves: bool, events: &AtomicUsize) -> Window {
    let mut conn = database.connect();
    let transactions = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    // Idle sessions report what they did ten seconds late.
    std::thread::sleep(Duration::from_secs(12));
    let (over, moved) = (AtomicBool::new(false), AtomicI64::new(0));
    let before = (cluster::number(&mut conn, transactions), events.load(Ordering::Relaxed), installation.server.processor_time());
    std::thread::scope(|scope| {
        if moves {
            scope.spawn(|| move_on(database, &over, &moved));
        }
        let begun = Instant::now();
        std::thread::sleep(WINDOW - begun.elapsed());
        over.store(true, Ordering::Relaxed);
    });
    let (seen, processor) = (events.load(Ordering::Relaxed), installation.server.processor_time());
    let memory = installation.server.memory("VmRSS");
    let own = moved.load(Ordering::Relaxed) + 1;
    Window {
        queries: (cluster::number(&mut conn, transactions) - before.0 - own).max(0),
        events: seen - before.1,
        processor: processor - before.2,
        memory,
    }
}

/// Counts findings of a target, as a worker would after a batch; counts its own transactions.
fn move_on(database: &Database, over: &AtomicBool, moved: &AtomicI64) {
    let mut conn = database.connect();
    // Connecting took two settings.
    moved.fetch_add(1, Ordering::Relaxed);
    while !over.load(Ordering::Relaxed) {
        let next = "UPDATE run_targets SET scanned = scanned + 1 WHERE id = (SELECT min(id) FROM run_targets)";
        conn.batch_execute(next).expect("a change");
        moved.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(MOVE);
    }
}
