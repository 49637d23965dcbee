//! `POST /ops/runbooks/{key}/runs`

mod confirmation;
mod created;
mod deduplicated;
mod idempotency;
mod order_of_checks;
mod refused_bodies;
mod stale_preflight;

use serde_json::{Value, json};
use support::Actor;
use support::actor::runbooks::{BACKFILL, all_tenants, reason};
use support::response::Response;

/// What a start over all tenants needs.
fn start_of_all(preflight_id: i64) -> Value {
    json!({ "preflight_id": preflight_id, "scope": all_tenants(), "typed_confirmation": "BACKFILL", "reason": reason() })
}

/// The id of a new preflight over all tenants.
async fn preflight_of_all(operator: &Actor) -> i64 {
    operator.preflight(&all_tenants()).await.assert_status(200).id()
}

async fn start(operator: &Actor, body: &Value) -> Response {
    operator.start_run(BACKFILL, body).await
}
