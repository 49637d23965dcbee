//! Migrations, embedded in the binary, and what every installation has from the start.

use super::{floor, jobs, rights};
use crate::error::{Code, Error, Result};
use diesel::migration::MigrationSource;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// Every migration of this version.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Brings the database to this version and makes sure that the workspace `default` and its platform tenant exist.
/// Several nodes may do this at once. Returns the names of the migrations that were run. A user who does not own the tables can
/// run none: for it the database has to be at this version.
pub fn migrate(conn: &mut PgConnection) -> Result<Vec<String>> {
    if !rights::owns_tables(conn)? {
        return if is_current(conn)? { Ok(Vec::new()) } else { Err(rights::not_owner(conn)) };
    }
    // Session-level, because migrations commit one by one; another node's may take long.
    diesel::sql_query("SET lock_timeout = 0").execute(conn)?;
    diesel::sql_query("SELECT pg_advisory_lock(hashtext('tenantatlas migrations'))").execute(conn)?;
    let result = bring_up(conn);
    diesel::sql_query("SELECT pg_advisory_unlock(hashtext('tenantatlas migrations'))").execute(conn)?;
    result
}

fn bring_up(conn: &mut PgConnection) -> Result<Vec<String>> {
    // In front, so that a right that is missing is told in words, and nothing is changed; the migration would only fail.
    let is_pending = !has_migrations(conn)?;
    if is_pending {
        rights::ensure_may_create(conn)?;
    }
    jobs::ensure_may_create(conn)?;
    floor::ensure_role(conn)?;
    let names = if is_pending { run_pending(conn)? } else { Vec::new() };
    floor::ensure_owner(conn)?;
    jobs::install(conn)?;
    rights::renew(conn)?;
    ensure_platform(conn)?;
    Ok(names)
}

/// Asks for the right to create tables even where there is nothing to run.
fn run_pending(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(conn.run_pending_migrations(MIGRATIONS).map_err(Error::internal)?.iter().map(ToString::to_string).collect())
}

/// Makes sure that the database is at this version. Errors: 503.
pub fn ensure_current(conn: &mut PgConnection) -> Result<()> {
    match is_current(conn)? {
        true => Ok(()),
        false => Err(Error::new(Code::Unavailable, "The database is not at this version. Run: tenantatlas migrate")),
    }
}

/// True when the database is at this version. Only reads: the library's own question would create its table.
pub fn is_current(conn: &mut PgConnection) -> Result<bool> {
    Ok(has_migrations(conn)? && jobs::is_current(conn)?)
}

/// True when every migration was run. Errors: 503 when this user may not know.
fn has_migrations(conn: &mut PgConnection) -> Result<bool> {
    let list =
        diesel::sql_query("SELECT has_table_privilege(to_regclass('__diesel_schema_migrations')::oid, 'SELECT') AS is_readable");
    match list.get_result::<List>(conn)?.is_readable {
        None => return Ok(false),
        Some(false) => return Err(rights::not_granted(conn)),
        Some(true) => {}
    }
    let wanted: Vec<String> = versions()?;
    let has_all = diesel::sql_query(
        "SELECT NOT EXISTS (SELECT FROM unnest($1::text[]) w (version) \
                            WHERE NOT EXISTS (SELECT FROM __diesel_schema_migrations m WHERE m.version = w.version)) AS answer",
    );
    Ok(has_all.bind::<Array<Text>, _>(wanted).get_result::<Answer>(conn)?.answer)
}

#[derive(QueryableByName)]
struct List {
    #[diesel(sql_type = Nullable<Bool>)]
    is_readable: Option<bool>,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Versions of the migrations in the binary, as they are stored.
fn versions() -> Result<Vec<String>> {
    let migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(Error::internal)?;
    Ok(migrations.iter().map(|migration| migration.name().version().as_owned().to_string()).collect())
}

fn ensure_platform(conn: &mut PgConnection) -> Result<()> {
    // Looks first: a refused insert would use up a number each time.
    diesel::sql_query(
        "INSERT INTO workspaces (slug, name) SELECT 'default', 'Default' WHERE NOT EXISTS (SELECT 1 FROM workspaces WHERE slug = 'default')",
    )
    .execute(conn)?;
    diesel::sql_query(
        "INSERT INTO tenants (workspace_id, external_id, name) SELECT id, 'platform', 'Platform' FROM workspaces
         WHERE slug = 'default' AND NOT EXISTS (SELECT 1 FROM tenants WHERE external_id = 'platform')",
    )
    .execute(conn)?;
    Ok(())
}
