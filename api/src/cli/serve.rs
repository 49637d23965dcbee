//! `tenantatlas serve`

use super::database::Database;
use super::demo;
use super::exit::Exit;
use super::output::line;
use crate::config::Config;
use crate::db::migrate;
use crate::error::{Error, Result};
use crate::server::Application;
use crate::worker::{Worker, listen};
use tokio::signal::unix::{SignalKind, signal};

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
    let database = Database::open(&config)?;
    database.connections().run(migrate::migrate)?;
    let credentials = match args.demo {
        true => demo::load_once(&config, &database)?,
        false => None,
    };
    let worker = match args.no_worker {
        true => None,
        false => Some(Worker::start(&database.url, &config)?),
    };
    let runtime = runtime()?;
    let local = tokio::task::LocalSet::new();
    let result = local.block_on(&runtime, async {
        if let Some(worker) = &worker {
            tokio::spawn(listen(database.url.clone(), worker.signal()));
        }
        let public_url = config.public_url.clone();
        let application = Application::build(config, &database.url).await?;
        announce(&public_url.unwrap_or_else(|| format!("http://{}", application.address)), credentials.as_deref())?;
        let (handle, state) = (application.handle(), application.state.clone());
        let server = tokio::task::spawn_local(application.run());
        wait_for_stop().await;
        tracing::info!("stopping");
        if let Some(worker) = &worker {
            worker.signal().stop();
        }
        state.close_streams();
        handle.stop(true).await;
        server.await.map_err(Error::internal)?.map_err(Error::internal)
    });
    if let Some(worker) = worker {
        worker.stop();
    }
    runtime.shutdown_background();
    result.map(|()| Exit::Done)
}

fn announce(address: &str, credentials: Option<&str>) -> Result<()> {
    line(&format!("TenantAtlas listens on {address}"))?;
    line(&format!("  API documentation: {address}/docs/"))?;
    match credentials {
        Some(credentials) => credentials.lines().try_for_each(|each| line(&format!("  {each}"))),
        None => line("  Sign in with an operator made by: tenantatlas operator create --email … --name … --capability …"),
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

/// Returns at the first SIGINT or SIGTERM.
pub(super) async fn wait_for_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
