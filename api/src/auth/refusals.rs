//! Refused sign-ins in the audit log, without letting whoever makes them fill it: of one minute, account and address the first is
//! written at once, and the others together when the minute is over. So are all others of an address that tries many accounts,
//! and all others of many addresses.

use super::session::Plane;
use super::store;
use crate::audit::{self, Action, Entry, Outcome};
use crate::context::{Actor, Ctx, counted_address};
use crate::error::Result;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Accounts of one address that have a row of their own in a minute.
const OF_ONE_ADDRESS: i64 = 10;
/// Rows of all addresses in a minute.
const OF_ALL: i64 = 100;
/// Rows that are audited in one transaction.
const BATCH: i64 = 100;

/// Reason of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Account or password were wrong.
    Failed,
    /// There had been too many attempts.
    Throttled,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Throttled => "throttled",
        }
    }
}

/// Refusal to be counted.
pub(super) struct Refusal {
    pub plane: Plane,
    pub kind: Kind,
    pub address: String,
    pub account: String,
}

/// Refusals of a minute that is over.
#[derive(Debug, QueryableByName)]
pub(super) struct Counted {
    #[diesel(sql_type = Text)]
    plane: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Timestamptz)]
    minute: OffsetDateTime,
    #[diesel(sql_type = Text)]
    address: String,
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Counts a refusal, and audits it when it is the first of its minute, account and address. `ctx` names the account as typed.
pub(super) fn record(conn: &mut PgConnection, ctx: &Ctx, plane: Plane, kind: Kind) -> Result<()> {
    let address = counted_address(ctx.ip.as_deref().unwrap_or("unknown"));
    let refusal = Refusal { plane, kind, address, account: ctx.actor.label().to_owned() };
    if store::count_refusal(conn, &refusal, (OF_ONE_ADDRESS, OF_ALL))? {
        audit::record(conn, ctx, entry(plane, kind).metadata("count", 1))?;
    }
    Ok(())
}

/// Audits what was counted in minutes that are over beside the first of each. Returns how many rows went.
pub(crate) fn audit_counted(conn: &mut PgConnection) -> Result<usize> {
    let mut taken = 0;
    loop {
        let batch = conn.transaction(|conn| {
            let rows = store::take_refusals(conn, BATCH)?;
            rows.iter().filter(|row| row.count > 1).try_for_each(|row| audit_one(conn, row))?;
            Ok::<_, crate::error::Error>(rows.len())
        })?;
        taken += batch;
        if batch < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(taken);
        }
    }
}

fn audit_one(conn: &mut PgConnection, row: &Counted) -> Result<()> {
    let plane = if row.plane == Plane::System.as_str() { Plane::System } else { Plane::Admin };
    let kind = if row.kind == Kind::Failed.as_str() { Kind::Failed } else { Kind::Throttled };
    let (further, times) = (row.count - 1, if row.count == 2 { "time" } else { "times" });
    let (label, of) = match (row.account.as_str(), row.address.as_str()) {
        ("", "") => ("other accounts", ", for other accounts from other addresses"),
        ("", _) => ("other accounts", ", for other accounts from this address"),
        (account, "") => (account, ", from other addresses"),
        (account, _) => (account, ""),
    };
    let ctx = Ctx {
        ip: Some(row.address.clone()).filter(|address| !address.is_empty()),
        ..Ctx::local(Actor::Anonymous { label: label.to_owned() })
    };
    let summary = match kind {
        Kind::Failed => format!("Sign-in refused {further} more {times} within a minute{of}."),
        Kind::Throttled => format!("Sign-in refused {further} more {times} within a minute{of}: too many attempts."),
    };
    let entry = entry(plane, kind).summary(summary).metadata("count", further);
    audit::record(conn, &ctx, entry.metadata("minute", row.minute.format(&Rfc3339).ok()))
}

fn entry(plane: Plane, kind: Kind) -> Entry {
    match (plane, kind) {
        (Plane::System, Kind::Failed) => Entry::new(Action::SignIn).outcome(Outcome::Failed).summary("Sign-in refused."),
        (Plane::Admin, Kind::Failed) => Entry::new(Action::UserSignIn).outcome(Outcome::Failed).summary("Sign-in refused."),
        (Plane::System, Kind::Throttled) => Entry::new(Action::SignInThrottled).outcome(Outcome::Blocked),
        (Plane::Admin, Kind::Throttled) => Entry::new(Action::UserSignInThrottled).outcome(Outcome::Blocked),
    }
}
