//! PostgreSQL for tests.
//!
//! * `TEST_DATABASE_URL` names a server: each test makes a database there and drops it when it passes. The role must be
//!   allowed to create databases. `with-postgres COMMAND` starts a private server, sets the variable for the command and
//!   stops the server after it; that is the way for cargo-nextest, where every test is a process of its own.
//! * Without it, the processes of `cargo test` use a private server, one a target directory, which ends with the process
//!   that started it.
//!
//! Private servers keep their data where [`data_root`] says; `TMPDIR` decides otherwise.
//!
//! A test that fails leaves its database behind, to be looked at. A private server forgets them when it starts again.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tenantatlas::db::embedded::{Cluster, Durability, Restart, Settings};
use tenantatlas::db::migrate;

/// Names the server to use.
pub const VARIABLE: &str = "TEST_DATABASE_URL";
/// Names the directory of PostgreSQL's programs, where they are in no usual place.
const BIN_DIR: &str = "PG_BIN_DIR";

/// A database of one test; dropped when the test passes.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    name: String,
    server: String,
}

impl TestDatabase {
    /// A migrated database of its own.
    pub fn create() -> Self {
        Self::from_template(Some(template()))
    }

    /// A database without any tables.
    pub fn create_empty() -> Self {
        Self::from_template(None)
    }

    /// A migrated database on a server that the test may stop.
    pub fn create_on(server: &str) -> Self {
        let database = Self::from(server, "template0");
        migrate::migrate(&mut database.connect()).expect("the migrations");
        database
    }

    fn from_template(template: Option<&str>) -> Self {
        Self::from(server(), template.unwrap_or("template0"))
    }

    fn from(server: &str, template: &str) -> Self {
        let name = format!("t_{}", uuid::Uuid::new_v4().simple());
        connect(server)
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
            .expect("a database for the test");
        Self { url: url_of(server, &name), name, server: server.to_owned() }
    }

    /// A connection to it.
    pub fn connect(&self) -> PgConnection {
        connect(&self.url)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let dropped = PgConnection::establish(&self.server).map(|mut conn| drop_database(&mut conn, &self.name));
            assert!(matches!(dropped, Ok(Ok(()))), "the database of the test cannot be dropped");
        }
    }
}

/// Settings of a private server for tests.
pub fn settings(data_dir: PathBuf) -> Settings {
    let bin_dir = std::env::var_os(BIN_DIR).map(PathBuf::from);
    Settings { data_dir, bin_dir, durability: Durability::None, max_connections: 400, restart: Restart::ByNobody }
}

/// Address of the server that this run uses.
fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()).unwrap_or_else(own_server))
}

/// The server of this target directory. It is never stopped here: it ends with the process.
fn own_server() -> String {
    assert!(
        std::env::var_os("NEXTEST").is_none(),
        "cargo-nextest runs every test in a process of its own: give them one PostgreSQL with {VARIABLE}, or run `with-postgres cargo nextest run`"
    );
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| Cluster::start(&settings(own_data_dir())).expect("a private PostgreSQL"));
    if cluster.owned() {
        forget_old_databases(cluster.url());
    }
    cluster.url().to_owned()
}

/// Where private servers keep their data: in memory where there is room, because making a database is mostly making files;
/// else in the directory for temporary files. The user that PostgreSQL runs as may not reach the target directory.
pub fn data_root() -> PathBuf {
    const ROOM_IN_KIBIBYTES: u64 = 4 * 1024 * 1024;
    let memory = Path::new("/dev/shm");
    let is_told = std::env::var_os("TMPDIR").is_some();
    if !is_told && free_kibibytes(memory).is_some_and(|free| free > ROOM_IN_KIBIBYTES) {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

fn free_kibibytes(directory: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(directory).output().ok()?;
    String::from_utf8(output.stdout).ok()?.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

fn own_data_dir() -> PathBuf {
    let executable = std::env::current_exe().expect("the path of the test");
    let digest = Sha256::digest(executable.parent().unwrap_or(Path::new("/")).as_os_str().as_encoded_bytes());
    data_root().join(format!("tenantatlas-tests-{}", hex::encode(&digest[..6])))
}

#[derive(QueryableByName)]
struct Database {
    #[diesel(sql_type = Text)]
    name: String,
}

fn forget_old_databases(url: &str) {
    let mut conn = connect(url);
    let old: Vec<Database> =
        diesel::sql_query("SELECT datname::text AS name FROM pg_database WHERE datname LIKE 't\\_%'").load(&mut conn).unwrap();
    old.iter().for_each(|database| drop_database(&mut conn, &database.name).unwrap());
}

fn drop_database(conn: &mut PgConnection, name: &str) -> QueryResult<()> {
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    answer: bool,
}

/// The migrated template, made once by whichever process comes first.
fn template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("tmpl_{}", hash_of_migrations());
        let mut conn = connect(server());
        conn.batch_execute("SELECT pg_advisory_lock(hashtext('tenantatlas test template'))").unwrap();
        let is_there =
            diesel::sql_query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate) AS answer");
        if !is_there.bind::<Text, _>(&name).get_result::<Answer>(&mut conn).unwrap().answer {
            // One that is no template yet was left half done.
            drop_database(&mut conn, &name).unwrap();
            conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).unwrap();
            migrate::migrate(&mut connect(&url_of(server(), &name))).expect("the migrations");
            conn.batch_execute(&format!("ALTER DATABASE {name} IS_TEMPLATE true")).unwrap();
        }
        name
    })
}

/// Of all that decides what a new database holds.
fn hash_of_migrations() -> String {
    let root = crate::source::root();
    let mut files = crate::source::files(&root.join("migrations"), "sql");
    files.extend(["api/src/db/migrate.rs", "api/src/db/jobs/mod.rs"].map(|name| root.join(name)));
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(std::fs::read(&file).unwrap());
    }
    hex::encode(&hash.finalize()[..8])
}

/// Connects, with messages and times as the product has them.
pub fn connect(url: &str) -> PgConnection {
    let mut conn = PgConnection::establish(url).unwrap_or_else(|error| panic!("PostgreSQL at {url}: {error}"));
    conn.batch_execute("SET timezone = 'UTC'; SET client_min_messages = 'warning'").unwrap();
    conn
}

/// The address of another database of the same server.
pub fn url_of(url: &str, database: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let path_at = address[authority_at..].find('/').map_or(address.len(), |at| authority_at + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{database}{query}", &address[..path_at])
}

#[cfg(test)]
mod tests {
    use super::url_of;

    #[test]
    fn only_the_database_of_an_address_is_replaced() {
        assert_eq!(url_of("postgresql:///a?host=%2Ftmp&port=1", "b"), "postgresql:///b?host=%2Ftmp&port=1");
        assert_eq!(url_of("postgres://me@host:5/a", "b"), "postgres://me@host:5/b");
        assert_eq!(url_of("postgres://me@host", "b"), "postgres://me@host/b");
    }
}
