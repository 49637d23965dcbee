//! Requirements of a database that the product did not make itself, asked once when a command starts. What a session can set for
//! itself is set by `session`.

use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};

/// Oldest version of PostgreSQL, as `server_version_num` has it.
const OLDEST: i32 = 150_000;

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    release: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
    #[diesel(sql_type = Bool)]
    is_read_only: bool,
    #[diesel(sql_type = Text)]
    database: String,
    #[diesel(sql_type = Text)]
    user: String,
}

/// Makes sure that the product can work with the database. The session has to be set up as by the pool. Errors: 503 with what is
/// expected and the statement or setting that cures it.
pub fn check(conn: &mut PgConnection) -> Result<()> {
    let server: Server = diesel::sql_query(
        "SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS release, \
                getdatabaseencoding()::text AS encoding, pg_is_in_recovery() AS is_standby, \
                current_setting('default_transaction_read_only')::bool AS is_read_only, \
                quote_ident(current_database()) AS database, quote_ident(current_user) AS user",
    )
    .get_result(conn)?;
    match objection(&server) {
        Some(detail) => Err(Error::new(Code::Unavailable, detail)),
        None => ensure_english(conn, &server.user),
    }
}

fn objection(server: &Server) -> Option<String> {
    let Server { release, encoding, database, user, .. } = server;
    if server.version < OLDEST {
        Some(format!("PostgreSQL 15 or newer is expected; the server is of version {release}."))
    } else if encoding != "UTF8" {
        Some(format!(
            "A database with the encoding UTF8 is expected; {database} has {encoding}. \
             Make another: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8';"
        ))
    } else if server.is_standby {
        Some(
            "The server is a standby, which only reads. Name the primary in DATABASE_URL, or all servers with \
             target_session_attrs=read-write."
                .to_owned(),
        )
    } else if server.is_read_only {
        Some(format!(
            "Sessions of {user} in {database} only read (default_transaction_read_only). Where nothing else needs that, run: \
             ALTER ROLE {user} RESET default_transaction_read_only; ALTER DATABASE {database} RESET default_transaction_read_only;"
        ))
    } else {
        None
    }
}

/// Locks that are not to be had, and statements that take too long, are told by the server's English texts.
fn ensure_english(conn: &mut PgConnection, user: &str) -> Result<()> {
    let provoked = conn.batch_execute("SELECT 1/0");
    let is_other = match &provoked {
        Err(diesel::result::Error::DatabaseError(_, told)) => told.message() != "division by zero",
        _ => false,
    };
    if !is_other {
        return Ok(());
    }
    let detail = format!(
        "The server's messages are not in English, and {user} may not choose their language. As a superuser run: \
         GRANT SET ON PARAMETER lc_messages TO {user}; or ALTER ROLE {user} SET lc_messages = 'C';"
    );
    Err(Error::new(Code::Unavailable, detail))
}
