//! Keys that sign session tokens and hash API tokens: each has an id, all nodes share them, the newest signs and all verify
//! (ACC-08).

use super::store;
use super::token_text::{KeyedHash, keyed_hash};
use crate::db::Db;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How old a node's knowledge of the keys may be: so long, at most, it goes by a key that was taken away.
const FRESH: Duration = Duration::from_secs(60);

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
    known: Arc<RwLock<Known>>,
    reading: Arc<Mutex<()>>,
    configured: bool,
}

/// An API token hashed under each key that a node knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHashes {
    /// The newest key's first.
    pub hashes: Vec<KeyedHash>,
    /// Whether the keys are the database's, from where one may have been taken away since.
    pub are_keys_stored: bool,
}

struct Known {
    keys: Vec<Key>,
    /// When they began to be read.
    read_at: Instant,
}

impl Keys {
    /// Keys from the setting, or the database's; there one is made if there is none.
    pub async fn load(configured: &[Key], db: &Db) -> Result<Self> {
        let read_at = Instant::now();
        let keys = if configured.is_empty() { db.write(ensure_key).await? } else { configured.to_vec() };
        let known = Arc::new(RwLock::new(Known { keys, read_at }));
        Ok(Self { known, reading: Arc::default(), configured: !configured.is_empty() })
    }

    /// The same, for a command on a connection of its own.
    pub fn load_on(configured: &[Key], conn: &mut diesel::PgConnection) -> Result<Self> {
        let keys = if configured.is_empty() { ensure_key(conn)? } else { configured.to_vec() };
        let known = Arc::new(RwLock::new(Known { keys, read_at: Instant::now() }));
        Ok(Self { known, reading: Arc::default(), configured: !configured.is_empty() })
    }

    /// The key that signs, as of now: who signs looks whether another node has made a newer one.
    pub async fn signing(&self, db: &Db) -> Result<Key> {
        self.refresh(db, Instant::now()).await?;
        self.newest()
    }

    /// The key that signs, for what keeps its id in the transaction of the connection: until that ends nobody takes the key
    /// away, and whoever then does sees what hangs on it.
    pub fn held(&self, conn: &mut diesel::PgConnection) -> Result<Key> {
        if self.configured {
            return self.newest();
        }
        let held = match store::hold_newest_signing_key(conn)? {
            // It was taken away while it was waited for: only the next statement sees a newer one.
            None => store::hold_newest_signing_key(conn)?,
            held => held,
        };
        held.ok_or_else(|| Error::internal("no signing key"))
    }

    /// The key that signs, as far as this node knows.
    pub fn newest(&self) -> Result<Key> {
        let known = self.known.read().map_err(|_| Error::internal("signing keys poisoned"))?;
        known.keys.first().cloned().ok_or_else(|| Error::internal("no signing key"))
    }

    /// The key with this id. One that this node does not know may be another node's: it looks.
    pub async fn find(&self, id: &str, db: &Db) -> Result<Option<Key>> {
        let asked_at = Instant::now();
        self.keep_fresh(db, asked_at).await?;
        if self.known(id).is_none() {
            self.refresh(db, asked_at).await?;
        }
        Ok(self.known(id))
    }

    /// The hashes of an API token under each key.
    pub fn hashes(&self, token: &str) -> TokenHashes {
        let known = self.known.read();
        let hashes = known.map(|known| known.keys.iter().filter_map(|key| keyed_hash(token, key)).collect());
        TokenHashes { hashes: hashes.unwrap_or_default(), are_keys_stored: !self.configured }
    }

    /// The key with this id, if this node knows it.
    pub fn known(&self, id: &str) -> Option<Key> {
        self.known.read().ok()?.keys.iter().find(|key| key.id == id).cloned()
    }

    fn read_at(&self) -> Option<Instant> {
        self.known.read().ok().map(|known| known.read_at)
    }

    /// Reads the keys again once a minute, so that every node goes by what was made or taken away.
    pub async fn keep_fresh(&self, db: &Db, asked_at: Instant) -> Result<()> {
        self.refresh(db, asked_at.checked_sub(FRESH).unwrap_or(asked_at)).await
    }

    /// Reads the keys again, unless that has been done since. One reads for all who wait, so that no flood of unknown ids
    /// becomes a flood of reads.
    pub async fn refresh(&self, db: &Db, since: Instant) -> Result<()> {
        let is_read = || self.configured || self.read_at().is_some_and(|read_at| read_at >= since);
        if is_read() {
            return Ok(());
        }
        let _reading = self.reading.lock().await;
        if is_read() {
            return Ok(());
        }
        let read_at = Instant::now();
        let keys = db.read(|conn| Ok(store::list_signing_keys(conn)?)).await?;
        *self.known.write().map_err(|_| Error::internal("signing keys poisoned"))? = Known { keys, read_at };
        Ok(())
    }
}

fn ensure_key(conn: &mut diesel::PgConnection) -> Result<Vec<Key>> {
    locks::lock(conn, LockClass::Singleton, "signing key")?;
    if store::list_signing_keys(conn)?.is_empty() {
        store::insert_signing_key(conn, &new_key())?;
    }
    Ok(store::list_signing_keys(conn)?)
}

/// A key that nobody has.
pub(super) fn new_key() -> Key {
    Key { id: hex::encode(rand::random::<[u8; 6]>()), secret: rand::random::<[u8; 32]>().to_vec() }
}
