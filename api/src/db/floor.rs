//! The floor of the tenant plane: whatever a query forgets, the database shows and changes only rows of the tenants in scope.
//!
//! Row-level security is in force on what belongs to tenants. [`Db::tenant_read`] and [`Db::tenant_write`] are the only way to
//! it for the tenant plane: a transaction that takes on the role [`ROLE`], which owns nothing, and says which tenants it is
//! about. Both end with the transaction, so a pooled session carries them nowhere. Without a scope nothing is seen.
//!
//! The system plane, workers and commands work as the user of the database, for whom the policy is the constant `true`: the owner
//! of the tables, or a role that runs the product (see `rights`).

use super::{Db, errors, prepared};
use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// The role whose sight is limited.
pub const ROLE: &str = "tenantatlas_tenant";

/// Tenants whose rows a transaction may see and change. Made by the auth slice alone, from a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope(Vec<i64>);

impl TenantScope {
    /// These tenants.
    pub fn of(tenants: impl IntoIterator<Item = i64>) -> Self {
        Self(tenants.into_iter().collect())
    }

    /// The tenants.
    pub fn tenants(&self) -> &[i64] {
        &self.0
    }
}

impl Db {
    /// Runs `work` in one read-only transaction on the floor.
    pub async fn tenant_read<T, F>(&self, scope: TenantScope, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T> + Send + 'static,
    {
        self.with(move |conn| read(conn, &scope, work)).await
    }

    /// Runs `work` in one transaction on the floor. An error rolls back.
    pub async fn tenant_write<T, F>(&self, scope: TenantScope, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T> + Send + 'static,
    {
        self.with(move |conn| write(conn, &scope, work)).await
    }

    /// Runs `first`, and `work` after it on the floor. `first` asks what the floor does not show: as the user of the database, in the same transaction.
    pub async fn tenant_write_after<A, T, F, G>(&self, scope: TenantScope, first: F, work: G) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<A> + Send + 'static,
        G: FnOnce(&mut PgConnection, A) -> Result<T> + Send + 'static,
    {
        self.with(move |conn| write_after(conn, &scope, first, work)).await
    }
}

/// The same on a connection that is at hand. Errors: 500 inside another transaction, which would keep the scope.
pub fn read<T>(conn: &mut PgConnection, scope: &TenantScope, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    conn.build_transaction().read_committed().read_only().run(|conn| {
        enter(conn, scope)?;
        work(conn).map_err(errors::in_a_read)
    })
}

/// The same on a connection that is at hand. Errors: 500 inside another transaction, which would keep the scope.
pub fn write<T>(conn: &mut PgConnection, scope: &TenantScope, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    write_after(conn, scope, |_| Ok(()), |conn, ()| work(conn))
}

fn write_after<A, T>(
    conn: &mut PgConnection,
    scope: &TenantScope,
    first: impl FnOnce(&mut PgConnection) -> Result<A>,
    work: impl FnOnce(&mut PgConnection, A) -> Result<T>,
) -> Result<T> {
    conn.build_transaction().read_committed().run(|conn| {
        let found = first(conn)?;
        enter(conn, scope)?;
        work(conn, found)
    })
}

/// Role and scope in one statement, both for this transaction only.
fn enter(conn: &mut PgConnection, scope: &TenantScope) -> QueryResult<()> {
    let tenants: Vec<String> = scope.0.iter().map(ToString::to_string).collect();
    let statement = diesel::sql_query("SELECT set_config('role', $1, true), set_config('tenantatlas.tenant_ids', $2, true)")
        .bind::<Text, _>(ROLE)
        .bind::<Text, _>(format!("{{{}}}", tenants.join(",")));
    prepared(statement).run(conn)
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Makes sure that the role is there and that this connection may take it on. Roles belong to the whole cluster, so several
/// databases may do this at once. Errors: 503 with the statements that somebody with more rights has to run.
pub(super) fn ensure_role(conn: &mut PgConnection) -> Result<()> {
    for _ in 0..3 {
        if take_on(conn).is_ok() {
            return ensure_limited(conn).and_then(|()| ensure_temporary(conn));
        }
        // Either may be there already, be made by another database at this moment, or be forbidden: what counts is asked again.
        let _ = conn.batch_execute(&format!("CREATE ROLE {ROLE} NOLOGIN"));
        let _ = conn.batch_execute(&format!("GRANT {ROLE} TO CURRENT_USER"));
    }
    take_on(conn).or_else(|_| {
        let user: Name = diesel::sql_query("SELECT quote_ident(current_user) AS name").get_result(conn)?;
        let detail = format!(
            "The database user {user} may not take on the role {ROLE}, under which customers' users see their tenants only. \
             As a superuser run: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO {user};",
            user = user.name
        );
        Err(Error::new(Code::Unavailable, detail))
    })
}

fn take_on(conn: &mut PgConnection) -> Result<()> {
    conn.transaction(|conn| Ok(conn.batch_execute(&format!("SET LOCAL ROLE {ROLE}"))?))
}

/// A role that sees everything would be no floor.
fn ensure_limited(conn: &mut PgConnection) -> Result<()> {
    let mighty: Option<Name> =
        diesel::sql_query("SELECT rolname::text AS name FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls)")
            .bind::<Text, _>(ROLE)
            .get_result(conn)
            .optional()?;
    match mighty {
        None => Ok(()),
        Some(_) => Err(Error::new(
            Code::Unavailable,
            format!("The database role {ROLE} passes over row-level security. Run: ALTER ROLE {ROLE} NOSUPERUSER NOBYPASSRLS;"),
        )),
    }
}

/// What members import is staged in temporary tables, which a cautious administrator may have taken from everybody. Errors: 503
/// with the statement that the owner of the database has to run.
fn ensure_temporary(conn: &mut PgConnection) -> Result<()> {
    let lacking = |conn: &mut PgConnection| -> Result<Option<Name>> {
        let statement = diesel::sql_query(
            "SELECT quote_ident(current_database()) AS name WHERE NOT has_database_privilege($1, current_database(), 'TEMPORARY')",
        );
        Ok(statement.bind::<Text, _>(ROLE).get_result(conn).optional()?)
    };
    let Some(database) = lacking(conn)? else { return Ok(()) };
    let grant = format!("GRANT TEMPORARY ON DATABASE {} TO {ROLE}", database.name);
    // May be forbidden: what counts is asked again.
    let _ = conn.batch_execute(&grant);
    match lacking(conn)? {
        None => Ok(()),
        Some(_) => {
            let detail = format!(
                "The role {ROLE} may not make temporary tables, in which imports are staged. As the owner of the database run: {grant};"
            );
            Err(Error::new(Code::Unavailable, detail))
        }
    }
}

/// Lets the owners' policies follow the owners of the tables, who may be others since the tables were made.
pub(super) fn ensure_owner(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "DO $$
         DECLARE
             stale record;
         BEGIN
             FOR stale IN SELECT p.polname, c.oid::regclass AS relation, c.relowner::regrole AS owner
                          FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                          WHERE p.polname = c.relname || '_owner_policy' AND p.polroles <> ARRAY[c.relowner] LOOP
                 EXECUTE format('ALTER POLICY %I ON %s TO %s', stale.polname, stale.relation, stale.owner);
             END LOOP;
         END
         $$",
    )
}
