//! The lifecycle rules (FND-03, FND-04, FND-05).

mod concurrent_edits;
mod duplicates;
mod properties;
mod single_rows;

use support::{Actor, TestApp};

/// Starts the backfill over all tenants and works it off.
async fn repair(app: &TestApp, operator: &Actor) {
    operator.start_backfill_of_all().await.assert_status(201);
    app.drain().await;
}
