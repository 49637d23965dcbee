//! API tokens: made by a person with part of their own capabilities, shown once, ended at any time (ACC-07).

use super::keys::Keys;
use super::store::{self, NewToken};
use super::token_owner::{OwnerId, TokenOwner};
use super::token_text;
use crate::audit::{self, Action, Entry};
use crate::context::Ctx;
use crate::db::page::{Page, PageRequest};
use crate::error::{Code, Error, Result};
use crate::text::is_one_line;
use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// Days a token lives when nothing is said.
pub const DEFAULT_DAYS: i32 = 90;
/// Most days a token lives.
pub const MAX_DAYS: i32 = 365;
/// Most live tokens of one owner.
pub const MOST: i64 = 100;

/// Whether a token can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApiTokenState {
    /// It can.
    Active,
    /// Its time is over.
    Expired,
    /// Its owner ended it, or their account was ended.
    Revoked,
}

/// A token as its owner sees it afterwards.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiToken {
    /// `api_tokens.id`.
    pub id: i64,
    /// What its owner calls it.
    #[schema(example = "Nightly report")]
    pub name: String,
    /// The most it may do, by name. At each call it may do what of this its owner holds then.
    pub capabilities: Vec<String>,
    /// The last four characters of the token.
    #[schema(example = "9f3c")]
    pub hint: String,
    /// Whether it can be used.
    pub state: ApiTokenState,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
}

pub(super) fn state(revoked_at: Option<OffsetDateTime>, is_expired: bool) -> ApiTokenState {
    match (revoked_at, is_expired) {
        (Some(_), _) => ApiTokenState::Revoked,
        (None, true) => ApiTokenState::Expired,
        (None, false) => ApiTokenState::Active,
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What its owner calls it.
    pub name: String,
    /// Capabilities by name.
    pub capabilities: Vec<String>,
    /// Days until it ends; none: [`DEFAULT_DAYS`].
    pub expires_in_days: Option<i32>,
}

/// Makes a token; the text is nowhere but in the answer. Errors: 401 for a session that was ended meanwhile, 403 `break-glass-excluded`, 422 on a
/// wrong field, 409 `too-many-tokens`.
pub fn create_api_token(
    ctx: &Ctx,
    owner: &TokenOwner,
    conn: &mut PgConnection,
    keys: &Keys,
    new: &NewApiToken,
) -> Result<(ApiToken, String)> {
    owner.ensure_lasting()?;
    let name = checked_name(&new.name)?;
    let capabilities = checked_capabilities(owner, &new.capabilities)?;
    let days = checked_days(new.expires_in_days)?;
    let text = token_text::generate(owner.id().plane());
    let hash = token_text::keyed_hash(&text, &keys.held(conn)?).ok_or_else(|| Error::internal("a key cannot hash"))?;
    let hint = token_text::hint(&text);
    // Who ends the account's sessions and tokens changes its row first: the session may have been among them.
    store::hold_owner(conn, owner.id())?;
    if let Some(session_id) = owner.session_id()
        && !store::is_unrevoked(conn, session_id)?
    {
        return Err(Error::unauthenticated());
    }
    let row = NewToken { name, capabilities: &capabilities, days, hash: &hash, hint: &hint };
    let token = store::insert_api_token(conn, owner.id(), &row, MOST)?
        .ok_or_else(|| Error::new(Code::TooManyTokens, format!("You have {MOST} tokens. Revoke one that is not needed.")))?;
    let entry = entry(owner, Action::ApiTokenCreated, Action::UserApiTokenCreated, &token);
    let expires_at = token.expires_at.format(&time::format_description::well_known::Rfc3339).ok();
    audit::record(conn, ctx, entry.metadata("capabilities", &token.capabilities).metadata("expires_at", expires_at))?;
    Ok((token, text))
}

/// The owner's tokens, the newest first; those that ended stay in the list for 90 days.
pub fn list_api_tokens(owner: &TokenOwner, conn: &mut PgConnection, page: PageRequest) -> Result<Page<ApiToken>> {
    Ok(Page::of(store::list_api_tokens(conn, owner.id(), page)?, page, |token| token.id))
}

/// Ends a token, at once on every node; one that has ended already stays as it is. Errors: 404 for what is not the owner's.
pub fn revoke_api_token(ctx: &Ctx, owner: &TokenOwner, conn: &mut PgConnection, id: i64) -> Result<()> {
    let token = store::find_api_token(conn, owner.id(), id)?.ok_or_else(Error::not_found)?;
    if store::revoke_api_token(conn, id)? > 0 {
        audit::record(conn, ctx, entry(owner, Action::ApiTokenRevoked, Action::UserApiTokenRevoked, &token))?;
    }
    Ok(())
}

fn entry(owner: &TokenOwner, of_operator: Action, of_user: Action, token: &ApiToken) -> Entry {
    let action = match owner.id() {
        OwnerId::Operator(_) => of_operator,
        OwnerId::User(_) => of_user,
    };
    Entry::new(action).target("api_token", token.id, &token.name)
}

fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    match (1..=100).contains(&name.chars().count()) && is_one_line(name) {
        true => Ok(name),
        false => Err(Error::invalid_field(
            "/name",
            "length",
            "A name of 1 to 100 characters is expected, none of them a control character.",
        )),
    }
}

fn checked_days(days: Option<i32>) -> Result<i32> {
    let days = days.unwrap_or(DEFAULT_DAYS);
    match (1..=MAX_DAYS).contains(&days) {
        true => Ok(days),
        false => Err(Error::invalid_field("/expires_in_days", "range", format!("A number from 1 to {MAX_DAYS} is expected."))),
    }
}

/// Each once, in the order of the registry, with what every token has.
fn checked_capabilities(owner: &TokenOwner, names: &[String]) -> Result<Vec<&'static str>> {
    for (index, name) in names.iter().enumerate() {
        if !owner.held().iter().any(|held| held == name) {
            let held = owner.held().join(", ");
            let expected = format!("A capability that you hold and that a token can have is expected: {held}.");
            return Err(Error::invalid_field(format!("/capabilities/{index}"), "not-held", expected));
        }
    }
    let wanted = |held: &&&'static str| **held == owner.always() || names.iter().any(|name| name == **held);
    Ok(owner.held().iter().filter(wanted).copied().collect())
}
