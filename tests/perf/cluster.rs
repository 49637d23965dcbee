//! A private PostgreSQL with default durability, and its databases.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tenantatlas::db::embedded::{Cluster as Embedded, Durability, Restart, Settings};
use tenantatlas::db::migrate::migrate;

/// The server; it ends with the value.
pub struct Cluster {
    server: Embedded,
    _directory: tempfile::TempDir,
}

impl Cluster {
    /// A new one, as the product starts it, with room for connections.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let settings = Settings {
            data_dir: directory.path().to_owned(),
            bin_dir: std::env::var_os("PG_BIN_DIR").map(Into::into),
            durability: Durability::Full,
            max_connections: 200,
            restart: Restart::ByNobody,
        };
        let start = || Embedded::start(&settings).expect("a private PostgreSQL");
        let server = start();
        // Whole statements can be read from its activity; that takes a start to come into force.
        support::postgres::connect(server.url())
            .batch_execute("ALTER SYSTEM SET track_activity_query_size = '16kB'")
            .expect("a setting");
        server.stop().expect("the end of the server");
        Self { server: start(), _directory: directory }
    }

    /// A new migrated database.
    pub fn create(&self, name: &str) -> Database {
        let database = self.empty(name);
        migrate(&mut database.connect()).expect("the migrations");
        database
    }

    /// A new database without any tables.
    pub fn empty(&self, name: &str) -> Database {
        self.maintenance().execute(&format!("CREATE DATABASE {name}"));
        self.database(name)
    }

    /// A copy of a database, made file by file, so that every copy starts with the same pages and none in shared buffers.
    pub fn copy(&self, template: &str, name: &str) -> Database {
        self.drop(name);
        self.maintenance().execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        self.database(name)
    }

    /// Drops a database if it is there, so that nothing works on it while another is measured.
    pub fn drop(&self, name: &str) {
        self.maintenance().execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    fn maintenance(&self) -> Database {
        self.database("tenantatlas")
    }

    fn database(&self, name: &str) -> Database {
        Database { url: self.server.url_of(name) }
    }
}

/// One database of the cluster.
#[derive(Clone)]
pub struct Database {
    /// Its address.
    pub url: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Database {
    /// A connection to it.
    pub fn connect(&self) -> PgConnection {
        support::postgres::connect(&self.url)
    }

    /// Runs statements.
    pub fn execute(&self, sql: &str) {
        self.connect().batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Does something over one connection.
    pub fn connect_and(&self, work: impl FnOnce(&mut PgConnection)) {
        work(&mut self.connect());
    }

    /// The whole number that an expression gives; 0 for null.
    pub fn number(&self, expression: &str) -> i64 {
        number(&mut self.connect(), expression)
    }

    /// The text that an expression gives.
    pub fn word(&self, expression: &str) -> String {
        let sql = format!("SELECT ({expression})::text AS value");
        let row: Word = diesel::sql_query(&sql).get_result(&mut self.connect()).unwrap_or_else(|error| panic!("{error}: {sql}"));
        row.value
    }

    /// Writes everything to disk, so that what is measured next does not pay for what was before.
    pub fn checkpoint(&self) {
        self.execute("CHECKPOINT");
    }

    /// Bytes of write-ahead log that the cluster has written so far.
    pub fn wal(&self) -> i64 {
        self.number("pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
    }
}

/// The whole number that an expression gives over this connection; 0 for null.
pub fn number(conn: &mut PgConnection, expression: &str) -> i64 {
    let sql = format!("SELECT ({expression})::bigint AS value");
    let row: Number = diesel::sql_query(&sql).get_result(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
    row.value.unwrap_or(0)
}
