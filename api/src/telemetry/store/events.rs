//! Adding events.

use crate::db::prepared;
use crate::telemetry::event::UsageEvent;
use crate::telemetry::record::Person;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Text};

/// Nothing is returned: the role of the tenant plane may add events and read none.
pub fn insert(conn: &mut PgConnection, person: Person, event: &UsageEvent) -> QueryResult<()> {
    let statement = diesel::sql_query(
        "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<BigInt, _>(person.workspace_id)
    .bind::<BigInt, _>(person.tenant_id)
    .bind::<BigInt, _>(person.user_id)
    .bind::<Text, _>(event.family.info().event_name)
    .bind::<Text, _>(event.family.info().feature_area)
    .bind::<Text, _>(event.subject_type)
    .bind::<BigInt, _>(event.subject_id)
    .bind::<Jsonb, _>(&event.metadata);
    prepared(statement).run(conn)
}
