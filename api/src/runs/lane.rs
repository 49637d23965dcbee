//! What one lane of a worker does next, and what it has learnt from what it did.

use super::claim::claim;
use super::execute::{FIRST_BATCH, LOCK_BUDGET, Step, Work};
use super::small_targets::{self, Small};
use crate::db::errors::{Trouble, trouble};
use crate::db::loggable::describe;
use crate::error::Result;
use diesel::PgConnection;
use std::time::Instant;
use uuid::Uuid;

/// Small targets that a lane looks for in its first turn …
const FIRST_SHARE: usize = 8;
/// … and at most; each holds a lock in the server's table of locks.
const MAX_SHARE: usize = 256;

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Something was done; there may be more.
    Worked,
    /// There are runs to work on, but others have all that could be done now.
    Crowded,
    /// There is nothing to do.
    Idle,
    /// The database is away; the lane goes on where it was when it is back.
    Away,
}

/// One lane.
#[derive(Debug)]
pub struct Lane {
    worker_id: Uuid,
    work: Option<Work>,
    /// Rows of a batch.
    rows: i64,
    /// Small targets looked for in one turn.
    share: usize,
    /// Targets to be done one at a time because a turn over several failed.
    singles: usize,
    /// Targets that it took and has done with, one way or another.
    done: usize,
}

impl Lane {
    /// A lane of a worker that has learnt nothing yet.
    pub fn new(worker_id: Uuid) -> Self {
        Self { worker_id, work: None, rows: FIRST_BATCH, share: FIRST_SHARE, singles: 0, done: 0 }
    }

    /// One short transaction's worth of work, after which the lane may be stopped.
    pub fn turn(&mut self, conn: &mut PgConnection) -> Result<Turn> {
        if self.work.is_some() {
            return Ok(self.step(conn));
        }
        if self.singles == 0 {
            match self.small(conn) {
                Small::Done(_) => return Ok(Turn::Worked),
                Small::Away => return Ok(Turn::Away),
                Small::Crowded => {}
                Small::Idle => return Ok(Turn::Idle),
            }
        }
        self.singles = self.singles.saturating_sub(1);
        let Some(target) = claim(conn, self.worker_id)? else {
            self.singles = 0;
            return Ok(Turn::Crowded);
        };
        self.work = Some(Work::new(target, self.rows));
        Ok(Turn::Worked)
    }

    fn step(&mut self, conn: &mut PgConnection) -> Turn {
        let Some(work) = self.work.as_mut() else { return Turn::Worked };
        let step = work.step(conn);
        self.rows = work.rows();
        match step {
            Step::Continue => Turn::Worked,
            Step::Away => Turn::Away,
            Step::Done | Step::LeaseLost => {
                self.work = None;
                self.done += 1;
                Turn::Worked
            }
        }
    }

    /// Does small targets, and finds the number of them that fits the time.
    fn small(&mut self, conn: &mut PgConnection) -> Small {
        let begun = Instant::now();
        match small_targets::work(conn, self.worker_id, self.share) {
            Ok(done) => {
                let took = begun.elapsed();
                if let Small::Done(targets) = done {
                    metrics::histogram!("run_batch_seconds").record(took.as_secs_f64());
                    self.done += targets;
                }
                self.share = match done {
                    Small::Done(_) if took > LOCK_BUDGET / 2 => (self.share / 2).max(FIRST_SHARE.min(self.share)),
                    Small::Done(targets) if took < LOCK_BUDGET / 4 && targets == self.share => self.share * 2,
                    Small::Crowded => self.share / 2,
                    _ => self.share,
                }
                .clamp(1, MAX_SHARE);
                done
            }
            Err(error) if error.database().map(trouble) == Some(Trouble::Away) => Small::Away,
            Err(error) => {
                tracing::warn!(targets = self.share, error = %describe(&error), "small targets failed together; they are done one at a time");
                self.singles = self.share;
                self.share = FIRST_SHARE;
                Small::Crowded
            }
        }
    }

    /// Gives the target in hand back with its cursor, for somebody else to go on at once.
    pub fn release(&mut self, conn: &mut PgConnection) -> Result<()> {
        self.work.take().map_or(Ok(()), |work| work.release(conn))
    }
}

/// Works until there is nothing to do any more, for tests; returns how many targets it took.
pub fn drain(conn: &mut PgConnection, worker_id: Uuid) -> Result<usize> {
    let mut lane = Lane::new(worker_id);
    while lane.turn(conn)? == Turn::Worked {}
    Ok(lane.done)
}
