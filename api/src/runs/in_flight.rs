//! What controls learn of runs under way.

use super::store::reach as store;
use crate::controls::ActiveRuns;
use crate::error::Result;
use diesel::PgConnection;

/// Runs with unfinished targets, counted by their targets: a run over all tenants belongs to each workspace that it still
/// reaches.
#[derive(Debug, Clone, Copy)]
pub struct InFlight;

impl ActiveRuns for InFlight {
    fn count(&self, conn: &mut PgConnection, operation_types: &[&str], workspaces: Option<&[i64]>) -> Result<i64> {
        Ok(store::count_in_flight(conn, operation_types, workspaces)?)
    }
}
