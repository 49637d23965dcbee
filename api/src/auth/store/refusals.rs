//! Refused sign-ins of the present minute.

use super::super::refusals::{Counted, Refusal};
use super::super::session::Plane;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    is_first: bool,
}

/// Counts a refusal in the row of its minute, address and account, while there is room for such a row; else in that of all other
/// accounts of the address; else in that of all other addresses, by account where there is such an account, so that whoever
/// makes the room short hides nothing about an account that exists. True when it is the first of its row.
pub(in crate::auth) fn count_refusal(
    conn: &mut PgConnection,
    refusal: &Refusal,
    (of_address, of_all): (i64, i64),
) -> QueryResult<bool> {
    let accounts = match refusal.plane {
        Plane::System => "platform_users",
        Plane::Admin => "users",
    };
    diesel::sql_query(format!(
        "WITH clock AS MATERIALIZED (SELECT date_trunc('minute', db_now()) AS minute), \
         present AS MATERIALIZED ( \
             SELECT r.* FROM sign_in_refusals r WHERE r.minute = (SELECT minute FROM clock) AND r.address <> ''), \
         room AS (SELECT count(*) FILTER (WHERE address = $3 AND plane = $1 AND kind = $2 AND account <> '') < $5 AS of_address, \
                         count(*) < $6 AS of_all, \
                         bool_or(address = $3 AND account = $4 AND plane = $1 AND kind = $2) AS has_row, \
                         bool_or(address = $3 AND account = '' AND plane = $1 AND kind = $2) AS has_others \
                  FROM present), \
         place AS (SELECT CASE WHEN has_row OR has_others OR of_all THEN $3 ELSE '' END AS address, \
                          CASE WHEN has_row OR (of_all AND of_address) THEN $4 \
                               WHEN has_others OR of_all THEN '' \
                               WHEN EXISTS (SELECT FROM {accounts} WHERE email = $4) THEN $4 ELSE '' END AS account \
                   FROM room) \
         INSERT INTO sign_in_refusals AS r (plane, kind, minute, address, account) \
         SELECT $1, $2, c.minute, p.address, p.account FROM clock c, place p \
         ON CONFLICT (minute, plane, kind, address, account) DO UPDATE SET count = r.count + 1 \
         RETURNING r.count = 1 AS is_first"
    ))
    .bind::<Text, _>(refusal.plane.as_str())
    .bind::<Text, _>(refusal.kind.as_str())
    .bind::<Text, _>(&refusal.address)
    .bind::<Text, _>(&refusal.account)
    .bind::<BigInt, _>(of_address)
    .bind::<BigInt, _>(of_all)
    .get_result::<Answer>(conn)
    .map(|row| row.is_first)
}

/// Takes rows whose minute is over, each once.
pub(in crate::auth) fn take_refusals(conn: &mut PgConnection, limit: i64) -> QueryResult<Vec<Counted>> {
    diesel::sql_query(
        "DELETE FROM sign_in_refusals WHERE ctid IN ( \
             SELECT ctid FROM sign_in_refusals WHERE minute < date_trunc('minute', (SELECT db_now())) \
             ORDER BY minute, plane, kind, address, account LIMIT $1 FOR UPDATE SKIP LOCKED) \
         RETURNING plane, kind, minute, address, account, count",
    )
    .bind::<BigInt, _>(limit)
    .load(conn)
}
