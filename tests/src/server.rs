//! One server of the product, on a free port, in a thread of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Instant;
use tenantatlas::auth::keys::Keys;
use tenantatlas::config::Config;
use tenantatlas::db::Address;
use tenantatlas::server::Application;
use tenantatlas::worker::{STOP, Worker};

/// How a server is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Settings by variable.
    pub settings: HashMap<String, String>,
    /// Lanes of its worker; none: no worker.
    pub lanes: usize,
}

/// A running server; it stops when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// The keys that sign its sessions.
    pub keys: Keys,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
    worker: Option<Worker>,
}

/// Asks a server to stop; the framework's own type needs not be known here.
type Stop = Box<dyn Fn() + Send + Sync>;

impl Server {
    /// Starts a server over a migrated database.
    pub async fn start(database_url: &str, options: &Options) -> Self {
        let config = config(options);
        let address = Address::parse(database_url).expect("an address");
        let worker = (options.lanes > 0).then(|| Worker::start(&address, &config).expect("a worker"));
        let (tell, told) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            tokio::task::LocalSet::new().block_on(&runtime, async move {
                let application = Application::build(config, &address).await.expect("a server");
                let handle = application.handle();
                let stop: Stop = Box::new(move || drop(handle.stop(false)));
                let _ = tell.send((application.address, application.state.keys.clone(), stop));
                application.run().await.expect("the server to end well");
            });
            runtime.shutdown_background();
        });
        let (address, keys, stop) = told.await.expect("the server to start");
        Self { address, keys, stop, thread: Some(thread), worker }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.stop(Instant::now() + STOP);
        }
        (self.stop)();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))), "the server panicked");
    }
}

/// The settings of a server that is set up so.
pub(crate) fn config(options: &Options) -> Config {
    let default = |name: &str| match name {
        "TENANTATLAS_LISTEN" => Some("127.0.0.1:0".to_owned()),
        // Tests ask for more in a minute than anybody else does; those of the limit set it.
        "TENANTATLAS_RATE_LIMIT" => Some("off".to_owned()),
        "TENANTATLAS_WORKER_CONCURRENCY" if options.lanes > 0 => Some(options.lanes.to_string()),
        _ => None,
    };
    Config::from(&|name| options.settings.get(name).cloned().or_else(|| default(name))).expect("settings")
}
