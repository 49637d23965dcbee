//! What a command needs of the database: the one configured, or the private cluster of the data directory.

use crate::config::Config;
use crate::db::embedded::{Cluster, Durability, Restart, Settings};
use crate::db::errors::{is_away, unavailable};
use crate::db::{Address, Db, SessionLimits, migrate, requirements};
use crate::error::{Code, Error, Result};
use diesel::PgConnection;

/// A database that stays as long as the value does.
pub struct Database {
    /// Address of the database.
    pub address: Address,
    /// The private cluster, when no address is configured.
    pub cluster: Option<Cluster>,
}

impl Database {
    /// Opens the configured database, or the private cluster of the data directory, started or shared, for one command. Errors:
    /// 503 when the configured one cannot be worked with.
    pub fn open(config: &Config) -> Result<Self> {
        Self::open_with(config, Restart::ByOwner)
    }

    /// Opens the database for a process that stays: when the owner of the private cluster is gone, this process takes it over.
    pub fn open_to_stay(config: &Config) -> Result<Self> {
        Self::open_with(config, Restart::ByAnyone)
    }

    fn open_with(config: &Config, restart: Restart) -> Result<Self> {
        if let Some(address) = &config.database_url {
            let database = Self { address: address.clone(), cluster: None };
            database.connections().run(requirements::check).map_err(|error| match is_away(&error) {
                true => unavailable("The database that DATABASE_URL names does not answer.").with_source(error),
                false => error,
            })?;
            return Ok(database);
        }
        let settings = Settings {
            data_dir: config.data_dir.clone(),
            bin_dir: config.pg_bin_dir.clone(),
            durability: Durability::Full,
            max_connections: 100,
            restart,
        };
        let cluster =
            Cluster::start(&settings).map_err(|error| Error::new(Code::Unavailable, error.to_string()).with_source(error))?;
        let address = Address::parse(cluster.url()).map_err(Error::internal)?;
        Ok(Self { address, cluster: Some(cluster) })
    }

    /// Whether the database is the product's own.
    pub fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// Connections for one command, which may work for long.
    pub fn connections(&self) -> Db {
        Db::new(&self.address, 4, SessionLimits::COMMAND)
    }
}

/// Opens the database, makes sure that it is at this version (the private one is brought there), and runs the command.
pub fn with_database<T>(config: &Config, work: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
    let database = Database::open(config)?;
    let db = database.connections();
    let is_private = database.is_private();
    db.run(|conn| ensure_current(conn, is_private))?;
    work(&db)
}

fn ensure_current(conn: &mut PgConnection, is_private: bool) -> Result<()> {
    if is_private {
        return migrate::migrate(conn).map(|_| ());
    }
    migrate::ensure_current(conn)
}
