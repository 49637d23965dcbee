//! Readiness of a process: one look a second at the database, however many ask.

use crate::db::{Db, loggable, may_write, migrate};
use crate::error::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Time for which an answer is good.
const KEPT: Duration = Duration::from_secs(1);

/// The answer of the last look, shared by all who ask.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    last: Arc<Mutex<Option<(Instant, Answer)>>>,
    is_stopping: Arc<AtomicBool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Ready,
    OtherVersion,
    ReadOnly,
    Unusable,
}

impl Readiness {
    /// Answers 503 from now on, so that nobody sends new requests to a process that is about to stop listening.
    pub fn close(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Succeeds when the database answers, takes writes and has this version's tables. Whoever asks during a look waits for its answer.
    /// Errors: 503, also when the process is stopping.
    pub async fn ensure(&self, db: &Db) -> Result<()> {
        if self.is_stopping.load(Ordering::Relaxed) {
            return Err(crate::db::errors::unavailable("The process is stopping."));
        }
        let mut last = self.last.lock().await;
        let answer = match *last {
            Some((looked_at, answer)) if looked_at.elapsed() < KEPT => answer,
            before => {
                let answer = look(db, before.map(|(_, answer)| answer)).await;
                *last = Some((Instant::now(), answer));
                answer
            }
        };
        let detail = match answer {
            Answer::Ready => return Ok(()),
            Answer::OtherVersion => "The database is not at this version yet.",
            Answer::ReadOnly => "The database takes no writes now.",
            Answer::Unusable => "The database cannot be used now.",
        };
        Err(crate::db::errors::unavailable(detail))
    }
}

/// Looks at the database. A cause for not being ready is logged when it is new.
async fn look(db: &Db, before: Option<Answer>) -> Answer {
    let look = |conn: &mut _| match may_write(conn)? {
        true => Ok(if migrate::is_current(conn)? { Answer::Ready } else { Answer::OtherVersion }),
        false => Ok(Answer::ReadOnly),
    };
    match db.read(look).await {
        Ok(answer) => answer,
        Err(error) => {
            if before != Some(Answer::Unusable) {
                let cause = std::error::Error::source(&error).map(loggable::cause);
                tracing::warn!(cause, "the database cannot be used, the process is not ready");
            }
            Answer::Unusable
        }
    }
}
