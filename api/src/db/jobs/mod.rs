//! Background jobs: the tables of the library that keeps them, and the one way to make a job, inside of the transaction of
//! what it is about.
//!
//! The library would bring its tables up over a connection of its own when a worker starts. Here that happens beside the
//! product's own migrations and under their lock, so that a node that only serves can make jobs too.

mod driver;

pub use driver::database;

use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};
use graphile_worker_migrations::sql::{GRAPHILE_WORKER_MIGRATIONS, GraphileWorkerMigration};

/// Where the library keeps its tables.
pub const SCHEMA: &str = "graphile_worker";

/// Where the library notifies of new jobs.
pub const CHANNEL: &str = "jobs:insert";

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

#[derive(QueryableByName)]
struct Latest {
    #[diesel(sql_type = Nullable<Integer>)]
    id: Option<i32>,
}

/// Brings the tables of the library to the version that this binary was built with.
pub(super) fn install(conn: &mut PgConnection) -> Result<()> {
    let latest = match find_latest(conn)? {
        Some(latest) => latest,
        None => create(conn)?,
    };
    for migration in GRAPHILE_WORKER_MIGRATIONS.iter().filter(|one| number(one) > latest) {
        conn.transaction(|conn| step(conn, migration))?;
    }
    Ok(())
}

/// Whether the tables are at least at that version.
pub(super) fn is_current(conn: &mut PgConnection) -> Result<bool> {
    let newest = GRAPHILE_WORKER_MIGRATIONS.iter().map(number).max();
    Ok(find_latest(conn)? >= newest)
}

/// Creates a job for `task` about each of the rows, in the queue beside it; an unfinished one with the same key is replaced. Jobs
/// of one queue are done one after the other. They begin to be when the transaction commits.
pub fn add(conn: &mut PgConnection, task: &str, ids: &[i64], queues: &[String]) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    // The library creates queues in no order; two transactions that need the same new ones would wait for each other.
    diesel::sql_query(
        "INSERT INTO graphile_worker._private_job_queues (queue_name) SELECT DISTINCT q FROM unnest($1) q ORDER BY q ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Text>, _>(queues)
    .execute(conn)?;
    diesel::sql_query(
        "SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
             SELECT ROW($1, json_build_object('id', j.id), j.queue, NULL, 1, $1 || ':' || j.id, NULL, NULL)::graphile_worker.job_spec
             FROM unnest($2, $3) j (id, queue)))",
    )
    .bind::<Text, _>(task)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Text>, _>(queues)
    .execute(conn)
    .map(|_| ())
}

fn find_latest(conn: &mut PgConnection) -> Result<Option<i32>> {
    let is_there = diesel::sql_query("SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS answer");
    if !is_there.get_result::<Answer>(conn)?.answer {
        return Ok(None);
    }
    let latest = diesel::sql_query("SELECT coalesce(max(id), 0) AS id FROM graphile_worker.migrations");
    Ok(latest.get_result::<Latest>(conn)?.id)
}

/// Makes sure that this user may make what is not there yet. Errors: 503 that says which right is missing.
pub(super) fn ensure_may_create(conn: &mut PgConnection) -> Result<()> {
    let may = diesel::sql_query(
        "SELECT CASE WHEN to_regclass('graphile_worker.migrations') IS NOT NULL THEN true \
                     WHEN to_regnamespace('graphile_worker') IS NOT NULL THEN has_schema_privilege('graphile_worker', 'CREATE') \
                     ELSE has_database_privilege(current_database(), 'CREATE') END AS answer",
    );
    if may.get_result::<Answer>(conn)?.answer {
        return Ok(());
    }
    let detail = "The user of the database may not make the schema graphile_worker. Grant it CREATE on the database, \
                  or have the schema made for it: CREATE SCHEMA graphile_worker AUTHORIZATION …";
    Err(Error::new(Code::Unavailable, detail))
}

/// Makes the schema, where it was not made for this user, with its list of migrations.
fn create(conn: &mut PgConnection) -> Result<i32> {
    let is_there = diesel::sql_query("SELECT to_regnamespace('graphile_worker') IS NOT NULL AS answer");
    // Asked first: CREATE SCHEMA wants a right on the database even for a schema that is there.
    if !is_there.get_result::<Answer>(conn)?.answer {
        conn.batch_execute("CREATE SCHEMA graphile_worker")?;
    }
    conn.batch_execute(
        "CREATE TABLE graphile_worker.migrations
             (id int PRIMARY KEY, ts timestamptz NOT NULL DEFAULT now(), breaking boolean NOT NULL DEFAULT false)",
    )?;
    Ok(0)
}

fn step(conn: &mut PgConnection, migration: &GraphileWorkerMigration) -> QueryResult<()> {
    diesel::sql_query("INSERT INTO graphile_worker.migrations (id, breaking) VALUES ($1, $2)")
        .bind::<Integer, _>(number(migration))
        .bind::<Bool, _>(migration.is_breaking())
        .execute(conn)?;
    migration.stmts.iter().try_for_each(|statement| conn.batch_execute(&statement.replace(":GRAPHILE_WORKER_SCHEMA", SCHEMA)))
}

fn number(migration: &GraphileWorkerMigration) -> i32 {
    i32::try_from(migration.migration_number()).unwrap_or(i32::MAX)
}
