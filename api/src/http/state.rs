//! What every request handler of a node shares.

use super::installation_figures::InstallationFigures;
use super::rate_limit::RateLimits;
use super::readiness::Readiness;
use super::under_way::UnderWay;
use crate::alerts::Outbox;
use crate::auth::keys::Keys;
use crate::config::Config;
use crate::db::Db;
use crate::http::extract::Uploads;
use crate::http::streams::Streams;
use crate::notifications::Feed;
use crate::runs::watch::Watchers;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;

/// Shared by all handlers of this process; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The settings.
    pub config: Arc<Config>,
    /// The primary database, within the shares of whoever calls.
    pub db: Db,
    /// The primary database with connections kept for finding out who calls: sign-in, sessions, API tokens.
    pub identity_db: Db,
    /// The primary database with connections kept for kill switches.
    pub controls_db: Db,
    /// The primary database over connections of their own for readiness and metrics, which tell of the others.
    pub process_db: Db,
    /// The replica for lists and figures, or the primary again. Single things are read from the primary: whoever has just made or
    /// changed one finds it so.
    pub read_db: Db,
    /// Keys of session tokens.
    pub keys: Keys,
    /// How much a caller may ask.
    pub rate_limits: RateLimits,
    /// Requests under way, by person and tenant.
    pub under_way: UnderWay,
    /// What keeps the secrets of alert destinations, and judges their addresses.
    pub outbox: Outbox,
    /// Live views of runs.
    pub watchers: Watchers,
    /// Live views of notifications.
    pub feed: Feed,
    /// Places for live views.
    pub streams: Streams,
    /// Files on their way in.
    pub uploads: Uploads,
    /// Readiness of the process.
    pub readiness: Readiness,
    /// Renders the metrics of the process.
    pub metrics: PrometheusHandle,
    /// Figures of the installation among them.
    pub figures: InstallationFigures,
}

impl State {
    /// Ends all live views, so that a shutdown does not wait for them.
    pub fn close_streams(&self) {
        self.watchers.close();
        self.feed.close();
    }
}
