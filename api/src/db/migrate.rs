//! Migrations, embedded in the binary, and what every installation has from the start.

use super::{floor, jobs};
use crate::error::{Error, Result};
use diesel::migration::MigrationSource;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// Every migration of this version.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Brings the database to this version and makes sure that the workspace `default` and its platform tenant exist.
/// Several nodes may do this at once. Returns the names of the migrations that were run.
pub fn migrate(conn: &mut PgConnection) -> Result<Vec<String>> {
    // Session-level, because migrations commit one by one; another node's may take long.
    diesel::sql_query("SET lock_timeout = 0").execute(conn)?;
    diesel::sql_query("SELECT pg_advisory_lock(hashtext('tenantatlas migrations'))").execute(conn)?;
    let result = bring_up(conn);
    diesel::sql_query("SELECT pg_advisory_unlock(hashtext('tenantatlas migrations'))").execute(conn)?;
    result
}

fn bring_up(conn: &mut PgConnection) -> Result<Vec<String>> {
    // In front, so that a right that is missing is told in words; the migration would only fail.
    floor::ensure_role(conn)?;
    let names = conn.run_pending_migrations(MIGRATIONS).map_err(Error::internal)?.iter().map(ToString::to_string).collect();
    floor::ensure_owner(conn)?;
    jobs::install(conn)?;
    ensure_platform(conn)?;
    Ok(names)
}

/// True when the database is at this version. Only reads: the library's own question would create its table.
pub fn is_current(conn: &mut PgConnection) -> Result<bool> {
    let has_list = diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS answer");
    if !has_list.get_result::<Answer>(conn)?.answer {
        return Ok(false);
    }
    let wanted: Vec<String> = versions()?;
    let has_all = diesel::sql_query(
        "SELECT NOT EXISTS (SELECT FROM unnest($1::text[]) w (version) \
                            WHERE NOT EXISTS (SELECT FROM __diesel_schema_migrations m WHERE m.version = w.version)) AS answer",
    );
    let has_all = has_all.bind::<Array<Text>, _>(wanted).get_result::<Answer>(conn)?.answer;
    Ok(has_all && jobs::is_current(conn)?)
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
