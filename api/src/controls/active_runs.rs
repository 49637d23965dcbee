//! What controls have to know of executions, which they must not import.

use crate::error::Result;
use diesel::PgConnection;

/// Runs under way. The slice that owns runs implements this.
pub trait ActiveRuns: Send + Sync {
    /// Runs of these types with unfinished targets in these workspaces; none named: anywhere.
    fn count(&self, conn: &mut PgConnection, operation_types: &[&str], workspaces: Option<&[i64]>) -> Result<i64>;
}
