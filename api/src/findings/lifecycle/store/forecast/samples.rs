//! Some findings before and after.

use super::in_scope;
use crate::findings::lifecycle::Tenants;
use crate::findings::lifecycle::rules::{self, DECIDED, LIVE};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// One finding before and after; only what changes is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, QueryableByName)]
pub struct Sample {
    /// The tenant.
    #[diesel(sql_type = BigInt)]
    pub tenant_id: i64,
    /// The finding.
    #[diesel(sql_type = BigInt)]
    pub finding_id: i64,
    /// Values now.
    #[diesel(sql_type = Jsonb)]
    #[schema(value_type = Object)]
    pub before: Value,
    /// Values afterwards.
    #[diesel(sql_type = Jsonb)]
    #[schema(value_type = Object)]
    pub after: Value,
}

/// Columns that a sample shows, with what they become.
const SHOWN: [(&str, &str); 9] = [
    ("first_seen_at", "first_seen_after"),
    ("last_seen_at", "last_seen_after"),
    ("times_seen", "times_after"),
    ("status", "status_after"),
    ("sla_days", "sla_after"),
    ("due_at", "due_after"),
    ("due_source", "due_source_after"),
    ("closed_reason", "closed_reason_after"),
    ("consolidated_into_id", "consolidated_into_after"),
];

static SAMPLES: LazyLock<String> = LazyLock::new(|| {
    let object = |pick: fn(&(&'static str, &'static str)) -> &'static str| {
        let pairs: Vec<String> = SHOWN.iter().map(|shown| format!("'{}', f.{}", shown.0, pick(shown))).collect();
        format!("jsonb_build_object({})", pairs.join(", "))
    };
    format!(
        "WITH picked AS (
             (SELECT f.tenant_id, f.fingerprint FROM findings f WHERE {in_question}
              GROUP BY f.tenant_id, f.fingerprint HAVING count(*) FILTER (WHERE {LIVE}) > 1 OR {stranded} ORDER BY f.tenant_id, f.fingerprint LIMIT 5)
             UNION
             (SELECT f.tenant_id, f.fingerprint FROM findings f WHERE {pending} AND {in_question} LIMIT 20)),
         src AS MATERIALIZED (
             SELECT f.id FROM picked k CROSS JOIN LATERAL (
                 SELECT f.id FROM findings f WHERE f.tenant_id = k.tenant_id AND f.fingerprint = k.fingerprint OFFSET 0) f),
         {plan},
         pairs AS (
             SELECT f.tenant_id, f.id, f.by_others, {before} AS before, {after} AS after
             FROM plan f WHERE {pending} OR f.by_others)
         SELECT x.tenant_id, x.id AS finding_id,
                (SELECT coalesce(jsonb_object_agg(b.key, b.value), '{{}}') FROM jsonb_each(x.before) b WHERE x.after -> b.key <> b.value) AS before,
                (SELECT coalesce(jsonb_object_agg(a.key, a.value), '{{}}') FROM jsonb_each(x.after) a WHERE x.before -> a.key <> a.value) AS after
         FROM pairs x ORDER BY x.by_others DESC, x.tenant_id, x.id LIMIT 20",
        pending = rules::pending(),
        stranded = rules::stranded(LIVE, DECIDED),
        in_question = format!("($1 IS NULL OR f.tenant_id = ANY($1)) AND {}", in_scope("f.tenant_id")),
        plan = rules::plan(),
        before = object(|shown| shown.0),
        after = object(|shown| shown.1),
    )
});

/// Up to 20 findings before and after, duplicate groups among them where there are some.
pub fn samples(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<Vec<Sample>> {
    diesel::sql_query(SAMPLES.as_str()).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).load(conn)
}
