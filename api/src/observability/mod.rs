//! Logs and metrics of the process. What is never logged: passwords, tokens, cookies, bodies, addresses of persons.

mod log_limit;
mod log_losses;
mod log_writer;

pub use log_writer::Log;

use crate::config::{Config, LogFormat};
use log_limit::LogLimit;
use log_writer::LogWriter;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Levels of libraries where they are not ours: one calls it an error when a client sends what is no HTTP, the other repeats each
/// failure of the database, which is told where it is noticed. The filter of the setting may still ask for them.
const LIBRARIES: &str = "actix_http::h1=off,graphile_worker=off";

/// Begins to log to standard error. A second call in one process changes nothing.
pub fn init_logging(config: &Config) -> Result<Log, String> {
    let filter = EnvFilter::try_new(format!("{LIBRARIES},{}=warn,{}", log_losses::TARGET, config.log))
        .map_err(|error| format!("TENANTATLAS_LOG: a filter is expected, as info: {error}"))?;
    let writer = Arc::new(LogWriter::start(std::io::stderr()).map_err(|error| format!("The log cannot be written: {error}"))?);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(Arc::clone(&writer))
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    let lines = match config.log_format {
        LogFormat::Text => lines.with_target(false).compact().boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let _ = tracing_subscriber::registry().with(filter).with(LogLimit::new()).with(lines).try_init();
    std::panic::set_hook(Box::new(|panic| {
        // A text that was put together may hold what is never logged, one of the code does not.
        let said = panic.payload().downcast_ref::<&'static str>().copied();
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, said, "panicked");
    }));
    Ok(Log(writer))
}

/// The recorder of this process's metrics; further calls get the same one.
pub fn metrics_handle() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            // Buckets can be added up over nodes, quantiles cannot.
            let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS).unwrap_or_default();
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            let _ = metrics::set_global_recorder(recorder);
            describe();
            log_losses::meter();
            handle
        })
        .clone()
}

/// Upper bounds of the buckets of everything that is measured in seconds.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

fn describe() {
    metrics::describe_counter!(
        "audit_write_failures_total",
        "Audit rows that could not be written where the work goes on without them."
    );
    metrics::describe_counter!(
        "telemetry_write_failures_total",
        "Product usage events that could not be written; the action they are about went on."
    );
    metrics::describe_counter!("http_requests_total", "Requests answered, by operation of the API document and status.");
    metrics::describe_histogram!("http_request_seconds", "Seconds until an answer began, by operation of the API document.");
    metrics::describe_counter!("run_targets_finished_total", "Run targets that ended, by state.");
    metrics::describe_counter!("run_target_failures_total", "Run targets that failed, by code.");
    metrics::describe_counter!("run_batches_total", "Batches committed by this process.");
    metrics::describe_histogram!("run_batch_seconds", "Seconds a batch held its locks.");
    metrics::describe_gauge!("db_connections_in_use", "Database connections in use by requests.");
    metrics::describe_gauge!("db_connections_open", "Database connections open for requests.");
    metrics::describe_histogram!("db_pool_wait_seconds", "Seconds a request waited for its turn at the database.");
    metrics::describe_counter!(
        "db_pool_refusals_total",
        "Requests that got no turn at the database in time, and were answered 503."
    );
    metrics::describe_counter!(
        "db_share_refusals_total",
        "Requests that were answered 429 because the share of their person or tenant was in use, by share."
    );
    metrics::describe_counter!(
        "db_deadlines_passed_total",
        "Requests that were answered 503 because the database did not answer them, and left their connection behind."
    );
    metrics::describe_counter!("log_lines_dropped_total", "Lines of the log that were dropped because nobody read them.");
    metrics::describe_counter!(
        "log_lines_suppressed_total",
        "Warnings and errors that were left out because there were too many."
    );
    metrics::describe_histogram!("db_lock_wait_seconds", "Seconds an advisory lock was waited for, by what it protects.");
    for name in [
        "audit_write_failures_total",
        "telemetry_write_failures_total",
        "run_batches_total",
        "db_pool_refusals_total",
        "db_deadlines_passed_total",
    ] {
        metrics::counter!(name).absolute(0);
    }
}

/// The span of a request: method, route and status; never headers, query or body.
pub struct RequestSpan;

impl tracing_actix_web::RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &actix_web::dev::ServiceRequest) -> tracing::Span {
        tracing::info_span!(
            "request",
            http.method = %request.method(),
            http.path = %request.path(),
            http.status = tracing::field::Empty,
            request_id = tracing::field::Empty,
        )
    }

    fn on_request_end<B: actix_web::body::MessageBody>(
        span: tracing::Span,
        outcome: &Result<actix_web::dev::ServiceResponse<B>, actix_web::Error>,
    ) {
        let Ok(response) = outcome else { return };
        span.record("http.status", response.status().as_u16());
        if let Some(id) = response.headers().get(crate::http::envelope::REQUEST_ID).and_then(|id| id.to_str().ok()) {
            span.record("request_id", id);
        }
        span.in_scope(|| tracing::info!("answered"));
    }
}
