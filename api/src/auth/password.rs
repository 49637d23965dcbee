//! Passwords: Argon2id with its own salt, in PHC string form (ACC-09).

use crate::error::{Code, Error, Result};
use crate::shares::Shares;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Fewest characters of a new password.
pub const MIN_LENGTH: usize = 12;
/// Most bytes of a password, so that hashing cannot be made slow.
pub const MAX_LENGTH: usize = 1024;

/// Verified when an account does not exist, so that the time taken does not tell.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("a password that nobody has").unwrap_or_default());

/// Hashes a new password. Errors: 422 on a length out of bounds.
pub fn hash(password: &str) -> Result<String> {
    if password.chars().count() < MIN_LENGTH || password.len() > MAX_LENGTH {
        let expected = format!("A password has {MIN_LENGTH} characters or more and at most {MAX_LENGTH} bytes.");
        return Err(Error::invalid_field("/password", "length", expected));
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one behind the hash. Takes as long without a hash as with one.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    let hash = stored.unwrap_or(NOBODY.as_str());
    let matches = PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    matches && stored.is_some()
}

/// Cores of this machine: as many passwords are hashed at once. Each takes 19 MiB, and more would only take turns.
static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*CORES));
/// Half of the turns at most are of one client, so that a storm from there keeps no other from signing in.
static SHARES: LazyLock<Shares<String>> = LazyLock::new(|| Shares::new((*CORES / 2).max(1), MOST_WAITING));
/// Most sign-ins of one client that wait for their turn.
const MOST_WAITING: usize = 128;

/// Verifies as [`verify`] does, for async code, however many sign in at once. `client` is an address as limits count it. Errors:
/// 429 when too many sign-ins of the client are waiting.
pub async fn verify_in_turn(client: String, password: String, stored: Option<String>) -> Result<bool> {
    let too_many = || {
        let detail = "Too many sign-ins from your network are under way. Try again in a few seconds.";
        Error::new(Code::TooManyRequests, detail).retry_after(3)
    };
    let _share = SHARES.take(client).await.ok_or_else(too_many)?;
    let _turn = TURNS.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || verify(&password, stored.as_deref())).await.map_err(Error::internal)
}

/// A password nobody has to remember: 128 random bits.
pub fn generate() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}
