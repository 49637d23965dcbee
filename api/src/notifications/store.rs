//! All SQL of notifications. Under a user's scope row-level security leaves out what they may not see.

use super::feed::Version;
use super::model::{NotifiedRun, Recipient, label_of, link_of};
use super::{Inbox, Notification};
use crate::db::page::PageRequest;
use crate::db::prepared;
use crate::tenancy::TenantRef;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use serde_json::Value;
use time::OffsetDateTime;

/// Tells the initiator of a run that it has ended, if a person is. A second time changes nothing.
pub fn insert_for_initiator(conn: &mut PgConnection, run_id: i64) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO notifications (run_id, workspace_id, tenant_id, platform_user_id, user_id)
         SELECT id, workspace_id, tenant_id, platform_user_id, user_id FROM operation_runs
         WHERE id = $1 AND initiator_type IN ('operator', 'user')
         ON CONFLICT ON CONSTRAINT notifications_run_id_key DO NOTHING",
    )
    .bind::<BigInt, _>(run_id)
    .execute(conn)
    .map(|_| ())
}

/// Removes what was told 90 days ago, read or not; a thousand at a time, so that no statement takes long.
pub fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM notifications WHERE id IN
             (SELECT id FROM notifications WHERE created_at < (SELECT db_now()) - interval '90 days' ORDER BY created_at LIMIT 1000)",
    )
    .execute(conn)
}

/// Notifications `n` of the inbox of `$1`, and of what its holder may see: as `$2` and `$3` for a user.
fn own(inbox: &Inbox) -> String {
    let column = match inbox.recipient() {
        Recipient::Operator(_) => "platform_user_id",
        Recipient::User(_) => "user_id",
    };
    let seen = inbox.sight().map_or("", |_| {
        " AND EXISTS (SELECT FROM operation_runs o JOIN unnest($2, $3) AS seen (type, tenant_id) ON seen.type = o.type \
          WHERE o.id = n.run_id AND seen.tenant_id = n.tenant_id)"
    });
    format!("n.{column} = $1{seen}")
}

/// Binds what [`own`] speaks of; further values follow.
fn bound<'a>(sql: &str, inbox: &Inbox) -> BoxedSqlQuery<'a, Pg, SqlQuery> {
    let query = diesel::sql_query(sql).into_boxed().bind::<BigInt, _>(inbox.recipient().id());
    match inbox.sight() {
        Some(sight) => query.bind::<Array<Text>, _>(sight.types.clone()).bind::<Array<BigInt>, _>(sight.tenants.clone()),
        None => query,
    }
}

/// The number of the value behind those of [`own`].
fn next(inbox: &Inbox) -> usize {
    if inbox.sight().is_some() { 4 } else { 2 }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    run_id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    outcome: String,
    #[diesel(sql_type = Jsonb)]
    summary_counts: Value,
    #[diesel(sql_type = Nullable<BigInt>)]
    tenant_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    tenant_name: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: OffsetDateTime,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    read_at: Option<OffsetDateTime>,
}

impl Row {
    fn shown_to(self, recipient: Recipient) -> Notification {
        Notification {
            id: self.id,
            link: link_of(recipient, self.run_id, self.tenant_id),
            run: NotifiedRun {
                id: self.run_id,
                label: label_of(&self.kind),
                kind: self.kind,
                outcome: self.outcome,
                tenant: self.tenant_id.map(|id| TenantRef { id, name: self.tenant_name.unwrap_or_default() }),
                summary_counts: self.summary_counts,
            },
            created_at: self.created_at,
            read_at: self.read_at,
        }
    }
}

/// What is shown of notifications in an inbox.
fn select(inbox: &Inbox) -> String {
    format!(
        "SELECT n.id, n.run_id, r.type AS kind, r.outcome, r.summary_counts, n.tenant_id, t.name AS tenant_name, n.created_at, n.read_at
         FROM notifications n JOIN operation_runs r ON r.id = n.run_id LEFT JOIN tenants t ON t.id = n.tenant_id
         WHERE {}",
        own(inbox)
    )
}

pub(super) fn list(conn: &mut PgConnection, inbox: &Inbox, page: PageRequest) -> QueryResult<Vec<Notification>> {
    let (after, limit) = (next(inbox), next(inbox) + 1);
    let sql = format!("{} AND n.id < ${after} ORDER BY n.id DESC LIMIT ${limit}", select(inbox));
    let query =
        bound(&sql, inbox).bind::<BigInt, _>(page.after.unwrap_or(i64::MAX)).bind::<BigInt, _>(page.limit.saturating_add(1));
    let rows: Vec<Row> = prepared(query).load(conn)?;
    Ok(rows.into_iter().map(|row| row.shown_to(inbox.recipient())).collect())
}

pub(super) fn find_newest_unread(conn: &mut PgConnection, inbox: &Inbox) -> QueryResult<Option<Notification>> {
    let sql = format!("{} AND n.read_at IS NULL ORDER BY n.id DESC LIMIT 1", select(inbox));
    let row: Option<Row> = prepared(bound(&sql, inbox)).get_result(conn).optional()?;
    Ok(row.map(|row| row.shown_to(inbox.recipient())))
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub(super) fn count_unread(conn: &mut PgConnection, inbox: &Inbox) -> QueryResult<i64> {
    let sql = format!("SELECT count(*) AS count FROM notifications n WHERE {} AND n.read_at IS NULL", own(inbox));
    prepared(bound(&sql, inbox)).get_result::<Count>(conn).map(|row| row.count)
}

/// How many there are with this id: one, or none.
pub(super) fn set_read(conn: &mut PgConnection, inbox: &Inbox, id: i64) -> QueryResult<usize> {
    let (own, at) = (own(inbox), next(inbox));
    let sql = format!("UPDATE notifications n SET read_at = coalesce(n.read_at, db_now()) WHERE {own} AND n.id = ${at}");
    bound(&sql, inbox).bind::<BigInt, _>(id).execute(conn)
}

pub(super) fn set_all_read(conn: &mut PgConnection, inbox: &Inbox, up_to: i64) -> QueryResult<usize> {
    let (own, at) = (own(inbox), next(inbox));
    let sql = format!("UPDATE notifications n SET read_at = db_now() WHERE {own} AND n.id <= ${at} AND n.read_at IS NULL");
    bound(&sql, inbox).bind::<BigInt, _>(up_to).execute(conn)
}

#[derive(QueryableByName)]
struct VersionRow {
    #[diesel(sql_type = Bool)]
    is_operator: bool,
    #[diesel(sql_type = BigInt)]
    recipient_id: i64,
    #[diesel(sql_type = BigInt)]
    unread: i64,
    #[diesel(sql_type = BigInt)]
    newest: i64,
}

/// How many are unread and which is the newest of those, of each recipient who has any, in one statement.
pub(super) fn list_versions(conn: &mut PgConnection, recipients: &[Recipient]) -> QueryResult<Vec<(Recipient, Version)>> {
    let (mut operators, mut users) = (Vec::new(), Vec::new());
    for recipient in recipients {
        match recipient {
            Recipient::Operator(id) => operators.push(*id),
            Recipient::User(id) => users.push(*id),
        }
    }
    let query = diesel::sql_query(
        "SELECT true AS is_operator, platform_user_id AS recipient_id, count(*) AS unread, max(id) AS newest
         FROM notifications WHERE platform_user_id = ANY ($1) AND read_at IS NULL GROUP BY platform_user_id
         UNION ALL
         SELECT false, user_id, count(*), max(id) FROM notifications WHERE user_id = ANY ($2) AND read_at IS NULL GROUP BY user_id",
    )
    .bind::<Array<BigInt>, _>(operators)
    .bind::<Array<BigInt>, _>(users);
    let rows: Vec<VersionRow> = prepared(query).load(conn)?;
    let version = |row: VersionRow| {
        let recipient = if row.is_operator { Recipient::Operator } else { Recipient::User };
        (recipient(row.recipient_id), Version { unread: row.unread, newest: row.newest })
    };
    Ok(rows.into_iter().map(version).collect())
}
