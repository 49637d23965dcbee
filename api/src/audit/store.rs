//! All SQL of the audit log.

use super::entry::Entry;
use super::list_audit_events::{AuditFilter, AuditRow};
use super::write_failures::Missing;
use crate::context::Ctx;
use crate::db::page::PageRequest;
use crate::db::schema::audit_logs as logs;
use crate::db::schema::audit_write_failures as failures;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

pub(super) fn insert(conn: &mut PgConnection, ctx: &Ctx, entry: &Entry) -> QueryResult<()> {
    let target = entry.target.as_ref();
    diesel::insert_into(logs::table)
        .values((
            logs::action.eq(entry.action().info().id),
            logs::actor_type.eq(ctx.actor.kind()),
            logs::actor_id.eq(ctx.actor.id()),
            logs::actor_label.eq(ctx.actor.label()),
            logs::target_type.eq(target.map(|(kind, _, _)| *kind)),
            logs::target_id.eq(target.map(|(_, id, _)| id)),
            logs::target_label.eq(target.map(|(_, _, label)| label)),
            logs::workspace_id.eq(entry.workspace_id),
            logs::tenant_id.eq(entry.tenant_id),
            logs::run_id.eq(entry.run_id),
            logs::outcome.eq(entry.outcome.as_str()),
            logs::summary.eq(&entry.summary),
            logs::metadata.eq(Value::Object(metadata(ctx, entry))),
            (logs::request_id.eq(&ctx.request_id), logs::ip.eq(&ctx.ip), logs::user_agent.eq(&ctx.user_agent)),
        ))
        .execute(conn)
        .map(|_| ())
}

/// The entry's own facts, and under what its actor acted.
fn metadata(ctx: &Ctx, entry: &Entry) -> Map<String, Value> {
    let mut metadata = entry.metadata.clone();
    if let Some(token) = &ctx.token {
        metadata.insert("api_token".to_owned(), json!({ "id": token.id, "name": token.name }));
    }
    if let Some(system_user) = &ctx.command_line {
        metadata.insert("command_line".to_owned(), json!(system_user));
    }
    if ctx.actor.is_break_glass() {
        metadata.insert("is_break_glass".to_owned(), json!(true));
        metadata.insert("break_glass_reason".to_owned(), json!(ctx.break_glass_reason));
    }
    metadata
}

pub(super) fn list(conn: &mut PgConnection, filter: &AuditFilter, page: PageRequest) -> QueryResult<Vec<AuditRow>> {
    let mut query =
        logs::table.select(AuditRow::as_select()).order(logs::id.desc()).limit(page.limit.saturating_add(1)).into_boxed();
    if let Some(after) = page.after {
        query = query.filter(logs::id.lt(after));
    }
    if let Some(action) = &filter.action {
        query = query.filter(logs::action.eq(action));
    }
    if let Some(kind) = filter.actor_type {
        query = query.filter(logs::actor_type.eq(kind.as_str()));
    }
    if let Some(actor_id) = filter.actor_id {
        query = query.filter(logs::actor_id.eq(actor_id));
    }
    if let Some(workspace_id) = filter.workspace_id {
        query = query.filter(logs::workspace_id.eq(workspace_id));
    }
    if let Some(tenant_id) = filter.tenant_id {
        query = query.filter(logs::tenant_id.eq(tenant_id));
    }
    if let Some(run_id) = filter.run_id {
        query = query.filter(logs::run_id.eq(run_id));
    }
    if let Some(key) = &filter.control_key {
        query = query.filter(logs::target_type.eq("control").and(logs::target_id.eq(key)));
    }
    if let Some(after) = filter.recorded_after {
        query = query.filter(logs::recorded_at.ge(after));
    }
    if let Some(before) = filter.recorded_before {
        query = query.filter(logs::recorded_at.lt(before));
    }
    query.load(conn)
}

pub(super) fn insert_write_failure(conn: &mut PgConnection, ctx: &Ctx, entry: &Entry) -> QueryResult<()> {
    diesel::insert_into(failures::table)
        .values((
            failures::action.eq(entry.action().info().id),
            failures::run_id.eq(entry.run_id),
            failures::request_id.eq(&ctx.request_id),
        ))
        .execute(conn)
        .map(|_| ())
}

pub(super) fn count_write_failures(conn: &mut PgConnection, since: OffsetDateTime) -> QueryResult<i64> {
    failures::table.filter(failures::failed_at.ge(since)).count().get_result(conn)
}

pub(super) fn take_unannounced_failures(conn: &mut PgConnection) -> QueryResult<Vec<Missing>> {
    diesel::sql_query(
        "WITH taken AS (
             UPDATE audit_write_failures SET announced_at = db_now() WHERE id IN
                 (SELECT id FROM audit_write_failures WHERE announced_at IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
             RETURNING action, run_id)
         SELECT action, count(*) AS count, CASE WHEN count(*) = count(run_id) AND min(run_id) = max(run_id) THEN min(run_id) END AS run_id
         FROM taken GROUP BY action ORDER BY action",
    )
    .load(conn)
}

/// Removes notes of missing rows that no window of the dashboard reaches any more.
pub fn prune(conn: &mut PgConnection) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM audit_write_failures WHERE failed_at < (SELECT db_now()) - interval '31 days'").execute(conn)
}
