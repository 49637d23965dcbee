//! The part of a worker process that sends deliveries: jobs of the library, each one delivery, in a runtime of its own.

use super::Outbox;
use super::deliver::{TASK, deliver};
use crate::db::loggable::describe;
use crate::db::{Db, is_away, jobs};
use crate::error::{Error, Result};
use graphile_worker::{
    IntoTaskHandlerResult, LocalQueueConfig, RefetchDelayConfig, TaskHandler, Worker, WorkerContext, WorkerOptions,
    WorkerRecoveryConfig,
};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Attempts under way at once in this process.
const CONCURRENCY: usize = 8;
/// How long after the last look for jobs the next one is made at the latest, should nobody tell of any.
const POLL: Duration = Duration::from_secs(2);
/// How long after a failure of the database the next try is made.
const PAUSE: Duration = Duration::from_secs(1);

/// What the jobs share.
#[derive(Clone)]
struct Means {
    db: Db,
    outbox: Outbox,
}

impl std::fmt::Debug for Means {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Means")
    }
}

/// The job: one delivery by its id.
#[derive(Debug, Serialize, Deserialize)]
struct DeliverAlert {
    id: i64,
}

impl TaskHandler for DeliverAlert {
    const IDENTIFIER: &'static str = TASK;

    async fn run(self, ctx: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(means) = ctx.get_ext::<Means>() else { return Err("the means are missing".to_owned()) };
        // A delivery that could not be taken or recorded stays due; the sweep makes a new job for it.
        deliver(&means.db, &means.outbox, self.id).await.map_err(|error| {
            if !is_away(&error) {
                tracing::warn!(delivery.id = self.id, error = describe(&error), "alert could not be looked after");
            }
            error.to_string()
        })
    }
}

/// Sends until `stopped` says so, and looks for jobs whenever `inserted` is notified. The database may go away and come back
/// meanwhile.
pub fn run(db: &Db, outbox: &Outbox, inserted: &Arc<Notify>, stopped: impl Fn() -> bool + Send + Sync + Clone + 'static) {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(CONCURRENCY + 4)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "alerts are not sent by this process");
            return;
        }
    };
    while !stopped() {
        let means = Means { db: db.clone(), outbox: outbox.clone() };
        if let Err(error) = runtime.block_on(work(means, inserted, wait_for(stopped.clone()))) {
            tracing::warn!(error = describe(&error), "alerts are not sent for the moment");
            runtime.block_on(async { tokio::time::timeout(PAUSE, wait_for(stopped.clone())).await }).ok();
        }
    }
    runtime.shutdown_timeout(PAUSE);
}

async fn work(means: Means, inserted: &Arc<Notify>, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let worker: Worker = WorkerOptions::default()
        .database(jobs::database(&means.db, inserted))
        .schema(jobs::SCHEMA)
        .concurrency(CONCURRENCY)
        .poll_interval(POLL)
        // Without it the library takes one job a signal or poll; with it those of many destinations at once.
        .local_queue(LocalQueueConfig::builder().size(CONCURRENCY * 4).refetch_delay(when_idle()).build())
        .worker_recovery(recovery())
        // The process handles signals itself, and ends what is under way by `stop`.
        .listen_os_shutdown_signals(false)
        .shutdown_signal(stop)
        .shutdown_grace_period(super::send::LIMIT / 2)
        .add_extension(means)
        .define_job::<DeliverAlert>()
        .init()
        .await
        .map_err(Error::internal)?;
    worker.run().await.map_err(Error::internal)
}

/// Without a delay the local queue asks the database again the moment that it was told of no job, hundreds of times a second. The
/// first job that is made ends the delay.
fn when_idle() -> RefetchDelayConfig {
    RefetchDelayConfig::builder().duration(POLL).threshold(0).max_abort_threshold(1).build()
}

/// Jobs in the hands of a process that died are given to others.
fn recovery() -> WorkerRecoveryConfig {
    WorkerRecoveryConfig {
        enabled: true,
        heartbeat_interval: Duration::from_secs(5),
        sweep_interval: Duration::from_secs(5),
        sweep_threshold: Duration::from_secs(20),
        ..WorkerRecoveryConfig::default()
    }
}

async fn wait_for(stopped: impl Fn() -> bool) {
    while !stopped() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
