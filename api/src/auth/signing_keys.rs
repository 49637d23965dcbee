//! Administration of the signing keys that the database keeps (ACC-08): a new one signs, the old ones verify until nothing
//! hangs on them.

use super::capability::OperatorsManage;
use super::keys::new_key;
use super::{Permit, store};
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;

/// A key, without its secret.
#[derive(Debug, Serialize)]
pub struct SigningKey {
    /// Stands in the header of what it signed.
    pub id: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Whether it is the one that signs.
    pub signs: bool,
    /// Live API tokens that are hashed under it; each moves to the newest key when it is next used.
    pub api_tokens: i64,
}

/// All keys, the signing one first.
pub fn list(_permit: &Permit<OperatorsManage>, conn: &mut PgConnection) -> Result<Vec<SigningKey>> {
    Ok(store::describe_signing_keys(conn)?)
}

/// Makes a key, which signs from the commit on. Nobody is signed out: the others go on verifying.
pub fn rotate(ctx: &Ctx, permit: &Permit<OperatorsManage>, conn: &mut PgConnection) -> Result<SigningKey> {
    let key = new_key();
    store::insert_signing_key(conn, &key)?;
    audit::record(conn, ctx, Entry::new(Action::SigningKeyRotated).target("signing_key", &key.id, &key.id))?;
    let made = list(permit, conn)?.into_iter().find(|one| one.id == key.id);
    made.ok_or_else(|| Error::internal("the key is not there"))
}

/// Takes a key away: sessions that it signed and API tokens hashed under it are over. Errors: 404; 422 for the one that signs.
pub fn retire(ctx: &Ctx, permit: &Permit<OperatorsManage>, conn: &mut PgConnection, id: &str) -> Result<()> {
    // Whoever makes a token under it holds it until their commit: that token is among those that end.
    store::lock_signing_key(conn, id)?;
    let keys = list(permit, conn)?;
    let key = keys.iter().find(|key| key.id == id);
    let key = key.ok_or_else(|| Error::new(Code::NotFound, format!("There is no key {id}.")))?;
    if key.signs {
        return Err(Error::new(Code::ValidationFailed, "This key signs. Make another one with keys rotate first."));
    }
    // Their rows say so: a node that knows the key still would hash them anew under the one that signs.
    let ended = store::revoke_tokens_under(conn, id)?;
    store::delete_signing_key(conn, id)?;
    let entry = Entry::new(Action::SigningKeyRetired).target("signing_key", id, id);
    audit::record(conn, ctx, entry.metadata("api_tokens", ended))
}
