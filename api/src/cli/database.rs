//! What a command needs of the database: the one configured, or the private cluster of the data directory.

use crate::config::Config;
use crate::db::embedded::{self, Cluster, Durability, Restart, Settings};
use crate::db::errors::{is_away, unavailable};
use crate::db::{Address, Db, SessionLimits, migrate, requirements};
use crate::error::{Code, Error, Result};

const NO_DATABASE: &str = "There is no database here. Set DATABASE_URL or TENANTATLAS_DATA_DIR, or run this in the folder where tenantatlas serve runs.";

/// A database that stays as long as the value does.
pub struct Database {
    /// Address of the database.
    pub address: Address,
    /// The private cluster, when no address is configured.
    pub cluster: Option<Cluster>,
}

/// The private cluster where there is none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Created: by `serve`, `migrate` and `demo seed` alone.
    Create,
    /// The command ends with an error and leaves no file behind (OPS-RUN-04).
    Refuse,
}

impl Database {
    /// Opens the configured database, or the private cluster of the data directory, started or shared, for one command. Errors:
    /// 503 when the configured one cannot be worked with, or there is none.
    pub fn open(config: &Config, absent: Absent) -> Result<Self> {
        Self::open_with(config, absent, Restart::ByOwner)
    }

    /// Opens the database for a process that stays: when the owner of the private cluster is gone, this process takes it over.
    pub fn open_to_stay(config: &Config, absent: Absent) -> Result<Self> {
        Self::open_with(config, absent, Restart::ByAnyone)
    }

    fn open_with(config: &Config, absent: Absent, restart: Restart) -> Result<Self> {
        if let Some(address) = &config.database_url {
            let database = Self { address: address.clone(), cluster: None };
            database.connections().run(requirements::check).map_err(|error| match is_away(&error) {
                true => unavailable("The database that DATABASE_URL names does not answer.").with_source(error),
                false => error,
            })?;
            return Ok(database);
        }
        if absent == Absent::Refuse && !embedded::exists(&config.data_dir) {
            return Err(Error::new(Code::Unavailable, NO_DATABASE));
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

/// Opens the database, which has to be there and at this version, and runs the command.
pub fn with_database<T>(config: &Config, work: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
    let database = Database::open(config, Absent::Refuse)?;
    let db = database.connections();
    db.run(migrate::ensure_current)?;
    work(&db)
}
