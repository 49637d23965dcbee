//! Rights of the database roles: of the one that owns the tables and migrates, and of those that only run the product.
//!
//! A role that runs the product owns nothing. It reads and writes rows, adds to the audit log without changing it, and takes on
//! the role of the tenant plane. So what serves requests can neither drop a table nor take the trigger off that keeps the audit
//! log. Row-level security is in force for it too, with a policy that is the constant `true`; these policies also tell which
//! roles there are, so each migration gives them what it has made.

use super::floor;
use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// Tables and views of the product and of the library that keeps its jobs: those of one owner.
const RELATIONS: &str = "FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace) \
    AND c.relkind IN ('r', 'p', 'v') AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = '__diesel_schema_migrations'::regclass) \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

/// True when this user owns the tables, or there are none yet.
pub(super) fn owns_tables(conn: &mut PgConnection) -> Result<bool> {
    let statement = diesel::sql_query(
        "SELECT coalesce((SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('__diesel_schema_migrations')), true) AS answer",
    );
    Ok(statement.get_result::<Answer>(conn)?.answer)
}

/// Makes sure that this user may create tables. Errors: 503 with the statement that gives the right.
pub(super) fn ensure_may_create(conn: &mut PgConnection) -> Result<()> {
    let lacking =
        diesel::sql_query("SELECT quote_ident(current_user) AS line WHERE NOT has_schema_privilege('public', 'CREATE')");
    match lacking.get_result::<Line>(conn).optional()? {
        None => Ok(()),
        Some(user) => Err(refused(format!(
            "The database user {user} may not create tables. As the owner of the schema run: GRANT CREATE ON SCHEMA public TO {user};",
            user = user.line
        ))),
    }
}

/// Says that this user may not use the tables, with the command that gives it the rights.
pub(super) fn not_granted(conn: &mut PgConnection) -> Error {
    match user(conn) {
        Ok(user) => refused(format!(
            "The database user {user} may not use the tables. With the user who owns them run: tenantatlas migrate --grant-to {user}"
        )),
        Err(error) => error,
    }
}

/// Says that only the owner of the tables can bring the database to this version.
pub(super) fn not_owner(conn: &mut PgConnection) -> Error {
    match user(conn) {
        Ok(user) => refused(format!(
            "The database is not at this version, and its user {user} does not own the tables. With the user who does run: \
             tenantatlas migrate"
        )),
        Err(error) => error,
    }
}

/// Gives a role what running the product needs, and takes everything else of the tables from it. Errors: 503 when the role is
/// not there, could do more whatever it is given, or lacks what this user cannot give; then nothing is changed.
pub fn grant(conn: &mut PgConnection, role: &str) -> Result<()> {
    if !owns_tables(conn)? {
        return Err(refused(format!("Only the owner of the tables can grant rights to {role}.")));
    }
    conn.transaction(|conn| {
        ensure_limited(conn, role)?;
        ensure_member(conn, role)?;
        ensure_database(conn, role)?;
        give(conn, role)
    })
}

/// Gives every role that runs the product what the latest migrations have made.
pub(super) fn renew(conn: &mut PgConnection) -> Result<()> {
    let roles: Vec<Line> = diesel::sql_query(
        "SELECT r.rolname::text AS line FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles) \
         WHERE p.polrelid = 'workspaces'::regclass AND p.polname = 'workspaces_runtime_policy' ORDER BY 1",
    )
    .load(conn)?;
    roles.iter().try_for_each(|role| conn.transaction(|conn| give(conn, &role.line)))
}

/// Refuses a role that no grant can limit.
fn ensure_limited(conn: &mut PgConnection, role: &str) -> Result<()> {
    let statement = diesel::sql_query(
        "SELECT CASE
             WHEN r.rolname IS NULL THEN format('The role %I is not there. Run: CREATE ROLE %1$I LOGIN', wanted)
             WHEN r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
             THEN format('The role %I could do more than run the product. Run: ALTER ROLE %1$I NOSUPERUSER NOBYPASSRLS NOCREATEROLE', wanted)
             WHEN more.rolname IS NOT NULL
             THEN format('The role %I could do more than run the product, by way of %I. Run: REVOKE %2$I FROM %1$I', wanted, more.rolname)
             WHEN pg_has_role(r.oid, c.relowner, 'MEMBER') THEN format('The role %I is that of the owner of the tables, or may take it on', wanted)
             WHEN has_schema_privilege(r.oid, 'public', 'CREATE')
             THEN format('The role %I may create tables. Run: REVOKE CREATE ON SCHEMA public FROM PUBLIC, %1$I', wanted)
             WHEN has_schema_privilege(r.oid, 'graphile_worker', 'CREATE')
             THEN format('The role %I may create tables. Run: REVOKE CREATE ON SCHEMA graphile_worker FROM PUBLIC, %1$I', wanted)
             WHEN has_database_privilege(r.oid, current_database(), 'CREATE')
             THEN format('The role %I may create schemas. Run: REVOKE CREATE ON DATABASE %I FROM PUBLIC, %1$I', wanted, current_database())
         END AS line
         FROM (SELECT $1 AS wanted) w JOIN pg_class c ON c.oid = '__diesel_schema_migrations'::regclass LEFT JOIN pg_roles r ON r.rolname = wanted
         LEFT JOIN LATERAL (
             SELECT m.rolname FROM pg_roles m
             WHERE r.oid <> m.oid AND NOT r.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER')
               AND (m.rolsuper OR m.rolbypassrls OR m.rolcreaterole OR m.rolreplication OR m.rolname IN (
                    'pg_write_all_data', 'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
             ORDER BY 1 LIMIT 1) more ON true",
    );
    match statement.bind::<Text, _>(role).get_result::<Objection>(conn)?.line {
        None => Ok(()),
        Some(objection) => Err(refused(format!("{objection}."))),
    }
}

#[derive(QueryableByName)]
struct Objection {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

/// Lets the role take on that of the tenant plane.
fn ensure_member(conn: &mut PgConnection, role: &str) -> Result<()> {
    let lacking = diesel::sql_query("SELECT format('GRANT %I TO %I', $2, $1) AS line WHERE NOT pg_has_role($1, $2, 'MEMBER')");
    let lacking = lacking.bind::<Text, _>(role).bind::<Text, _>(floor::ROLE).get_result::<Line>(conn).optional()?;
    lacking.map_or(Ok(()), |grant| try_to(conn, &grant.line, "As a superuser run"))
}

/// Lets the role connect, and stage imports in temporary tables.
fn ensure_database(conn: &mut PgConnection, role: &str) -> Result<()> {
    let lacking = diesel::sql_query(
        "SELECT format('GRANT %s ON DATABASE %I TO %I', p.privilege, current_database(), $1) AS line \
         FROM (VALUES ('CONNECT'), ('TEMPORARY')) p (privilege) WHERE NOT has_database_privilege($1, current_database(), p.privilege)",
    );
    let lacking: Vec<Line> = lacking.bind::<Text, _>(role).load(conn)?;
    lacking.iter().try_for_each(|grant| try_to(conn, &grant.line, "As the owner of the database run"))
}

/// Runs a statement that may be forbidden.
fn try_to(conn: &mut PgConnection, grant: &str, otherwise: &str) -> Result<()> {
    let granted = conn.transaction(|conn| conn.batch_execute(grant));
    granted.map_err(|error| {
        refused(format!("A right is lacking that this user cannot give. {otherwise}: {grant};")).with_source(error)
    })
}

fn give(conn: &mut PgConnection, role: &str) -> Result<()> {
    let grants = diesel::sql_query(format!(
        "SELECT format('GRANT USAGE ON SCHEMA public, graphile_worker TO %I', $1) AS line
         UNION ALL SELECT format('REVOKE ALL ON %1$s FROM %2$I; GRANT %3$s ON %1$s TO %2$I', c.oid::regclass, $1,
             CASE WHEN c.relkind = 'v' OR c.relname IN ('__diesel_schema_migrations', 'migrations') THEN 'SELECT'
                  WHEN c.relname = 'audit_logs' THEN 'SELECT, INSERT'
                  ELSE 'SELECT, INSERT, UPDATE, DELETE' END) {RELATIONS}"
    ));
    let policies = diesel::sql_query(format!(
        "SELECT CASE WHEN p.oid IS NULL THEN format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true)', c.name, c.oid::regclass, $1)
                     ELSE format('ALTER POLICY %I ON %s TO %s, %I', c.name, c.oid::regclass,
                                 (SELECT string_agg(r::regrole::text, ', ') FROM unnest(p.polroles) r), $1) END AS line
         FROM (SELECT c.oid, c.relname || '_runtime_policy' AS name {RELATIONS} AND c.relrowsecurity) c
         LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = c.name
         WHERE p.oid IS NULL OR NOT (SELECT oid FROM pg_roles WHERE rolname = $1) = ANY (p.polroles)"
    ));
    let mut lines: Vec<Line> = grants.bind::<Text, _>(role).load(conn)?;
    lines.extend(policies.bind::<Text, _>(role).load::<Line>(conn)?);
    Ok(lines.iter().try_for_each(|line| conn.batch_execute(&line.line))?)
}

fn user(conn: &mut PgConnection) -> Result<String> {
    Ok(diesel::sql_query("SELECT quote_ident(current_user) AS line").get_result::<Line>(conn)?.line)
}

fn refused(detail: String) -> Error {
    Error::new(Code::Unavailable, detail)
}
