//! `tenantatlas serve`

use super::database::{Absent, Database};
use super::demo;
use super::exit::Exit;
use super::output::line;
use crate::config::Config;
use crate::db::migrate;
use crate::error::{Error, Result};
use crate::server::Application;
use crate::worker::{STOP, Worker};
use std::time::Instant;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only serve; workers run elsewhere.
    #[arg(long)]
    no_worker: bool,
    /// Load demo data once: always into the private database, elsewhere only into an empty one with DEMO=1.
    #[arg(long)]
    demo: bool,
}

/// Migrates, serves and works until a signal stops it.
pub fn run(config: Config, args: &Args) -> Result<Exit> {
    let database = Database::open_to_stay(&config, Absent::Create)?;
    database.connections().run(migrate::migrate)?;
    let credentials = match args.demo {
        true => demo::load_once(&config, &database)?,
        false => None,
    };
    let runtime = runtime()?;
    let mut stop = StopSignals::listen(&runtime)?;
    let worker = match args.no_worker {
        true => None,
        false => Some(Worker::start(&database.address, &config)?),
    };
    let local = tokio::task::LocalSet::new();
    let result = local.block_on(&runtime, async {
        let (public_url, drain) = (config.public_url.clone(), config.drain);
        let application = Application::build(config, &database.address).await?;
        announce(&public_url.unwrap_or_else(|| format!("http://{}", application.address)), credentials.as_deref())?;
        let (handle, state) = (application.handle(), application.state.clone());
        let server = tokio::task::spawn_local(application.run());
        let signal = stop.received().await;
        let until = Instant::now() + drain + STOP;
        tracing::info!("stopping");
        if let Some(worker) = &worker {
            worker.signal().stop();
        }
        state.readiness.close();
        // Somebody at the keyboard, or who asks twice, is in a hurry.
        if signal == SignalKind::terminate() {
            let _ = tokio::time::timeout(drain, stop.received()).await;
        }
        state.close_streams();
        handle.stop(true).await;
        server.await.map_err(Error::internal)?.map_err(Error::internal)?;
        Ok(until)
    });
    if let Some(worker) = worker {
        worker.stop(*result.as_ref().unwrap_or(&(Instant::now() + STOP)));
    }
    runtime.shutdown_background();
    result.map(|_| Exit::Done)
}

fn announce(address: &str, credentials: Option<&str>) -> Result<()> {
    line(&format!("TenantAtlas listens on {address}"))?;
    line(&format!("  Operators: {address}/system"))?;
    line(&format!("  Customers: {address}/admin"))?;
    line(&format!("  API documentation: {address}/docs/"))?;
    match credentials {
        Some(credentials) => {
            credentials.lines().try_for_each(|each| line(&format!("  {each}")))?;
            line("  Next: sign in as the operator, open Ops / Runbooks and run a preflight")
        }
        None => line("  Next: tenantatlas operator create --email … --name … --role admin, then sign in"),
    }
}

/// The async runtime of a long-running command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(64)
        .enable_all()
        .build()
        .map_err(Error::internal)
}

/// SIGINT and SIGTERM. They are listened to from the moment this is made, which is before anything works: a process that is asked
/// to stop while it starts ends well, too.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Listens from now on.
    pub fn listen(runtime: &tokio::runtime::Runtime) -> Result<Self> {
        let _entered = runtime.enter();
        let on = |kind| signal(kind).map_err(Error::internal);
        Ok(Self { interrupt: on(SignalKind::interrupt())?, terminate: on(SignalKind::terminate())? })
    }

    /// Returns the next of them.
    pub async fn received(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        }
    }
}
