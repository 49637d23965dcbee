//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key that has an id. The first key seals, all open; what was sealed
//! under another than the first is sealed anew when a process starts, so that a key can be taken out of the setting then.

use super::store::sealing_keys as store;
use crate::auth::keys::Key;
use crate::db::locks::{self, LockClass};
use crate::error::{Error, Result};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use diesel::PgConnection;

const NONCE: usize = 24;

/// The keys a process knows, the sealing one first.
#[derive(Clone)]
pub(super) struct Sealer {
    known: Vec<Key>,
}

/// What a secret belongs to; it cannot be opened as another's.
pub(super) fn context(destination_id: i64) -> String {
    format!("alert_destination:{destination_id}")
}

impl Sealer {
    /// The keys of the setting, then those of the database; there one is made if there is none at all. Seals anew what needs
    /// it. In one transaction.
    pub(super) fn load(conn: &mut PgConnection, configured: &[Key]) -> Result<Self> {
        locks::lock(conn, LockClass::Singleton, "sealing key")?;
        let mut known = [configured, &store::list(conn)?].concat();
        if known.is_empty() {
            let key = Key { id: hex::encode(rand::random::<[u8; 6]>()), secret: rand::random::<[u8; 32]>().to_vec() };
            store::insert(conn, &key)?;
            known.push(key);
        }
        let sealer = Self { known };
        sealer.seal_anew(conn)?;
        Ok(sealer)
    }

    fn seal_anew(&self, conn: &mut PgConnection) -> Result<()> {
        let Some(first) = self.known.first() else { return Ok(()) };
        for (id, key, sealed) in store::list_sealed_otherwise(conn, &first.id)? {
            match self.open(&context(id), &key, &sealed) {
                Some(text) => {
                    let (key, sealed) = self.seal(&context(id), &text)?;
                    store::set_sealed(conn, id, &key, &sealed)?;
                }
                None => tracing::error!(destination.id = id, key, "secret cannot be opened: its key is not known"),
            }
        }
        Ok(())
    }

    /// The id of the key, and nonce with ciphertext.
    pub(super) fn seal(&self, context: &str, text: &str) -> Result<(String, Vec<u8>)> {
        let key = self.known.first().ok_or_else(|| Error::internal("no sealing key"))?;
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: text.as_bytes(), aad: context.as_bytes() };
        let sealed =
            cipher(key)?.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok((key.id.clone(), [nonce.as_slice(), &sealed].concat()))
    }

    /// The secret; none when the key is not known or the bytes are not what was sealed for this context.
    pub(super) fn open(&self, context: &str, key: &str, sealed: &[u8]) -> Option<String> {
        let key = self.known.iter().find(|known| known.id == key)?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let text = cipher(key).ok()?.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }
}

fn cipher(key: &Key) -> Result<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(&key.secret).map_err(|_| Error::internal("a sealing key has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> Key {
        Key { id: id.to_owned(), secret: vec![byte; 32] }
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_and_untouched_only() {
        let sealer = Sealer { known: vec![key("new", 1), key("old", 2)] };
        let old = Sealer { known: vec![key("old", 2)] };
        let (id, sealed) = old.seal("alert_destination:1", "s3cret").unwrap();
        assert_eq!(sealer.open("alert_destination:1", &id, &sealed).as_deref(), Some("s3cret"), "an older key opens");
        assert_eq!(sealer.open("alert_destination:2", &id, &sealed), None, "another destination's");
        assert_eq!(sealer.open("alert_destination:1", "new", &sealed), None, "another key");
        assert_eq!(old.open("alert_destination:1", "new", &sealed), None, "a key that is not known");
        let mut touched = sealed.clone();
        *touched.last_mut().unwrap() ^= 1;
        assert_eq!(sealer.open("alert_destination:1", &id, &touched), None);
        assert_eq!(sealer.open("alert_destination:1", &id, &sealed[..10]), None);
        let again = old.seal("alert_destination:1", "s3cret").unwrap().1;
        assert_ne!(again, sealed, "two seals of one secret do not look alike");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"s3cret"));
    }
}
