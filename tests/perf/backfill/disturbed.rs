//! One more backfill, this time with somebody who changes single findings all the while, and somebody who looks at locks.

use super::MEASURED;
use crate::cluster::{self, Cluster, Database};
use crate::installation::Installation;
use crate::legacy::{self, SEEDED};
use crate::statistics::{longest, median, quantile};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Pause of the writer between a commit and its next change.
const THINKING: Duration = Duration::from_millis(2);
/// Pause between two looks at the locks.
const LOOK: Duration = Duration::from_millis(3);
/// For how long the writer works alone, for comparison.
const IDLE: Duration = Duration::from_secs(5);

/// What they saw.
pub struct Disturbed {
    time: Duration,
    longest_hold: Duration,
    idle: Vec<Duration>,
    busy: Vec<Duration>,
}

pub fn run(cluster: &Cluster, digest: &str) -> Disturbed {
    let database = cluster.copy(SEEDED, MEASURED);
    let idle_over = AtomicBool::new(false);
    let idle = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&database, &idle_over));
        std::thread::sleep(IDLE);
        idle_over.store(true, Ordering::Relaxed);
        writer.join().expect("the writer")
    });
    let mut installation = Installation::over(&database, 1);
    let preflight = installation.preflight();
    database.checkpoint();
    let over = AtomicBool::new(false);
    let disturbed = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&database, &over));
        let watcher = scope.spawn(|| watch_locks(&database, &over));
        let time = installation.time_backfill(&preflight);
        over.store(true, Ordering::Relaxed);
        Disturbed { time, longest_hold: watcher.join().expect("the watcher"), idle, busy: writer.join().expect("the writer") }
    });
    drop(installation);
    assert_eq!(legacy::digest(&database), digest, "the writer must not change what becomes of the table");
    cluster.drop(MEASURED);
    disturbed
}

/// Touches one finding after the other, picked at random; returns how long each change with its commit took.
fn write(database: &Database, over: &AtomicBool) -> Vec<Duration> {
    let mut conn = database.connect();
    let last = cluster::number(&mut conn, "SELECT max(id) FROM findings");
    let mut times = Vec::new();
    let mut id = 1;
    while !over.load(Ordering::Relaxed) {
        // A step that shares no factor with any round number visits the ids evenly and far from each other.
        id = (id + 611_953) % last + 1;
        let begun = Instant::now();
        // Not `updated_at`: what somebody has changed may be left to the next run, and then the tables would differ.
        let change = diesel::sql_query("UPDATE findings SET title = title WHERE id = $1");
        change.bind::<BigInt, _>(id).execute(&mut conn).expect("a change");
        times.push(begun.elapsed());
        std::thread::sleep(THINKING);
    }
    times
}

/// The oldest transaction seen that could hold locks on rows of findings. It is as old as its first statement, so its locks
/// were held for less, but it may have gone on for up to one pause after the last look.
fn watch_locks(database: &Database, over: &AtomicBool) -> Duration {
    let mut conn = database.connect();
    let oldest = "SELECT max(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000000) \
                  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
                  WHERE l.relation = 'findings'::regclass AND l.mode IN ('RowShareLock', 'RowExclusiveLock') \
                    AND a.application_name = 'tenantatlas'";
    let mut longest = 0;
    while !over.load(Ordering::Relaxed) {
        longest = longest.max(cluster::number(&mut conn, oldest));
        std::thread::sleep(LOOK);
    }
    Duration::from_micros(longest.unsigned_abs())
}

impl Disturbed {
    /// In words.
    pub fn describe(&self) -> String {
        let writer =
            |times: &[Duration]| format!("{:.2?} / {:.2?} / {:.2?}", median(times), quantile(times, 0.99), longest(times));
        format!(
            "Once more with a writer beside, who changes one finding after the other by id, {THINKING:?} after each commit: the \
             backfill took {:.2?}; the oldest transaction with row locks on findings was {:.0?} old; the writer's {} changes took \
             {} (median / 99th percentile / longest), alone on the same table {}.",
            self.time,
            self.longest_hold,
            self.busy.len(),
            writer(&self.busy),
            writer(&self.idle),
        )
    }
}
