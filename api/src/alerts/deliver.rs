//! One attempt at a delivery: taken, sent, recorded, each on its own, so that nothing is held while a receiver is waited for.
//!
//! A worker that dies between sending and recording leaves a delivery that is due again a minute later: it is sent once more
//! under the same id. That attempt was counted when it was taken, so one that kills its workers is given up as well.

use super::Outbox;
use super::reason::{self, Reason};
use super::send::{self, Failure};
use super::store::deliveries::Due;
use super::store::work::{self as store, Claimed, Ended};
use crate::db::{Db, jobs};
use crate::error::Result;
use diesel::PgConnection;
use std::time::Duration;

/// Name of the job that sends one delivery.
pub(super) const TASK: &str = "deliver_alert";
/// How long a delivery is one worker's: longer than an attempt with all around it.
const TAKEN_FOR: Duration = Duration::from_secs(60);
/// Seconds until the next attempt after each one; after the last there is none.
pub(super) const WAITS: [i32; 5] = [10, 60, 300, 900, 3_600];

/// Creates the jobs that send the deliveries, in the caller's transaction, and notes that there are any.
pub(super) fn queue(conn: &mut PgConnection, due: &[Due]) -> Result<()> {
    let ids: Vec<i64> = due.iter().map(|due| due.id).collect();
    add_jobs(conn, due)?;
    Ok(store::set_queued(conn, &ids)?)
}

/// Creates the jobs alone. Deliveries to one destination are sent one after the other, so that a slow one delays only itself.
pub(super) fn add_jobs(conn: &mut PgConnection, due: &[Due]) -> Result<()> {
    let ids: Vec<i64> = due.iter().map(|due| due.id).collect();
    let queues: Vec<String> = due.iter().map(|due| format!("alert_destination:{}", due.destination_id.unwrap_or(0))).collect();
    Ok(jobs::add(conn, TASK, &ids, &queues)?)
}

/// Tries one delivery, if it is due and nobody else has it. Errors are the database's; what a receiver does is recorded.
pub(super) async fn deliver(db: &Db, outbox: &Outbox, id: i64) -> Result<()> {
    let Some(claimed) = db.with(move |conn| Ok(store::claim(conn, id, TAKEN_FOR.as_secs_f64())?)).await? else {
        return Ok(());
    };
    let result = match forbids(&claimed) {
        Some(ended) => Err(ended),
        None => send::send(outbox, &claimed).await.map_err(Verdict::Failed),
    };
    report(&claimed, &result);
    let (id, attempts) = (claimed.id, claimed.attempts);
    db.with(move |conn| Ok(store::record(conn, id, attempts, &ended(attempts, result))?)).await?;
    Ok(())
}

/// Sends everything that is due, one after the other, as a worker would; returns how many attempts were made. For tests, whose
/// clock no library knows.
pub async fn drain(db: &Db, outbox: &Outbox) -> Result<usize> {
    let mut attempts = 0;
    while let Some(due) = db.with(|conn| Ok(store::find_due(conn)?)).await? {
        deliver(db, outbox, due.id).await?;
        attempts += 1;
    }
    Ok(attempts)
}

/// Why a delivery did not go out in an attempt.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    Failed(Failure),
    Suppressed(Reason),
    GivenUp(Reason),
}

/// What keeps a delivery from being sent at all.
fn forbids(claimed: &Claimed) -> Option<Verdict> {
    if claimed.destination_id.is_none() {
        return Some(Verdict::Suppressed(reason::DESTINATION_DELETED));
    }
    let is_test = claimed.event == super::event::TEST;
    if !claimed.destination_enabled && !is_test {
        return Some(Verdict::Suppressed(reason::DESTINATION_DISABLED));
    }
    let most = i32::try_from(WAITS.len()).unwrap_or(i32::MAX).saturating_add(1);
    (claimed.attempts > most).then_some(Verdict::GivenUp(reason::WORKER_LOST))
}

fn ended(attempts: i32, result: std::result::Result<u16, Verdict>) -> Ended<'static> {
    let end = |state, reason: Reason, status: Option<u16>| Ended {
        state,
        reason: Some(reason.code),
        response_status: status.map(i32::from),
        next_in_seconds: 0.0,
    };
    match result {
        Ok(status) => Ended { state: "sent", reason: None, response_status: Some(i32::from(status)), next_in_seconds: 0.0 },
        Err(Verdict::Suppressed(reason)) => end("suppressed", reason, None),
        Err(Verdict::GivenUp(reason)) => end("failed", reason, None),
        Err(Verdict::Failed(failure)) => {
            let wait = usize::try_from(attempts - 1).ok().and_then(|at| WAITS.get(at)).filter(|_| failure.reason.is_passing);
            let state = if wait.is_some() { "pending" } else { "failed" };
            let next_in_seconds = wait.copied().map_or(0.0, f64::from);
            Ended { next_in_seconds, ..end(state, failure.reason, failure.status) }
        }
    }
}

fn report(claimed: &Claimed, result: &std::result::Result<u16, Verdict>) {
    let kind = claimed.destination_kind.clone();
    let (outcome, reason) = match result {
        Ok(_) => ("sent", None),
        Err(Verdict::Failed(failure)) => ("failed", Some(failure.reason.code)),
        Err(Verdict::Suppressed(reason)) => ("suppressed", Some(reason.code)),
        Err(Verdict::GivenUp(reason)) => ("given_up", Some(reason.code)),
    };
    metrics::counter!("alert_attempts_total", "kind" => kind, "outcome" => outcome).increment(1);
    match result {
        Ok(_) => tracing::info!(delivery.id = claimed.id, attempt = claimed.attempts, "alert delivered"),
        Err(_) => tracing::warn!(delivery.id = claimed.id, attempt = claimed.attempts, outcome, reason, "alert not delivered"),
    }
}
