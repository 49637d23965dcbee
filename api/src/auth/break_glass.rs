//! Break-glass: for an hour at most, and for a reason, a session holds every capability but those that make others more
//! powerful (ACC-06). It ends by itself on every node, because the session's row says until when and the database's clock
//! decides.

use super::capability::BreakGlassOpen;
use super::token_owner::person_required;
use super::{Permit, store};
use crate::audit::{self, Action, Entry};
use crate::context::{Actor, Ctx};
use crate::error::{Code, Error, Result};
use crate::text::is_plain;
use diesel::PgConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Most minutes it stays open. Where it would be open for longer the clock has stepped back, and it is over.
pub const MAX_MINUTES: i32 = 60;

/// Opens it in the caller's session; until when. Errors: 422 on a wrong reason or time, 403 `person-required` for a program, 409
/// `break-glass-open`.
pub fn open_break_glass(
    ctx: &Ctx,
    permit: &Permit<BreakGlassOpen>,
    conn: &mut PgConnection,
    reason: &str,
    minutes: i32,
) -> Result<OffsetDateTime> {
    let session_id = session_of(permit)?;
    let reason = checked_reason(reason).ok_or_else(|| {
        Error::invalid_field(
            "/reason",
            "length",
            "5 to 500 characters are expected, without outer white space and control characters.",
        )
    })?;
    if !(1..=MAX_MINUTES).contains(&minutes) {
        return Err(Error::invalid_field("/minutes", "range", format!("A number from 1 to {MAX_MINUTES} is expected.")));
    }
    let until = store::open_break_glass(conn, session_id, &reason, minutes)?.ok_or_else(|| {
        Error::new(Code::BreakGlassOpen, "Break-glass is open in this session. End it before you open it anew.")
    })?;
    let entry =
        Entry::new(Action::BreakGlassOpened).metadata("minutes", minutes).metadata("expires_at", until.format(&Rfc3339).ok());
    audit::record(conn, &raised(ctx, reason), entry)?;
    Ok(until)
}

/// Ends it before its time. Where none is open there is nothing to do.
pub fn end_break_glass(ctx: &Ctx, permit: &Permit<BreakGlassOpen>, conn: &mut PgConnection) -> Result<()> {
    if store::end_break_glass(conn, session_of(permit)?)? {
        audit::record(conn, ctx, Entry::new(Action::BreakGlassEnded))?;
    }
    Ok(())
}

/// A reason of 5 to 500 characters, freed of outer white space.
pub fn checked_reason(text: &str) -> Option<String> {
    let text = text.trim();
    let is_good = (5..=500).contains(&text.chars().count()) && is_plain(text);
    is_good.then(|| text.to_owned())
}

/// What is done from here on is done under it.
fn raised(ctx: &Ctx, reason: String) -> Ctx {
    let mut ctx = Ctx { break_glass_reason: Some(reason), ..ctx.clone() };
    if let Actor::Operator { is_break_glass, .. } = &mut ctx.actor {
        *is_break_glass = true;
    }
    ctx
}

fn session_of(permit: &Permit<BreakGlassOpen>) -> Result<Uuid> {
    permit.operator().and_then(|operator| operator.via.session_id()).ok_or_else(person_required)
}
