//! What every request handler of a node shares.

use super::installation_figures::InstallationFigures;
use crate::auth::keys::Keys;
use crate::config::Config;
use crate::db::Db;
use crate::http::extract::Uploads;
use crate::runs::watch::Watchers;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// Shared by all handlers of this process; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The settings.
    pub config: Arc<Config>,
    /// The primary database.
    pub db: Db,
    /// The replica for reading, or the primary again.
    pub read_db: Db,
    /// Keys of session tokens.
    pub keys: Keys,
    /// Live views of runs.
    pub watchers: Watchers,
    /// Files on their way in.
    pub uploads: Uploads,
    /// Renders the metrics of the process.
    pub metrics: PrometheusHandle,
    /// Figures of the installation among them.
    pub figures: InstallationFigures,
}
