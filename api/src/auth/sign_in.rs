//! Signing in to either plane: limited, audited, and silent about which accounts exist (ACC-05).

use super::identity::Identity;
use super::session::{Lifetime, Plane};
use super::{password, refusals, store};
use crate::audit::{self, Action, Entry};
use crate::context::{Actor, Ctx, counted_address};
use crate::db::Db;
use crate::db::locks::{self, LockClass};
use crate::error::{Code, Error, Result};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Attempts allowed in [`WINDOW_SECONDS`] per client address, as [`counted_address`] has it, and account.
pub const ATTEMPTS: i64 = 10;
/// The window of the limit.
pub const WINDOW_SECONDS: i32 = 60;

/// What somebody typed.
pub struct Attempt {
    /// E-mail address as typed.
    pub email: String,
    /// Password as typed.
    pub password: String,
}

/// A session that was opened.
#[derive(Debug)]
pub struct SignedIn<T> {
    /// The new session.
    pub session_id: Uuid,
    /// Who holds it.
    pub holder: T,
}

/// What a plane's signing in and out is called in audit.
struct Actions {
    sign_in: Action,
    sign_out: Action,
}

const fn actions(plane: Plane) -> Actions {
    match plane {
        Plane::System => Actions { sign_in: Action::SignIn, sign_out: Action::SignOut },
        Plane::Admin => Actions { sign_in: Action::UserSignIn, sign_out: Action::UserSignOut },
    }
}

/// Brings an address to the form under which accounts are stored and attempts counted.
pub fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Checks the limit, then the password, and opens a session. Errors: 429 `too-many-attempts`, 401 `invalid-credentials`.
pub async fn sign_in<T: Identity>(ctx: &Ctx, db: &Db, attempt: Attempt, lifetime: Lifetime) -> Result<SignedIn<T>> {
    let email = normalise_email(&attempt.email);
    let ctx = Ctx { actor: Actor::Anonymous { label: email.chars().take(254).collect() }, ..ctx.clone() };
    count_attempt(&ctx, db, T::PLANE, &email).await?;
    let account = {
        let email = email.clone();
        db.read(move |conn| Ok(store::find_account_by_email(conn, T::PLANE, &email)?)).await?
    };
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let matches = password::verify_in_turn(client(&ctx), attempt.password, hash).await?;
    let account = account.filter(|account| matches && account.is_active);
    db.write(move |conn| {
        // The password may have been replaced while it was verified; what that ended must not begin anew.
        if let Some(account) = account
            && store::hold_account(conn, T::PLANE, &account)?
        {
            return open_session(&ctx, conn, account.id, lifetime);
        }
        refusals::record(conn, &ctx, T::PLANE, refusals::Kind::Failed)?;
        Ok(None)
    })
    .await?
    .ok_or_else(|| Error::new(Code::InvalidCredentials, "The e-mail address or the password is wrong."))
}

/// The client as limits know it.
fn client(ctx: &Ctx) -> String {
    counted_address(ctx.ip.as_deref().unwrap_or_default())
}

async fn count_attempt(ctx: &Ctx, db: &Db, plane: Plane, email: &str) -> Result<()> {
    let name = format!("{}\u{0}{}\u{0}{email}", plane.as_str(), client(ctx));
    let ctx = ctx.clone();
    let wait = db
        .write(move |conn| {
            locks::lock(conn, LockClass::SignIn, &name)?;
            let wait = store::count_sign_in_attempt(conn, &Sha256::digest(&name), ATTEMPTS, WINDOW_SECONDS)?;
            if wait.is_some() {
                refusals::record(conn, &ctx, plane, refusals::Kind::Throttled)?;
            }
            Ok(wait)
        })
        .await?;
    match wait {
        None => Ok(()),
        Some(seconds) => {
            let detail = format!("Too many sign-in attempts. Try again in {seconds} seconds.");
            Err(Error::new(Code::TooManyAttempts, detail).retry_after(seconds))
        }
    }
}

fn open_session<T: Identity>(
    ctx: &Ctx,
    conn: &mut diesel::PgConnection,
    holder_id: i64,
    lifetime: Lifetime,
) -> Result<Option<SignedIn<T>>> {
    let session_id = Uuid::new_v4();
    store::insert_session(conn, ctx, session_id, (T::PLANE, holder_id), lifetime)?;
    let Some(holder) = T::of_session(conn, session_id)? else { return Ok(None) };
    let ctx = Ctx { actor: holder.actor(), ..ctx.clone() };
    audit::record(conn, &ctx, Entry::new(actions(T::PLANE).sign_in))?;
    Ok(Some(SignedIn { session_id, holder }))
}

/// Ends the session of the plane everywhere.
pub async fn sign_out(ctx: &Ctx, db: &Db, plane: Plane, session_id: Uuid) -> Result<()> {
    let ctx = ctx.clone();
    db.write(move |conn| {
        store::revoke_session(conn, session_id)?;
        audit::record(conn, &ctx, Entry::new(actions(plane).sign_out))
    })
    .await
}
