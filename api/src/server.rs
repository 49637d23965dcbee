//! From settings to listener: one screen. Middleware, order of layers, every slice mounted.

use crate::alerts::Outbox;
use crate::config::Config;
use crate::db::{Address, Db, Purpose, SessionLimits};
use crate::error::{Code, Error, Result};
use crate::http::descriptors::Shares;
use crate::http::documentation::{self, DOCUMENT_PATH, Documentation};
use crate::http::extract::{Uploads, upload};
use crate::http::fallback::{KnownPaths, fallback};
use crate::http::installation_figures::InstallationFigures;
use crate::http::rate_limit::RateLimits;
use crate::http::readiness::Readiness;
use crate::http::streams::Streams;
use crate::http::under_way::UnderWay;
use crate::http::{State, envelope::envelope, openapi, process};
use crate::notifications::Feed;
use crate::runs::watch::Watchers;
use crate::{
    alerts, audit, auth, controls, dashboard, findings, notifications, observability, runbooks, runs, telemetry, tenancy,
};
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use std::net::SocketAddr;
use std::sync::Arc;
use tracing_actix_web::TracingLogger;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

/// Connections for readiness and metrics, each of which looks once at a time.
const PROCESS_CONNECTIONS: u32 = 2;
/// Seconds in which requests in flight may end at shutdown.
const SHUTDOWN_SECONDS: u64 = 2;

/// Mounts every operation; the API document is collected from the same registration.
fn mount(cfg: &mut ServiceConfig<'_>) {
    cfg.service(process::healthz).service(process::readyz).service(process::metrics).service(process::explain_problem);
    cfg.service(
        scope::scope("/api/v1/system")
            .wrap(from_fn(auth::routes::authenticate_operator))
            .configure(auth::routes::configure)
            .configure(tenancy::routes::configure)
            .configure(runbooks::routes::configure)
            .configure(runs::routes::configure)
            .configure(controls::routes::configure)
            .configure(audit::routes::configure)
            .configure(telemetry::routes::configure)
            .configure(dashboard::routes::configure)
            .configure(alerts::routes::configure)
            .configure(notifications::routes::configure)
            .default_service(web::route().to(fallback)),
    );
    cfg.service(
        scope::scope("/api/v1/admin")
            .wrap(from_fn(auth::routes::authenticate_user))
            .configure(auth::routes::configure_admin)
            .configure(tenancy::routes::configure_admin)
            .configure(findings::routes::configure_admin)
            .configure(runbooks::routes::configure_admin)
            .configure(runs::routes::configure_admin)
            .configure(notifications::routes::configure_admin)
            .default_service(web::route().to(fallback)),
    );
}

/// The API document.
pub fn document() -> OpenApi {
    let (_, document) = App::new().into_utoipa_app().configure(mount).split_for_parts();
    openapi::complete(document)
}

/// The API document as it is committed. Its members are sorted: extensions of an operation come in no order of their own.
pub fn document_text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&serde_json::to_value(document())?)
}

/// A server that is bound and ready to run.
pub struct Application {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its parts, for the caller's own use.
    pub state: State,
    server: Server,
}

impl Application {
    /// Binds the listener of the settings over a migrated database.
    pub async fn build(config: Config, database: &Address) -> Result<Self> {
        upload::ensure_kept()?;
        let db = Db::shared_out(database, config.connections, SessionLimits::REQUEST);
        let open_replica = |address| Db::for_reads(address, config.connections, SessionLimits::REQUEST);
        let read_db = config.database_read_url.as_ref().map_or_else(|| db.clone(), open_replica);
        let keys = auth::keys::Keys::load(&config.signing_keys, &db).await?;
        let listen = config.listen;
        let rate_limits = RateLimits::new(config.rate_limit);
        let uploads = Uploads::new(config.uploads_per_tenant);
        let config = Arc::new(config);
        let settings = config.clone();
        let outbox = db.with(move |conn| Outbox::load(conn, &settings)).await?;
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let shares = Shares::claim(threads);
        let state = State {
            identity_db: db.for_purpose(Purpose::Identity),
            controls_db: db.for_purpose(Purpose::Controls),
            process_db: Db::new(database, PROCESS_CONNECTIONS, SessionLimits::PROCESS),
            streams: Streams::new(shares.streams, config.streams_per_person),
            db,
            read_db,
            keys,
            rate_limits,
            under_way: UnderWay::new(config.request_shares),
            config,
            outbox,
            watchers: Watchers::default(),
            feed: Feed::default(),
            uploads,
            readiness: Readiness::default(),
            metrics: observability::metrics_handle(),
            figures: InstallationFigures::default(),
        };
        let document = document();
        let known = web::Data::new(KnownPaths::of(&document));
        // The same bytes for every worker: a document is many times larger in memory than in writing.
        let documentation = web::Data::new(Documentation::new(serde_json::to_vec(&document).map_err(Error::internal)?));
        drop(document);
        let shared = web::Data::new(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(known.clone())
                .wrap(Compress::default())
                .wrap(from_fn(envelope))
                .wrap(TracingLogger::<observability::RequestSpan>::new())
                .into_utoipa_app()
                .configure(mount)
                .into_app()
                .app_data(documentation.clone())
                .route(DOCUMENT_PATH, web::get().to(documentation::api_document))
                .route("/docs/{name:.*}", web::get().to(documentation::page_file))
                .service(web::redirect("/docs", "/docs/"))
                .default_service(web::route().to(fallback))
        })
        .workers(threads)
        .max_connections(shares.connections_of_a_thread)
        // A client that closes its side is gone: its stream gives its place back at once, not when a write fails.
        .h1_allow_half_closed(false)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .bind(listen)
        .map_err(|error| Error::new(Code::Unavailable, format!("TENANTATLAS_LISTEN: cannot listen on {listen}: {error}")))?;
        let address = server.addrs().first().copied().unwrap_or(listen);
        Ok(Self { address, state, server: server.run() })
    }

    /// Serves until the handle stops it.
    pub async fn run(self) -> std::io::Result<()> {
        self.server.await
    }

    /// Stops the server from outside.
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }
}
