//! How many findings would change.

use super::{SCOPE, in_scope};
use crate::findings::lifecycle::Tenants;
use crate::findings::lifecycle::rules::{self, DECIDED, LIVE};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable};
use std::sync::LazyLock;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Rows that need the repair themselves, and the others on which other rows of their fingerprint decide. Which fingerprints are shared, one scan of the
/// index for each tenant says; their rows are looked up one group at a time, never joined: see [`rules::plan`].
static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT (SELECT count(*) FROM findings f WHERE ($1 IS NULL OR f.tenant_id = ANY($1)) AND {in_scope} AND {pending})
              + (SELECT coalesce(sum(g.settled), 0)::bigint FROM ({SCOPE}) t
                 CROSS JOIN LATERAL (
                     SELECT f.fingerprint FROM findings f WHERE f.tenant_id = t.id
                     GROUP BY f.fingerprint HAVING count(*) > 1 OFFSET 0) k
                 CROSS JOIN LATERAL (
                     SELECT count(*) FILTER (WHERE {LIVE}) AS live, count(*) FILTER (WHERE {LIVE} AND NOT {pending}) AS settled,
                            {stranded} AS stranded FROM findings f
                     WHERE f.tenant_id = t.id AND f.fingerprint = k.fingerprint OFFSET 0) g
                 WHERE g.live > 1 OR g.stranded) AS count",
        pending = rules::pending(),
        stranded = rules::stranded(LIVE, DECIDED),
        in_scope = in_scope("f.tenant_id"),
    )
});

/// How many findings would change, by the same predicate as [`super::inspect`].
pub fn count(conn: &mut PgConnection, tenants: &Tenants) -> QueryResult<i64> {
    diesel::sql_query(COUNT.as_str())
        .bind::<Nullable<Array<BigInt>>, _>(tenants.ids())
        .get_result::<Count>(conn)
        .map(|row| row.count)
}

/// How many findings would change, held against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// None.
    Nothing,
    /// Some, and no more than the limit.
    Within,
    /// More.
    Beyond,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    pending: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

static ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT count(*) FILTER (WHERE {pending}) AS pending, count(*) AS total FROM findings f
         WHERE ($1 IS NULL OR f.tenant_id = ANY($1)) AND {in_scope}",
        pending = rules::pending(),
        in_scope = in_scope("f.tenant_id"),
    )
});

/// The same question as [`count`] where only its relation to `limit` matters. Most often one pass over the rows answers it,
/// without looking for duplicates: there is a row that needs the repair, and there are no more rows at all than the limit.
pub fn extent(conn: &mut PgConnection, tenants: &Tenants, limit: i64) -> QueryResult<Extent> {
    let rows: Rows = diesel::sql_query(ROWS.as_str()).bind::<Nullable<Array<BigInt>>, _>(tenants.ids()).get_result(conn)?;
    let affected = match rows.pending > limit || (rows.pending > 0 && rows.total <= limit) {
        true => rows.pending,
        false => count(conn, tenants)?,
    };
    Ok(match affected {
        0 => Extent::Nothing,
        _ if affected <= limit => Extent::Within,
        _ => Extent::Beyond,
    })
}
