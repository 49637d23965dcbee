//! API tokens as text: a prefix that names product and plane, 238 random bits, a checksum. Secret scanners know them by
//! `tatlas_(sys|adm)_[A-Za-z0-9]{40}[0-9a-f]{8}`, and a mistyped one costs no look at the database.

use super::keys::Key;
use super::session::Plane;
use hmac::{Hmac, Mac};
use rand::Rng;
use rand::distr::Alphanumeric;
use sha2::Sha256;

/// Random letters and digits of a token.
const RANDOM: usize = 40;
/// What is hashed begins with this, so that no text a key signs elsewhere is a token's.
const PURPOSE: &[u8] = b"tenantatlas api token\0";

/// The hash of a token under one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedHash {
    /// Which key.
    pub key_id: String,
    /// HMAC-SHA-256.
    pub hash: Vec<u8>,
}

/// A new token of the plane.
pub fn generate(plane: Plane) -> String {
    let random: String = rand::rng().sample_iter(Alphanumeric).take(RANDOM).map(char::from).collect();
    let text = format!("{}{random}", prefix(plane));
    format!("{text}{}", checksum(&text))
}

/// Whether the text looks like a token, whoever made it.
pub fn is_token(text: &str) -> bool {
    text.starts_with("tatlas_")
}

/// Whether prefix, length and checksum are those of a token.
pub fn is_intact(text: &str) -> bool {
    let Some((own, sum)) = text.split_at_checked(text.len().saturating_sub(8)) else { return false };
    let planes = [Plane::System, Plane::Admin];
    let random = planes.iter().find_map(|plane| own.strip_prefix(prefix(*plane)));
    random.is_some_and(|random| random.len() == RANDOM) && checksum(own) == sum
}

/// The last four characters.
pub fn hint(text: &str) -> String {
    text.chars().skip(text.chars().count().saturating_sub(4)).collect()
}

/// The hash under a key.
pub fn keyed_hash(text: &str, key: &Key) -> Option<KeyedHash> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).ok()?;
    mac.update(PURPOSE);
    mac.update(text.as_bytes());
    Some(KeyedHash { key_id: key.id.clone(), hash: mac.finalize().into_bytes().to_vec() })
}

fn prefix(plane: Plane) -> &'static str {
    match plane {
        Plane::System => "tatlas_sys_",
        Plane::Admin => "tatlas_adm_",
    }
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_plane_and_a_changed_character_is_noticed() {
        let token = generate(Plane::System);
        assert!(token.starts_with("tatlas_sys_") && token.len() == 11 + RANDOM + 8 && is_intact(&token));
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            assert!(!is_intact(&String::from_utf8(other).unwrap()), "character {at}");
        }
        for text in ["", "tatlas_", "tatlas_sys_", "ääää", &token[1..], &format!("{token}0"), &token.replace("_sys_", "_adm_")]
        {
            assert!(!is_intact(text), "{text}");
        }
    }

    #[test]
    fn the_hash_depends_on_the_key() {
        let key = |byte: u8| Key { id: byte.to_string(), secret: vec![byte; 32] };
        let (one, other) = (keyed_hash("token", &key(1)).unwrap(), keyed_hash("token", &key(2)).unwrap());
        assert_ne!(one.hash, other.hash);
        assert_eq!(keyed_hash("token", &key(1)), Some(one));
    }
}
