//! Readiness of a process: one look a second at the database, however many ask.

use crate::db::{Db, migrate};
use crate::error::{Code, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Time for which an answer is good.
const KEPT: Duration = Duration::from_secs(1);

/// The answer of the last look, shared by all who ask.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, Answer)>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Ready,
    OtherVersion,
    Away,
}

impl Readiness {
    /// Succeeds when the database answers and has this version's tables. Whoever asks during a look waits for its answer.
    /// Errors: 503.
    pub async fn ensure(&self, db: &Db) -> Result<()> {
        let mut last = self.0.lock().await;
        let answer = match *last {
            Some((looked_at, answer)) if looked_at.elapsed() < KEPT => answer,
            before => {
                let answer = look(db, before.map(|(_, answer)| answer)).await?;
                *last = Some((Instant::now(), answer));
                answer
            }
        };
        let detail = match answer {
            Answer::Ready => return Ok(()),
            Answer::OtherVersion => "The database is not at this version yet.",
            Answer::Away => "The database is away.",
        };
        Err(crate::db::errors::unavailable(detail))
    }
}

/// Looks at the database. That it went away is logged once. Errors: any other than that it is away or busy.
async fn look(db: &Db, before: Option<Answer>) -> Result<Answer> {
    match db.read(migrate::is_current).await {
        Ok(true) => Ok(Answer::Ready),
        Ok(false) => Ok(Answer::OtherVersion),
        Err(error) if error.code() == Code::Unavailable => {
            if before != Some(Answer::Away) {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(cause, "the database is away, the process is not ready");
            }
            Ok(Answer::Away)
        }
        Err(error) => Err(error),
    }
}
