//! Keys that sign session tokens: each has an id, all nodes share them, the newest signs and all verify (ACC-08).

use super::store;
use crate::db::Db;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use std::sync::{Arc, RwLock};

/// One HMAC-SHA-256 key.
#[derive(Clone)]
pub struct Key {
    /// Stands in the token's header.
    pub id: String,
    /// At least 32 bytes.
    pub secret: Vec<u8>,
}

/// The keys a node knows, the signing one first.
#[derive(Clone)]
pub struct Keys {
    known: Arc<RwLock<Vec<Key>>>,
    configured: bool,
}

impl Keys {
    /// Keys from the setting, or the database's; there one is made if there is none.
    pub async fn load(configured: &[Key], db: &Db) -> Result<Self> {
        if !configured.is_empty() {
            return Ok(Self { known: Arc::new(RwLock::new(configured.to_vec())), configured: true });
        }
        let keys = db.write(ensure_key).await?;
        Ok(Self { known: Arc::new(RwLock::new(keys)), configured: false })
    }

    /// The key that signs.
    pub fn signing(&self) -> Result<Key> {
        let known = self.known.read().map_err(|_| Error::internal("signing keys poisoned"))?;
        known.first().cloned().ok_or_else(|| Error::internal("no signing key"))
    }

    /// The key with this id, if this node knows it.
    pub fn find(&self, id: &str) -> Option<Key> {
        self.known.read().ok()?.iter().find(|key| key.id == id).cloned()
    }

    /// Reads the keys again, after a token named one that another node made.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        if self.configured {
            return Ok(());
        }
        let keys = db.read(|conn| Ok(store::list_signing_keys(conn)?)).await?;
        *self.known.write().map_err(|_| Error::internal("signing keys poisoned"))? = keys;
        Ok(())
    }
}

fn ensure_key(conn: &mut diesel::PgConnection) -> Result<Vec<Key>> {
    locks::lock(conn, LockClass::Singleton, "signing key")?;
    if store::list_signing_keys(conn)?.is_empty() {
        let key = Key { id: hex::encode(rand::random::<[u8; 6]>()), secret: rand::random::<[u8; 32]>().to_vec() };
        store::insert_signing_key(conn, &key)?;
    }
    Ok(store::list_signing_keys(conn)?)
}
