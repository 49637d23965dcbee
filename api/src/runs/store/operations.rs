//! The runs that a member sees: the newest of each tenant and type first, by the index of the tenant, then the newest of those.

use super::runs::{RunRow, select_from};
use crate::db::page::PageRequest;
use crate::runs::list_operations::OperationFilter;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};

pub(in crate::runs) fn list(
    conn: &mut PgConnection,
    shown: &[(i64, &str)],
    filter: &OperationFilter,
    page: PageRequest,
) -> QueryResult<Vec<RunRow>> {
    let (tenants, kinds): (Vec<i64>, Vec<&str>) = shown.iter().copied().unzip();
    // As text: a plan for any number of rows would be one for a tenth of the table.
    let limit = page.limit.saturating_add(1);
    let ids = format!(
        "SELECT newest.id FROM unnest($1::bigint[], $2::text[]) AS shown (tenant_id, type)
         CROSS JOIN LATERAL (
             SELECT o.id FROM operation_runs o
             WHERE o.tenant_id = shown.tenant_id AND o.type = shown.type AND ($3 IS NULL OR -o.id > -$3)
               AND ($4 IS NULL OR o.status = $4) AND ($5 IS NULL OR o.outcome = $5)
               AND ($6 IS NULL OR o.created_at >= $6) AND ($7 IS NULL OR o.created_at < $7)
             ORDER BY -o.id LIMIT {limit}) newest
         ORDER BY newest.id DESC LIMIT {limit}"
    );
    let source = format!("({ids}) page JOIN operation_runs r ON r.id = page.id");
    diesel::sql_query(format!("{} ORDER BY r.id DESC", select_from(&source)))
        .bind::<Array<BigInt>, _>(tenants)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Nullable<BigInt>, _>(page.after)
        .bind::<Nullable<Text>, _>(filter.status.map(|status| status.as_str()))
        .bind::<Nullable<Text>, _>(filter.outcome.map(|outcome| outcome.as_str()))
        .bind::<Nullable<Timestamptz>, _>(filter.created_after)
        .bind::<Nullable<Timestamptz>, _>(filter.created_before)
        .load(conn)
}
